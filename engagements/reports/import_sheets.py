"""Workbooks about imports: the rows that are faulty with what is wrong, and empty ones to fill in."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from engagements.reports.sheet import harmless

WIDEST = 60
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def sheet_of(headings: Sequence[str], rows: Iterable[Sequence[object]], *, is_rtl: bool = False) -> bytes:
    """Return a workbook of one sheet. Text stays text, and what begins like a formula gets an apostrophe, so that it
    is none either when somebody saves the sheet as CSV.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, PLAIN) as book:
        sheet: Any = book.add_worksheet()
        if is_rtl:
            sheet.right_to_left()
        head, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
        sheet.freeze_panes(1, 2)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, str(harmless(heading)), head)
            sheet.set_column(column, column, min(WIDEST, max(12, len(heading) + 2)))
        sheet.set_column(1, 1, WIDEST)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(line, column, cell)
                else:
                    sheet.write_string(line, column, str(harmless(cell)), wrap if column == 1 else None)
    return file.getvalue()
