"""Ask a virus scanner, where the settings name one. It fails closed: a file of which it says nothing does not pass."""

import shlex
import subprocess
from pathlib import Path

from django.conf import settings

SECONDS = 25.0


class ScannerSilent(Exception):
    """The scanner does not answer; try again later."""


def is_infected(source: Path) -> bool:
    """Say whether the scanner of ``settings.VIRUS_SCANNER`` finds something in the file; False when none is set.

    The command gets the file's path as its last argument and answers as clamscan and clamdscan do: 0 is clean, 1 is
    infected. Raises ScannerSilent for every other answer, and for none within SECONDS.
    """
    if not settings.VIRUS_SCANNER:
        return False
    command = [*shlex.split(settings.VIRUS_SCANNER), str(source)]
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScannerSilent(type(error).__name__) from error
    if run.returncode not in {0, 1}:
        raise ScannerSilent(f"exit code {run.returncode}")
    return run.returncode == 1
