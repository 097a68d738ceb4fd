"""Every spreadsheet that people bring is read line by line, or refused for a reason; nothing of it is run."""

import datetime
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter

from engagements.documents import Overview, Unreadable, overview_of, rows_of
from engagements.documents.table_reader import MOST_LINES


def book(write: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """Return a workbook that Excel could have saved."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        write(workbook)
    return file.getvalue()


def first(overview: Overview) -> list[list[str]]:
    return [cells for _number, cells in overview.sheets[0].first]


def refusal(data: bytes, encoding: str = "") -> str:
    with pytest.raises(Unreadable) as refused:
        overview_of(data, encoding=encoding)
    return refused.value.reason


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("Nom;Ville\nAmélie;Orléans\n".encode(), "utf-8"),
        ("Nom;Ville\nAmélie;Orléans\n".encode("utf-8-sig"), "utf-8"),
        ("Nom;Ville\nAmélie;Orléans\n".encode("cp1252"), "cp1252"),
        ("Nom,Ville\r\nAmélie,Orléans\r\n".encode("utf-16"), "utf-16"),
        ("Nom\tVille\nAmélie\tOrléans\n".encode("utf-16-le"), "utf-16-le"),
        (b"sep=|\nNom|Ville\nAm\xc3\xa9lie|Orl\xc3\xa9ans\n", "utf-8"),
        (b'"Nom","Ville"\n"Am\xc3\xa9lie","Orl\xc3\xa9ans"\n', "utf-8"),
    ],
)
def test_text_files_are_read_whatever_their_signs_and_letters(data: bytes, encoding: str) -> None:
    overview = overview_of(data)
    assert overview.encoding == encoding
    assert first(overview) == [["Nom", "Ville"], ["Amélie", "Orléans"]]


def test_arabic_text_of_an_old_program_is_read_as_arabic() -> None:
    data = "الاسم;المدينة\nأمل بن علي;تونس\n".encode("cp1256")
    assert first(overview_of(data)) == [["الاسم", "المدينة"], ["أمل بن علي", "تونس"]]
    assert refusal(data, "utf-8") == "encoding"


def test_a_wrong_guess_of_the_letters_can_be_corrected() -> None:
    data = "Nom;Ville\nAmélie;Orléans\n".encode("mac_roman")
    assert first(overview_of(data))[1] != ["Amélie", "Orléans"]
    assert first(overview_of(data, encoding="mac_roman"))[1] == ["Amélie", "Orléans"]


def test_a_record_over_several_lines_keeps_the_number_of_the_line_it_begins_on() -> None:
    data = b'a;b\n"one\ntwo";x\n\nlast;y\n'
    assert overview_of(data).sheets[0].first == [(1, ["a", "b"]), (2, ["one\ntwo", "x"]), (5, ["last", "y"])]


def test_a_workbook_shows_what_its_reader_would_see() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for name in ("Experts", "Old ones"):
            sheet = workbook.add_worksheet(name)
            sheet.write(0, 0, "List of 2019")
            sheet.write_row(3, 0, ["Hospital", "Day", "Phone", "Ready"])
            sheet.merge_range(4, 0, 5, 0, "Charles Nicolle")
            sheet.write_datetime(4, 1, datetime.date(2024, 3, 1), day)
            sheet.write_number(4, 2, 33612345678)
            sheet.write_boolean(4, 3, True)
            sheet.write_formula(5, 2, "=1+1", None, 2)
            sheet.write_formula(5, 3, "=1/0", None, "#DIV/0!")
            # Somebody formatted the whole column.
            sheet.write_blank(1_048_575, 1, None, day)

    data = book(write)
    overview = overview_of(data)
    assert [(sheet.name, sheet.count) for sheet in overview.sheets] == [("Experts", 4), ("Old ones", 4)]
    assert rows_of(data, sheet="Old ones") == [
        (1, ["List of 2019"]),
        (4, ["Hospital", "Day", "Phone", "Ready"]),
        (5, ["Charles Nicolle", "2024-03-01", "33612345678", "yes"]),
        (6, ["Charles Nicolle", "", "2"]),
    ]


def test_formulas_that_were_never_computed_are_counted() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Name", "Hours"])
    workbook.active.append(["Amina", "=2*4"])
    file = io.BytesIO()
    workbook.save(file)
    overview = overview_of(file.getvalue())
    assert (overview.uncomputed, first(overview)[1]) == (1, ["Amina"])


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n ;;\n", "empty"),
        (b"%PDF-1.7 and so on", "unknown"),
        (b"<html><table><tr><td>a page that calls itself .xls</table>", "unknown"),
        (b"\x00\x01\x02\x03\x04\x05 neither text nor table", "unknown"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a workbook with a password", "encrypted"),
        (packed(word__document=b"<w/>"), "unknown"),
        (packed(xl__workbook=b"<workbook/>", xl__worksheets__sheet1=b" " * 60_000_000), "bomb"),
        (b"a,b\n" * (MOST_LINES + 1), "too_long"),
        (b",".join([b"x"] * 200), "too_wide"),
        (b"a" * (10 * 1024 * 1024 + 1), "too_heavy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_gives_no_table_is_refused_for_a_reason(data: bytes, reason: str) -> None:
    assert refusal(data) == reason


def test_a_sheet_with_one_cell_at_the_far_end_ends_the_reader_and_nothing_else() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = "here", "there"
    file = io.BytesIO()
    workbook.save(file)
    assert refusal(file.getvalue()) == "too_heavy"
