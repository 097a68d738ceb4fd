"""The text of CVs that are data: JSON Resume, and Europass XML of any version."""

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from defusedxml import DefusedXmlException, ElementTree

Reader = Callable[[bytes], str]
# Where JSON Resume holds addresses and numbers, which are nobody's business here.
UNREAD = frozenset({"$schema", "email", "image", "location", "meta", "phone", "picture", "profiles", "url", "website"})
SECTIONS = frozenset({"awards", "basics", "certificates", "education", "projects", "publications", "skills", "work"})
# Europass packs whole documents and photographs into elements as text.
LONGEST_VALUE = 20_000


class NotACv(ValueError):
    """Data that parses but is no CV of a known form."""


BROKEN = (
    ValueError,
    KeyError,
    RecursionError,
    ParseError,
    DefusedXmlException,
    BadZipFile,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


def text_of_json(data: bytes) -> str:
    """Return every word of a JSON Resume, one value a line, without addresses. Raises one of ``BROKEN``."""
    resume = json.loads(data.decode("utf-8-sig"))
    if not isinstance(resume, dict) or not SECTIONS & resume.keys():
        raise NotACv
    return "\n".join(_values(resume))


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _values(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in UNREAD:
                yield from _values(one)


def text_of_xml(data: bytes) -> str:
    """Return the text of each element of an XML document as a line; rich text inside loses its marks. Raises one of
    ``BROKEN``.
    """
    texts = (text for element in ElementTree.fromstring(data).iter() for text in (element.text, element.tail))
    return "\n".join(_bare(text.strip()) for text in texts if text and text.strip() and len(text) <= LONGEST_VALUE)


class _Bare(HTMLParser):
    """Collects the text of HTML, a line for each element."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append("\n" if tag in {"p", "li", "br", "div"} else "")


def _bare(text: str) -> str:
    if "<" not in text:
        return text
    parser = _Bare()
    parser.feed(text)
    parser.close()
    return "".join(parser.parts).strip()
