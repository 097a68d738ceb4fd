"""Have a file inspected by a process of its own: without our environment, with little memory, time and no network."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

# By the clock, on a busy machine; the limit of the processor's time ends the process earlier on an idle one.
WALL_SECONDS = 25.0


class Uninspected(Exception):
    """Nothing can be said of the file now; try again later."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the process found: ``reason`` is empty when the file may pass."""

    reason: str
    is_remade: bool = False
    has_small: bool = False
    width: int = 0
    height: int = 0


def inspect(source: Path, kind: str, place: Path) -> Inspection:
    """Return what is to be said of the file ``source``, which claims to be of ``kind``.

    What is written anew lands in the directory ``place`` as ``content`` and ``small``. A file that exhausts the process
    is refused as ``too_heavy``. Raises Uninspected when the process does not come to a verdict for reasons of ours.
    """
    command = [sys.executable, "-m", "diaspora_net.core.uploads.inspection", str(source), kind, str(place)]
    try:
        run = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        # The clock tells of our machine, not of the file.
        raise Uninspected(str(error)) from error
    if run.returncode < 0:
        return Inspection("too_heavy")
    try:
        return Inspection(**json.loads(run.stdout))
    except (json.JSONDecodeError, TypeError):
        raise Uninspected(run.stderr.decode(errors="replace")[-500:]) from None
