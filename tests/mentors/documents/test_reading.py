"""CVs in every form people bring them, and documents that are none or mean harm."""

import json
import subprocess
import sys
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from fpdf import FPDF
from fpdf.enums import EncryptionMethod

from mentors.documents import LARGEST, Unreadable, reading, text_of

WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
EUROPASS = """<?xml version="1.0" encoding="UTF-8"?>
<Candidate xmlns="http://www.europass.eu/1.0"><EmploymentHistory><EmployerHistory>
<PositionTitle>Infirmière en chef</PositionTitle>
<Description>&lt;p&gt;Prévention des infections&lt;/p&gt;&lt;p&gt;Formation&lt;/p&gt;</Description>
</EmployerHistory></EmploymentHistory><Photo>{photo}</Photo></Candidate>"""
RESUME = {
    "basics": {"label": "Cardiologist", "email": "a@example.org", "location": {"city": "Lyon"}, "summary": "12 years"},
    "work": [{"position": "Head nurse", "url": "https://example.org", "highlights": ["Trained nurses"]}],
    "skills": [{"name": "Cardiology", "keywords": ["ECG"]}],
}


def packed(**parts: str) -> bytes:
    """Return a zip archive of ``parts``; a double underscore stands for a slash, a single one for a dot."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as document:
        for name, text in parts.items():
            document.writestr(name.replace("__", "/").replace("_", "."), text)
    return archive.getvalue()


def pdf(*lines: str, password: str = "") -> bytes:
    document = FPDF()
    if password:
        document.set_encryption("owner", password, EncryptionMethod.AES_256)
    document.add_page()
    document.set_font("helvetica")
    for line in lines:
        document.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def test_pdf_is_read_line_by_line() -> None:
    assert text_of(pdf("Head nurse 2016-2024", "Infection control")).splitlines() == [
        "Head nurse 2016-2024",
        "Infection control",
    ]


def test_word_keeps_paragraphs_breaks_and_tables() -> None:
    run = (
        "<w:p><w:r><w:t>Head </w:t></w:r><w:r><w:t>nurse</w:t><w:tab/><w:t>2016</w:t><w:br/><w:t>Lyon</w:t></w:r></w:p>"
    )
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Cardiologie</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    assert text_of(packed(word__document_xml=WORD.format(run + table))) == "Head nurse 2016\nLyon\nCardiologie"


def test_open_document_is_read() -> None:
    names = 'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    assert text_of(packed(content_xml=f"<d {names}><t:h>CV</t:h><t:p>Head <t:span>nurse</t:span></t:p></d>")) == (
        "CV\nHead nurse"
    )


def test_europass_is_read_without_marks_and_photographs() -> None:
    text = text_of(EUROPASS.format(photo="A" * 30_000).encode())
    assert text.splitlines() == ["Infirmière en chef", "Prévention des infections", "Formation"]


def test_json_resume_is_read_without_addresses() -> None:
    expected = ["Cardiologist", "12 years", "Head nurse", "Trained nurses", "Cardiology", "ECG"]
    assert text_of(json.dumps(RESUME).encode()).splitlines() == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_plain_text_is_read_in_the_encodings_people_save(encoding: str) -> None:
    assert text_of("Infirmière, 12 années".encode(encoding)) == "Infirmière, 12 années"


BOMB = f'<!DOCTYPE a [<!ENTITY a "{"b" * 99}">]><a>&a;&a;</a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (pdf(), "empty"),
        (pdf("Secret", password="secret"), "locked"),
        (b"%PDF-1.7\nnothing of the kind", "broken"),
        (b"PK\x03\x04 and so on", "broken"),
        (packed(xl__workbook_xml="<a/>"), "broken"),
        (packed(word__document_xml="<w:document"), "broken"),
        (packed(word__document_xml=BOMB), "broken"),
        (b"<not closed", "broken"),
        (BOMB.encode(), "broken"),
        (OUTSIDE.encode(), "broken"),
        (b'{"basics": ', "broken"),
        (b'{"anything": "else"}', "broken"),
        (b"{" + b'"basics":[' * 90_000, "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"1" * 100, "unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unknown"),
        (b"{\\rtf1 text}", "unknown"),
        (b"\x00\x01\x02binary", "unknown"),
    ],
)
def test_what_gives_no_text_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        text_of(data)
    assert refused.value.reason == reason


def test_archive_that_grows_is_refused_before_it_is_unpacked() -> None:
    data = packed(word__document_xml=WORD.format("<w:p/>" + " " * 30_000_000))
    assert len(data) < LARGEST
    with pytest.raises(Unreadable, match="broken"):
        text_of(data)


def test_pdf_that_takes_too_long_ends_its_reader_and_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "endless.py").write_text("while True: pass")
    monkeypatch.setattr(reading, "ROOT", tmp_path)
    monkeypatch.setattr(reading, "PDF_READER", "endless")
    monkeypatch.setattr(reading, "PDF_SECONDS", 0.3)
    with pytest.raises(Unreadable, match="broken"):
        text_of(b"%PDF-1.7")


def test_reader_of_pdfs_has_no_secret_and_no_more_memory_than_it_may(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """A program in the reader's place tells what it has; the reader's own first line takes the memory away."""
    (tmp_path / "curious.py").write_text("import os; print(sorted(os.environ))")
    monkeypatch.setenv("SECRET_KEY", "not for readers")
    program = "from mentors.documents.pdf_reader import give_up_rights as g; g(); bytearray(600 * 2**20)"
    run = subprocess.run([sys.executable, "-c", program], cwd=reading.ROOT, capture_output=True, check=False)
    assert b"MemoryError" in run.stderr
    monkeypatch.setattr(reading, "ROOT", tmp_path)
    monkeypatch.setattr(reading, "PDF_READER", "curious")
    assert "SECRET" not in text_of(b"%PDF-1.7")


def test_no_more_is_returned_than_a_cv_holds() -> None:
    assert len(text_of(b"word " * 50_000)) <= reading.LONGEST
