"""The closed list of what may be uploaded; everything else is refused."""

from dataclasses import dataclass

MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of file: ``code`` is stored, ``family`` decides how it is inspected and named to people."""

    code: str
    family: str
    media_type: str
    extensions: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("pdf", "pdf", "application/pdf", ("pdf",)),
        Kind("jpeg", "picture", "image/jpeg", ("jpg", "jpeg")),
        Kind("png", "picture", "image/png", ("png",)),
        Kind("webp", "picture", "image/webp", ("webp",)),
        Kind("docx", "document", _OOXML + "wordprocessingml.document", ("docx",)),
        Kind("xlsx", "spreadsheet", _OOXML + "spreadsheetml.sheet", ("xlsx",)),
        Kind("pptx", "presentation", _OOXML + "presentationml.presentation", ("pptx",)),
        Kind("odt", "document", _ODF + "text", ("odt",)),
        Kind("ods", "spreadsheet", _ODF + "spreadsheet", ("ods",)),
        Kind("odp", "presentation", _ODF + "presentation", ("odp",)),
        Kind("txt", "text", "text/plain; charset=utf-8", ("txt",)),
        Kind("csv", "text", "text/csv; charset=utf-8", ("csv",)),
    )
}
_BY_EXTENSION = {extension: kind for kind in KINDS.values() for extension in kind.extensions}
# What a file chooser offers.
ACCEPT = ",".join(f".{extension}" for extension in _BY_EXTENSION)


def kind_of(name: str) -> Kind | None:
    """Return what a file of this name has to be, or None when such files are not taken. Only the last ending counts."""
    return _BY_EXTENSION.get(name.rpartition(".")[2].lower()) if "." in name else None
