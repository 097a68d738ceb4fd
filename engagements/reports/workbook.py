"""A report as a workbook and as CSV: every table with its numbers as numbers, and a sheet that says what they mean."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from engagements.reports.document import MADE, Document
from engagements.reports.report_parts import Table
from engagements.reports.sheet import csv_file

LONGEST_NAME = 31
FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")
WIDEST = 60


def tables_of(document: Document) -> list[Table]:
    """Return the tables of a report in order: those of its blocks, then every breakdown in which something is."""
    own = [part for section in document.sections for part in (section.table, section.figure and section.figure.table)]
    return [table for table in own if table] + [table for table in document.details if table.rows]


def xlsx_file(document: Document) -> bytes:
    """Return the report as a workbook. Text stays text: nothing in a cell becomes a formula or a link."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": document.title, "created": MADE.replace(tzinfo=None)})
        formats = {"head": book.add_format({"bold": True, "bottom": 1}), "wrap": book.add_format({"text_wrap": True})}
        about = book.add_worksheet(_("About")[:LONGEST_NAME])
        taken = {_("About")[:LONGEST_NAME].lower()}
        tables = [(_name(table.title, taken), table) for table in (*tables_of(document), document.definitions)]
        _write_about(about, document, tables, formats)
        for name, table in tables:
            _write(book, table, name, document, formats)
    return file.getvalue()


def _write_about(sheet: Any, document: Document, tables: Sequence[tuple[str, Table]], formats: dict[str, Any]) -> None:
    """Write what the report is and what its numbers mean, then the way to every sheet, whose own name may be cut."""
    sheet.set_column(0, 0, 100)
    for row, line in enumerate([document.title, *document.facts, *document.about]):
        sheet.write_string(row, 0, line, formats["head"] if row == 0 else formats["wrap"])
    first = len(document.facts) + len(document.about) + 2
    sheet.write_string(first, 0, _("Sheets"), formats["head"])
    for row, (name, table) in enumerate(tables, start=first + 1):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=table.title)
    _right_to_left(sheet, document)


def _write(book: Any, table: Table, name: str, document: Document, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name)
    _right_to_left(sheet, document)
    sheet.freeze_panes(1, 1)
    for column, heading in enumerate(table.headings):
        sheet.write_string(0, column, heading, formats["head"])
        longest = max([len(heading), *(len(str(row[column])) for row in table.rows)])
        sheet.set_column(column, column, min(WIDEST, longest + 2))
    for position, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(position, column, cell, formats["wrap"])
            else:
                sheet.write_number(position, column, cell)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.headings) - 1)


def _right_to_left(sheet: Any, document: Document) -> None:
    if document.is_rtl:
        sheet.right_to_left()


def _name(title: str, taken: set[str]) -> str:
    """Return a name for a sheet that no other has: at most 31 characters, without those that are forbidden."""
    whole = title.translate(FORBIDDEN).strip() or "-"
    name, number = whole[:LONGEST_NAME], 2
    while name.lower() in taken:
        ending = f" {number}"
        name, number = whole[: LONGEST_NAME - len(ending)] + ending, number + 1
    taken.add(name.lower())
    return name


def report_csv(document: Document, *, language: str) -> bytes:
    """Return all tables beneath each other as one CSV file: the name of the table, what is counted, and the number."""
    rows: list[tuple[object, ...]] = [("", fact, "", "") for fact in (*document.facts, *document.about)]
    for table in tables_of(document):
        for row in table.rows:
            rows += [
                (table.title, row[0], heading, cell)
                for heading, cell in zip(table.headings[1:], row[1:], strict=True)
                if cell != ""
            ]
    headings = (_("Table"), _("What is counted"), _("Number of what"), _("Value"))
    return csv_file(headings, rows, language=language)
