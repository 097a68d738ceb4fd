"""The text of Word (.docx) and OpenDocument (.odt) files: zip archives with one document in XML."""

from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from defusedxml import ElementTree

from mentors.documents.structured import NotACv

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OPEN = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
PARTS = {"word/document.xml": frozenset({f"{WORD}p"}), "content.xml": frozenset({f"{OPEN}p", f"{OPEN}h"})}
BREAKS = {f"{WORD}br": "\n", f"{WORD}tab": " ", f"{OPEN}line-break": "\n", f"{OPEN}tab": " "}
# A document that is larger once unpacked is no CV; the archive's own word is checked before anything is unpacked.
LARGEST_PART = 20 * 1024 * 1024


def text_of(data: bytes) -> str:
    """Return the paragraphs as lines. Raises one of ``structured.BROKEN``."""
    with ZipFile(BytesIO(data)) as archive:
        names = set(archive.namelist())
        for part, paragraphs in PARTS.items():
            if part in names:
                if archive.getinfo(part).file_size > LARGEST_PART:
                    raise NotACv
                with archive.open(part) as unpacked:
                    return _lines(unpacked.read(LARGEST_PART), paragraphs)
    raise NotACv


def _lines(xml: bytes, paragraphs: frozenset[str]) -> str:
    document = ElementTree.fromstring(xml)
    return "\n".join("".join(_parts(element)) for element in document.iter() if element.tag in paragraphs)


def _parts(paragraph: Element) -> Iterator[str]:
    """Yield the text of a paragraph; line breaks and tabs inside are elements of their own."""
    for element in paragraph.iter():
        yield BREAKS.get(element.tag, "")
        yield element.text or ""
        yield (element.tail or "") if element is not paragraph else ""
