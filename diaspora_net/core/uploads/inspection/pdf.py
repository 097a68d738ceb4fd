"""PDF: looked through for what runs, starts or carries something else.

Not a full reader: it looks for names of actions wherever they may stand, in the open and in packed object streams. It
would rather refuse a page that prints "/JavaScript" than pass one that runs it.

Source: ISO 32000-1, 7.3.5 (names), 7.5.7 (object streams), 12.6 (actions).
"""

import re
import zlib

from diaspora_net.core.uploads.inspection.archives import MOST_UNPACKED
from diaspora_net.core.uploads.inspection.verdict import Facts, Refused

# Every action that runs a script has one of these names; /OpenAction by itself only turns to a page.
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|Rendition|RichMedia|ImportData|SubmitForm|XFA)(?=[\s()<>\[\]{}/%\0]|$)",
)
_EMBEDDED = re.compile(rb"/(?:EmbeddedFiles?|GoToE|Collection)(?=[\s()<>\[\]{}/%\0]|$)")
_ENCRYPTED = re.compile(rb"/Encrypt(?=[\s<\d])")
_HEX = re.compile(rb"#([0-9a-fA-F]{2})")
_STREAM = re.compile(rb"stream(?:\r\n|\n|\r)")
_OTHER_FILTER = re.compile(rb"/(?:LZW|ASCIIHex|ASCII85|RunLength|DCT)Decode\b|/Crypt\b|/Predictor\b")
# An object stream begins with pairs of numbers: which object stands where.
_PAIRS = re.compile(rb"\s*\d+\s+\d+")
# How far before its data the dictionary of a stream may begin.
_REACH = 4096
_PIECE = 16_384


def inspect_pdf(data: bytes) -> Facts:
    """Refuse a PDF that is cut off, locked, a second file at once, or more than pages."""
    if not data.startswith(b"%PDF-"):
        raise Refused("mismatch")
    end = data.rstrip(b"\0\r\n\t ")[-1024:]
    if b"%%EOF" not in end or b"startxref" not in data[-4096:]:
        raise Refused("damaged")
    if b"PK\x05\x06" in data[-66_000:]:
        raise Refused("mismatch")
    _judge(_plain(data))
    for packed in _object_streams(data):
        _judge(_plain(packed))
    return Facts()


def _plain(data: bytes) -> bytes:
    """Return ``data`` with the letters of names that are written as numbers (``/J#61vaScript``) written as letters."""
    return _HEX.sub(lambda found: bytes([int(found[1], 16)]), data) if b"#" in data else data


def _judge(data: bytes) -> None:
    if _ENCRYPTED.search(data):
        raise Refused("encrypted")
    if _ACTIVE.search(data):
        raise Refused("active")
    if _EMBEDDED.search(data):
        raise Refused("embedded")


def _object_streams(data: bytes) -> list[bytes]:
    """Return the unpacked object streams: the places where later versions of PDF keep most of their dictionaries.

    Whatever unpacks to what an object stream looks like counts as one, whether its dictionary says so or not.
    """
    unpacked: list[bytes] = []
    left, before = MOST_UNPACKED, 0
    for stream in _STREAM.finditer(data):
        dictionary = _plain(data[max(before, stream.start() - _REACH) : stream.start()])
        before = stream.end()
        if b"/ObjStm" in dictionary:
            _judge_filters(dictionary)
        if not _PAIRS.match(_inflate(data, before, 64)):
            continue
        content = _inflate(data, before, left)
        left -= len(content)
        if left < 0:
            raise Refused("bomb")
        unpacked.append(content)
    return unpacked


def _judge_filters(dictionary: bytes) -> None:
    """Let an object stream be packed once and in the usual way, or not at all; then it stands in the open."""
    if b"/Filter" not in dictionary:
        return
    if dictionary.count(b"/FlateDecode") != 1 or _OTHER_FILTER.search(dictionary):
        raise Refused("unreadable")


def _inflate(data: bytes, begins: int, most: int) -> bytes:
    """Return what is packed from ``begins`` on, at most a little more than ``most``, or b"" when nothing is."""
    machine, content = zlib.decompressobj(), b""
    try:
        while not machine.eof and begins < len(data) and len(content) <= most:
            content += machine.decompress(data[begins : begins + _PIECE], most + 1 - len(content))
            begins += _PIECE - len(machine.unconsumed_tail)
    except zlib.error:
        return b""
    return content
