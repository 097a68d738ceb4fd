"""Tell what kind of document some bytes are, by their content, and read its text line by line."""

import subprocess
import sys
from pathlib import Path

from mentors.documents import structured, word

LARGEST = 5 * 1024 * 1024
LONGEST = 60_000
PDF_SECONDS = 15
# Word before 2007, JPEG, PNG and RTF, which would pass for text.
UNREAD = (b"\xd0\xcf\x11\xe0", b"\xff\xd8\xff", b"\x89PNG", b"{\\rtf")
PDF_READER = "mentors.documents.pdf_reader"
ROOT = Path(__file__).resolve().parents[2]


class Unreadable(Exception):
    """A document that gives no text; ``reason`` is ``broken``, ``locked``, ``unknown`` (kind) or ``empty``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def text_of(data: bytes) -> str:
    """Return the text of a PDF, Word, OpenDocument, Europass XML, JSON Resume or plain-text document.

    At most 60,000 signs. Raises Unreadable. Cost: a PDF is read by another process, within 15 seconds and half a
    gigabyte, as its format allows documents that would keep or fill this one.
    """
    if data.startswith(UNREAD):
        raise Unreadable("unknown")
    if data.startswith(b"%PDF-"):
        text = _text_of_pdf(data)
    elif data.startswith(b"PK"):
        text = _tried(word.text_of, data)
    elif data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        text = _tried(structured.text_of_xml, data)
    elif data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        text = _tried(structured.text_of_json, data)
    else:
        text = _plain(data)
    # A NUL can be stored nowhere, and no reader of a document means one.
    text = text.replace("\0", " ")[:LONGEST].strip()
    if not text:
        raise Unreadable("empty")
    return text


def _tried(read: "structured.Reader", data: bytes) -> str:
    try:
        return read(data)
    except structured.BROKEN as error:
        raise Unreadable("broken") from error


def _plain(data: bytes) -> str:
    """Decode plain text: UTF-8, UTF-16 with its mark, else the West European code page of old word processors."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:4096]:
        raise Unreadable("unknown")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _text_of_pdf(data: bytes) -> str:
    try:
        run = subprocess.run(
            [sys.executable, "-m", PDF_READER],
            cwd=ROOT,
            env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},  # nothing of ours, no secret above all
            input=data,
            capture_output=True,
            timeout=PDF_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("broken") from error
    if run.returncode == 3:
        raise Unreadable("locked")
    if run.returncode != 0:
        raise Unreadable("broken")
    return run.stdout.decode("utf-8", errors="replace")
