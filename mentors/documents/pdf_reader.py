"""A program of its own: read a PDF from standard input, write its text to standard output.

It runs apart from the site so that a document made to use up time or memory ends this process and nothing else. Ends
with 3 when the document is locked by a password.
"""

import sys
from io import BytesIO

from pypdf import PdfReader

from diaspora_net.core.uploads.inspection.limits import give_up_rights

PAGES, SIGNS = 12, 60_000
LOCKED = 3


def text_of(data: bytes) -> str:
    """Return the text of the first pages."""
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise SystemExit(LOCKED)
    parts: list[str] = []
    for page in reader.pages[:PAGES]:
        parts.append(page.extract_text())
        if sum(map(len, parts)) > SIGNS:
            break
    return "\n".join(parts)[:SIGNS]


if __name__ == "__main__":
    give_up_rights()
    sys.stdout.buffer.write(text_of(sys.stdin.buffer.read()).encode("utf-8", errors="replace"))
