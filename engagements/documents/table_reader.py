"""A program of its own: read a spreadsheet from standard input, write what is asked of it as lines of JSON.

``python -m engagements.documents.table_reader overview ENCODING`` writes one line about every sheet with its first
lines; ``… SHEET ENCODING`` (a sheet's number from 0) writes every line of one sheet that holds anything, each with its
number. It runs apart from the site so that a file made to use up time or memory ends this process and nothing else.
Ends with 3 and a reason on the first line when the file cannot be read.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from diaspora_net.core.uploads.inspection.archives import Budget, unpack
from diaspora_net.core.uploads.inspection.limits import give_up_rights
from diaspora_net.core.uploads.inspection.verdict import Refused
from engagements.documents.comma_files import decoded, records_of

MOST_LINES, MOST_COLUMNS, LONGEST_CELL, MOST_SHEETS = 50_000, 120, 4_000, 60
FIRST_LINES = 40
REFUSED = 3
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What would pass for text and is none: PDF, pictures, a page of the web that calls itself .xls, and Word's RTF.
NOT_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"Rar!", b"7z\xbc\xaf")
# A formula that was never computed: its program wrote no result, so there is nothing to read.
_UNCOMPUTED = re.compile(rb"</f>(?:<v\s*/>|<v></v>)?</c>")
Cells = list[str]


class Table:
    """A sheet as it is read: its name and its lines, numbered from 1 as every spreadsheet shows them."""

    def __init__(self, name: str, lines: Callable[[], Iterator[tuple[int, Cells]]]) -> None:
        self.name = name
        self.lines = lines


def main(what: str, encoding: str) -> None:
    """Answer on standard output."""
    data = sys.stdin.buffer.read()
    tables, notes = _tables(data, encoding)
    if what == "overview":
        for table in tables[:MOST_SHEETS]:
            lines = list(_counted(table.lines()))
            _say({"name": table.name, "count": len(lines), "first": lines[:FIRST_LINES], **notes})
        return
    for line in _counted(tables[int(what)].lines()):
        _say(line)


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _counted(lines: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    """Yield the lines that hold something. Raises Refused past what one file may hold."""
    count = 0
    for number, cells in lines:
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        count += 1
        if count > MOST_LINES:
            raise Refused("too_long")
        if len(cells) > MOST_COLUMNS:
            raise Refused("too_wide")
        yield number, cells


def _tables(data: bytes, encoding: str) -> tuple[list[Table], dict[str, Any]]:
    if not data.strip(b"\0\t\r\n "):
        raise Refused("empty")
    if data.startswith(NOT_TABLES) or data.lstrip(b"\xef\xbb\xbf\r\n\t ").lower().startswith((b"<html", b"<!doctype")):
        raise Refused("unknown")
    if data.startswith((b"PK", OLD_OFFICE)):
        return _workbook(data)
    text, read_as = decoded(data, encoding)
    return [Table("", partial(records_of, text))], {"encoding": read_as}


def _workbook(data: bytes) -> tuple[list[Table], dict[str, Any]]:
    uncomputed = 0
    if data.startswith(b"PK"):
        parts = unpack(data, Budget(len(data)))
        if "xl/workbook.xml" not in parts and "content.xml" not in parts:
            raise Refused("unknown")
        sheets = (content for name, content in parts.items() if name.startswith("xl/worksheets/"))
        uncomputed = sum(len(_UNCOMPUTED.findall(content)) for content in sheets)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        named = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    except PasswordError:
        raise Refused("encrypted") from None
    except CalamineError:
        # Excel keeps a workbook with a password in the container of its oldest files.
        raise Refused("encrypted" if data.startswith(OLD_OFFICE) else "damaged") from None
    tables = [Table(name, partial(_lines, book, name)) for name in named]
    return tables, {"uncomputed": uncomputed} if uncomputed else {}


def _lines(book: CalamineWorkbook, name: str) -> Iterator[tuple[int, Cells]]:
    """Yield the lines of a sheet; what was merged over several lines stands in each of them."""
    sheet = book.get_sheet_by_name(name)
    merged = _merged(sheet)
    before: Cells = []
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = [_text(value) for value in values]
        if any(cells):
            for column in merged.get(number, ()):
                if column < len(cells) and column < len(before) and not cells[column]:
                    cells[column] = before[column]
        before = cells
        yield number, list(cells)


def _merged(sheet: CalamineSheet) -> dict[int, list[int]]:
    """Return by line the columns (from 0) that take their value from the line above."""
    found: dict[int, list[int]] = {}
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        for line in range(top + 1, min(bottom, MOST_LINES) + 1):
            found.setdefault(line + 1, []).append(left)
    return found


def _text(value: object) -> str:
    """Return a cell as text: days as 2026-03-01, whole numbers without a point, ticks as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).replace("\0", " ").strip()[:LONGEST_CELL]


if __name__ == "__main__":
    give_up_rights()
    try:
        main(sys.argv[1], sys.argv[2])
    except Refused as refused:
        sys.stderr.write(refused.reason)
        sys.exit(REFUSED)
