"""Text files of parted values: which letters the bytes are, which sign parts the columns, and the lines."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from diaspora_net.core.uploads.inspection.verdict import Refused

SEPARATORS = (";", ",", "\t", "|")
LOOKED_AT = 60
# What a person may say the bytes are, when the guess was wrong; the names are Python's.
ENCODINGS = ("utf-8", "cp1252", "cp1256", "utf-16", "mac_roman")
_NAMED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\ud800-\udfff\ue000-\uf8ff]")
# Accented letters stand between plain ones; words of another script are rows of high bytes.
_HIGH, _HIGH_ROW = re.compile(rb"[\x80-\xff]"), re.compile(rb"[\x80-\xff]{3,}")


def decoded(data: bytes, encoding: str = "") -> tuple[str, str]:
    """Return the text and the encoding that was used: ``encoding``, else the mark, UTF-8, UTF-16 or a code page.

    Raises Refused for bytes that are no text, or not in the encoding that was asked for.
    """
    chosen = encoding if encoding in ENCODINGS else _guessed(data)
    try:
        text = data.decode("utf-8-sig" if chosen == "utf-8" else chosen, "strict" if encoding else "replace")
    except UnicodeDecodeError:
        raise Refused("encoding") from None
    if _NO_TEXT.search(text[:4096]):
        raise Refused("unknown")
    return text.removeprefix("\ufeff"), chosen


def _guessed(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[:4096]
    if b"\0" in head:
        # Without a mark, the half that is empty in plain letters tells the order.
        odd, even = head[1::2].count(0), head[0::2].count(0)
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        in_rows = sum(len(found) for found in _HIGH_ROW.findall(data))
        return "cp1256" if in_rows * 2 > len(_HIGH.findall(data)) else "cp1252"
    return "utf-8"


def records_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the number of the line it begins on; a record may hold line breaks in quotes."""
    skipped = 0
    if named := _NAMED.match(text):
        separator, skipped = named[1], 1
        text = text[named.end() :]
    else:
        separator = separator_of(text)
    csv.field_size_limit(1_000_000)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    begins = 1 + skipped
    try:
        for cells in reader:
            yield begins, [" ".join(cell.split()) if "\n" not in cell else cell.strip() for cell in cells]
            begins = reader.line_num + 1 + skipped
    except csv.Error:
        raise Refused("damaged") from None


def separator_of(text: str) -> str:
    """Return the sign that parts the most lines into the same number of columns."""

    def weight(separator: str) -> tuple[float, int]:
        lines = text.splitlines(keepends=True)[: LOOKED_AT * 5]
        try:
            widths = [len(cells) for cells in islice(csv.reader(lines, delimiter=separator), LOOKED_AT) if any(cells)]
        except csv.Error:
            return 0.0, 0
        columns, often = Counter(widths).most_common(1)[0] if widths else (1, 0)
        return (often / len(widths) if columns > 1 else 0.0), columns

    return max(SEPARATORS, key=weight)
