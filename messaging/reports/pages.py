"""The record of a conversation as a PDF: every script shaped, each text from the side on which its script begins.

Letters that its font does not have (Ethiopic, Chinese, most emoji) stand as BLANK, and the head of the record says so.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import cast

from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.fonts import TTFFont

from diaspora_net.core.fonts import FONTS
from messaging.reports.record import Entry, Record

MARGIN = 20.0
INSIDE = 210.0 - 2 * MARGIN
BLANK = "□"
# No word of any language stacks more marks on a letter, and shaping hundreds of them takes seconds.
_MARK = (
    r"[\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)
_PILE = re.compile(rf"({_MARK}{{4}}){_MARK}+")
INK, QUIET, TEAL, LINE = (27, 42, 51), (74, 90, 99), (11, 93, 87), (216, 210, 198)

Colour = tuple[int, int, int]


class _Pages(FPDF):
    """Pages with their number at the foot."""

    def footer(self) -> None:
        """Write the number of the page."""
        self.set_y(-14)
        self.set_font("sans", "", 8)
        self.set_text_color(*QUIET)
        self.cell(0, 5, _("Page %(number)d") % {"number": self.page_no()}, align="C")


def render_pages(record: Record) -> bytes:
    """Return the record as a PDF."""
    pages = _Pages(format="A4")
    pages.set_auto_page_break(True, MARGIN)
    pages.set_margins(MARGIN, MARGIN)
    pages.c_margin = 0
    pages.add_font("sans", "", FONTS / "DejaVuSans.ttf")
    pages.add_font("sans", "B", FONTS / "DejaVuSans-Bold.ttf")
    pages.set_creation_date(timezone.now())
    pages.set_title(record.title)
    pages.set_author("Diaspora Net")
    pages.set_lang(get_language() or "en")
    pages.add_page()
    _text(pages, record.title, 15, bold=True, gap=1)
    head = list(record.head)
    if BLANK in _stand_ins(pages, "".join(_texts(record))).values():
        head.append(
            _("Letters that this PDF cannot show stand as %(blank)s. The text file has them all.") % {"blank": BLANK}
        )
    for line in head:
        _text(pages, line, 9, colour=QUIET)
    for entry in record.entries:
        _entry(pages, entry)
    return bytes(pages.output())


def _texts(record: Record) -> Iterable[str]:
    yield from (record.title, *record.head)
    for entry in record.entries:
        yield from (entry.author, entry.text, *entry.notes)


def _printable(pages: FPDF, text: str) -> str:
    """Return ``text`` with BLANK for every letter that the font lacks; what only joins or shades others is left out."""
    return _PILE.sub(r"\1", text).translate(_stand_ins(pages, text))


def _stand_ins(pages: FPDF, text: str) -> dict[int, str]:
    known = cast(TTFFont, pages.fonts["sans"]).cmap
    return {ord(letter): _stand_in(letter) for letter in set(text) if ord(letter) not in known and letter != "\n"}


def _stand_in(letter: str) -> str:
    if letter == "\t":
        return " "
    kind = unicodedata.category(letter)
    return "" if kind[0] == "M" or kind in {"Cc", "Cf", "Sk"} else BLANK


def _entry(pages: FPDF, entry: Entry) -> None:
    if entry.day:
        pages.ln(5)
        pages.set_draw_color(*LINE)
        pages.line(MARGIN, pages.get_y(), MARGIN + INSIDE, pages.get_y())
        pages.ln(2)
        _text(pages, entry.day, 9, bold=True, colour=TEAL, gap=1)
    _text(pages, f"{entry.time}  {entry.author}", 8.5, bold=bool(entry.author), colour=QUIET)
    for line in entry.text.split("\n") if entry.text else ():
        _text(pages, line, 10.5, colour=INK if entry.author else QUIET)
    for note in entry.notes:
        _text(pages, note, 8.5, colour=QUIET)
    pages.ln(2)


def _text(pages: FPDF, text: str, size: float, *, bold: bool = False, colour: Colour = INK, gap: float = 0) -> None:
    """Write a paragraph, wrapped, from the side on which its own script begins."""
    text = _printable(pages, text)
    pages.set_font("sans", "B" if bold else "", size)
    pages.set_text_color(*colour)
    pages.set_text_shaping(any(_is_shaped(letter) for letter in text))
    pages.multi_cell(INSIDE, size * 0.5, text, align="R" if is_rtl(text) else "L", new_x="LMARGIN", new_y="NEXT")
    pages.ln(gap)


def _is_shaped(letter: str) -> bool:
    """Say whether a letter needs more than its glyph; shaping takes seven times as long, and Latin does without."""
    return "\u0300" <= letter < "\u2000" or letter >= "\ua000"


def is_rtl(text: str) -> bool:
    """Say whether ``text`` begins on the right: by its first letter that has a direction, else by the language."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return get_language_bidi()
