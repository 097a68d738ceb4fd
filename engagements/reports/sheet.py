"""A table as a file that spreadsheets open: UTF-8 with its mark, and nothing in it that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence

# Where a comma is the decimal sign, spreadsheets part columns by semicolons.
SEMICOLON_LANGUAGES = frozenset({"fr", "es", "pt"})
# A cell that begins so is a formula to a spreadsheet (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[object]], *, language: str) -> bytes:
    """Return the table as a CSV file for readers of ``language``; cells that begin like a formula get an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if language.partition("-")[0] in SEMICOLON_LANGUAGES else ",")
    writer.writerow([harmless(cell) for cell in headings])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: object) -> object:
    """Return a cell as no spreadsheet runs it: with an apostrophe before what begins like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
