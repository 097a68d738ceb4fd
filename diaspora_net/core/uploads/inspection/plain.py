"""Text and tables: letters and nothing else."""

import re

from diaspora_net.core.uploads.inspection.verdict import Facts, Refused

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
# A cell that tells a spreadsheet to start a program: =cmd|'/C calc'!A0
_COMMAND_CELL = re.compile(r"(?:^|[,;\t])\s*\"?\s*[=+\-@][^,;\t\n]*\|[^,;\t\n]*!", re.MULTILINE)


def inspect_plain(data: bytes, kind: str) -> Facts:
    """Refuse what is no text in any usual encoding, and tables with a cell that starts a program."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise Refused("not_text") from None
        if "\0" in text:
            raise Refused("not_text")
    elif _CONTROL.search(data) or data.startswith((b"%PDF-", b"PK\x03\x04", b"{\\rtf")):
        raise Refused("not_text")
    else:
        text = data.decode("utf-8", "replace")
    if kind == "csv" and _COMMAND_CELL.search(text):
        raise Refused("active")
    return Facts()
