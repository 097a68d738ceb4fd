"""Office documents: archives of XML, without macros, without what they would fetch or start when opened."""

import re
from xml.etree import ElementTree

from diaspora_net.core.uploads.inspection.archives import Budget, unpack
from diaspora_net.core.uploads.inspection.verdict import Facts, Refused

MAIN_PARTS = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
ODF_TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}
_XML_NAME = re.compile(r"\.(?:xml|rels|rdf|vml)$", re.IGNORECASE)
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FIELD_COMMAND = re.compile(r'(?:<w:instrText[^>]*>|w:instr=")[\s"]*DDE', re.IGNORECASE)
_OOXML_ACTIVE = re.compile(r"vbaProject|vbaData|activeX|/macrosheets/|ctrlProps/.*\.bin", re.IGNORECASE)
_OOXML_OUTSIDE = re.compile(r"^xl/(?:externalLinks/|connections\.xml)", re.IGNORECASE)
_ODF_ACTIVE = re.compile(r"^(?:Basic|Scripts|Dialogs)/", re.IGNORECASE)
# Elements which show or start something that lies elsewhere.
_ODF_OUTSIDE = re.compile(
    r"<(?:draw:object|draw:object-ole|draw:plugin|draw:applet|draw:floating-frame|text:section-source|table:table-source"
    r"|table:cell-range-source|draw:image)\b[^>]*xlink:href=[\"'](?!\./|#|Pictures/|Object)[^\"']",
    re.IGNORECASE,
)
_ODF_FETCHES = re.compile(r"<(?:office:dde-source|text:dde-connection|table:dde-link)", re.IGNORECASE)
EMBEDDED_KINDS = ("docx", "xlsx", "pptx")


def inspect_office(data: bytes, kind: str) -> Facts:
    """Refuse a document that is not what its name says or does more than show itself."""
    _inspect(data, kind, Budget(len(data)), depth=0)
    return Facts()


def _inspect(data: bytes, kind: str, budget: Budget, depth: int) -> None:
    parts = unpack(data, budget)
    texts = {name: _text(content) for name, content in parts.items() if _XML_NAME.search(name)}
    if any(_DECLARATION.search(text) for text in texts.values()):
        raise Refused("active")
    if kind in MAIN_PARTS:
        _inspect_ooxml(parts, texts, kind)
        _inspect_embedded(parts, budget, depth)
    else:
        _inspect_odf(parts, texts, kind)


def _text(content: bytes) -> str:
    """Return an XML part as text in whichever encoding it declares, so that nothing hides in another one."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:64]:
        return content.decode("utf-16-le" if content[1:2] == b"\0" else "utf-16-be", "replace")
    # Every other encoding that parsers take spells "<!DOCTYPE" in ASCII, but for two, which no office writes.
    if re.match(rb"<\?xml[^>]*encoding=[\"'](?:utf-7|ebcdic|cp037|utf-32)", content[:200], re.IGNORECASE):
        raise Refused("damaged")
    return content.decode("utf-8", "replace")


def _inspect_ooxml(parts: dict[str, bytes], texts: dict[str, str], kind: str) -> None:
    types = parts.get("[Content_Types].xml", b"")
    if any(_OOXML_ACTIVE.search(name) for name in parts) or b"macroEnabled" in types or b"vbaProject" in types:
        raise Refused("active")
    if MAIN_PARTS[kind] not in types:
        raise Refused("mismatch")
    if any(_FIELD_COMMAND.search(text) for text in texts.values()):
        raise Refused("active")
    if any(_OOXML_OUTSIDE.search(name) for name in parts):
        raise Refused("external")
    for name, text in texts.items():
        if name.endswith(".rels"):
            _inspect_relations(text)


def _inspect_relations(text: str) -> None:
    """Let a document point at web pages that a person opens, and at nothing that it opens itself."""
    try:
        root = ElementTree.fromstring(text.encode())  # noqa: S314 - declarations are refused before
    except ElementTree.ParseError:
        raise Refused("damaged") from None
    for relation in root.iter():
        kind = relation.get("Type", "").rpartition("/")[2]
        if relation.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            raise Refused("external")
        if kind in {"oleObject", "control", "attachedToolbars", "wordVbaData"}:
            raise Refused("embedded")


def _inspect_embedded(parts: dict[str, bytes], budget: Budget, depth: int) -> None:
    """Let charts keep their tables: a document in the document is inspected as well, once deep; all else is refused."""
    for name, content in parts.items():
        if "/embeddings/" not in name:
            continue
        kind = name.rpartition(".")[2].lower()
        if kind not in EMBEDDED_KINDS or depth:
            raise Refused("embedded")
        _inspect(content, kind, budget, depth + 1)


def _inspect_odf(parts: dict[str, bytes], texts: dict[str, str], kind: str) -> None:
    if parts.get("mimetype", b"").strip() != ODF_TYPES[kind] or "content.xml" not in parts:
        raise Refused("mismatch")
    if any(_ODF_ACTIVE.search(name) for name in parts):
        raise Refused("active")
    manifest = texts.get("META-INF/manifest.xml", "")
    if "manifest:encryption-data" in manifest:
        raise Refused("encrypted")
    if "sun.star.oleobject" in manifest:
        raise Refused("embedded")
    for text in texts.values():
        if _ODF_FETCHES.search(text):
            raise Refused("active")
        if _ODF_OUTSIDE.search(text):
            raise Refused("external")
