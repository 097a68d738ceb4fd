"""Ask the reader, in a process of its own, what a spreadsheet holds."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diaspora_net.core.uploads.kinds import MOST_BYTES

LARGEST = MOST_BYTES
SECONDS = 30
READER = "engagements.documents.table_reader"
ROOT = Path(__file__).resolve().parents[2]
REFUSED = 3

# The number of a line as spreadsheets show it, and its cells as text; empty cells at the end are left out.
Line = tuple[int, list[str]]


class Unreadable(Exception):
    """A file that gives no table.

    ``reason`` is empty, unknown, encrypted, damaged, bomb, unsafe_names, mismatch, encoding, too_long, too_wide or
    too_heavy.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, how many lines hold anything, and the first of them."""

    name: str
    count: int
    first: list[Line]


@dataclass(frozen=True)
class Overview:
    """What a file holds. ``encoding`` is that of a text file; ``uncomputed`` formulas have no result to read."""

    sheets: list[Sheet]
    encoding: str = ""
    uncomputed: int = 0


def overview_of(data: bytes, *, encoding: str = "") -> Overview:
    """Return the sheets that hold anything. Raises Unreadable. Cost: another process, 30 seconds at most."""
    told = list(_read(data, "overview", encoding))
    sheets = [Sheet(one["name"], one["count"], _lines(one["first"])) for one in told if one["count"]]
    if not sheets:
        raise Unreadable("empty")
    return Overview(sheets, told[0].get("encoding", ""), told[0].get("uncomputed", 0))


def rows_of(data: bytes, *, sheet: str, encoding: str = "") -> list[Line]:
    """Return every line of one sheet that holds anything. Raises Unreadable. Cost: as ``overview_of``, twice."""
    names = [one["name"] for one in _read(data, "overview", encoding)]
    if sheet not in names:
        raise Unreadable("damaged")
    return _lines(_read(data, str(names.index(sheet)), encoding))


def _lines(told: Any) -> list[Line]:
    return [(number, cells) for number, cells in told]


def _read(data: bytes, what: str, encoding: str) -> Iterator[Any]:
    if len(data) > LARGEST:
        raise Unreadable("too_heavy")
    try:
        run = subprocess.run(
            [sys.executable, "-m", READER, what, encoding],
            cwd=ROOT,
            env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},  # nothing of ours, no secret above all
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("too_heavy") from None
    if run.returncode == REFUSED:
        raise Unreadable(run.stderr.decode(errors="replace")[-20:])
    if run.returncode < 0:
        raise Unreadable("too_heavy")
    if run.returncode:
        raise Unreadable("damaged")
    return (json.loads(line) for line in run.stdout.decode("utf-8", "replace").splitlines())
