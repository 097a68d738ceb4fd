"""The certificate of contribution as a PDF of one page, drawn from the facts frozen when it was issued."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import qrcode
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries
from fpdf import FPDF

from engagements.models import Certificate
from engagements.payloads.durations import duration
from mentors.states import EngagementKind, Modality

FONTS = Path(__file__).resolve().parent / "fonts"
LANGUAGE = "en"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 24.0
INSIDE = WIDTH - 2 * MARGIN
QR_SIZE = 32.0
SKILLS_SHOWN = 12
INK, QUIET, TEAL, MARIGOLD, LINE = (27, 42, 51), (74, 90, 99), (11, 93, 87), (245, 179, 53), (216, 210, 198)

Colour = tuple[int, int, int]


def render_certificate(certificate: Certificate, *, check_url: str) -> bytes:
    """Return the certificate as a PDF below 200 kB; names are shaped, whatever their script.

    ``check_url`` is the public address that says whether it still holds; it stands beside the code and in the QR
    code. The same certificate always gives the same bytes.
    """
    with translation.override(LANGUAGE):
        page = _page(certificate)
        _head(page)
        _statement(page, certificate.facts)
        _details(page, certificate.facts)
        _skills(page, certificate.facts["skills"])
        _foot(page, certificate, check_url)
        return bytes(page.output())


def _page(certificate: Certificate) -> FPDF:
    page = FPDF(format="A4")
    page.set_auto_page_break(False)
    page.set_margins(MARGIN, MARGIN)
    page.c_margin = 0
    page.add_font("sans", "", FONTS / "DejaVuSans.ttf")
    page.add_font("sans", "B", FONTS / "DejaVuSans-Bold.ttf")
    page.set_text_shaping(True)
    page.set_creation_date(certificate.issued_at)
    page.set_title(_("Certificate of contribution"))
    page.set_author("Diaspora Net")
    page.set_lang(LANGUAGE)
    page.add_page()
    return page


def _text(
    page: FPDF,
    text: str,
    size: float,
    *,
    bold: bool = False,
    colour: Colour = INK,
    gap: float = 0,
    width: float = INSIDE,
) -> None:
    """Write a paragraph at the present place, wrapped to ``width``, and leave ``gap`` below."""
    page.set_font("sans", "B" if bold else "", size)
    page.set_text_color(*colour)
    page.multi_cell(width, size * 0.5, text, align="L", new_x="LEFT", new_y="NEXT")
    page.set_y(page.get_y() + gap)


def _shrunk(page: FPDF, text: str, size: float, least: float) -> float:
    """Return the largest size at which ``text`` stays on one line, but not below ``least``."""
    while size > least:
        page.set_font("sans", "B", size)
        if page.get_string_width(text) <= INSIDE:
            break
        size -= 1
    return size


def _head(page: FPDF) -> None:
    page.set_xy(MARGIN, MARGIN)
    _text(page, "Diaspora Net", 13, bold=True, colour=TEAL)
    _arc(page, MARGIN + 2, 54, INSIDE - 4, 20)
    page.set_xy(MARGIN, 66)
    _text(page, _("Certificate of contribution"), 14, colour=QUIET, gap=3)


def _arc(page: FPDF, x: float, y: float, width: float, rise: float) -> None:
    """Draw the thread between two places: an arc from a dot here to a dot there."""
    page.set_draw_color(*TEAL)
    page.set_line_width(0.9)
    page.bezier([(x, y), (x + width * 0.2, y - rise), (x + width * 0.8, y - rise), (x + width, y)])
    for centre, radius, colour in ((x, 2.2, TEAL), (x + width, 2.0, MARIGOLD)):
        page.set_fill_color(*colour)
        page.circle(centre, y, radius, style="F")


def _statement(page: FPDF, facts: dict[str, Any]) -> None:
    holder = facts["holder"]
    _text(page, holder, _shrunk(page, holder, 28, 16), bold=True, gap=5)
    hours = _("contributed %(duration)s of expertise to") % {"duration": duration(facts["minutes"])}
    _text(page, hours, 13, colour=QUIET, gap=2)
    _text(page, facts["organisation"], 17, bold=True, gap=1)
    _text(page, str(countries.name(facts["country"])), 13, gap=8)


def _details(page: FPDF, facts: dict[str, Any]) -> None:
    sessions = ngettext("%(count)d session", "%(count)d sessions", facts["sessions"]) % {"count": facts["sessions"]}
    rows = [
        (_("Work"), facts["title"]),
        (_("Kind"), _label(EngagementKind, facts["kind"])),
        (_("How"), _label(Modality, facts["modality"])),
        (_("When"), _period(facts["first_day"], facts["last_day"])),
        (_("Confirmed by both sides"), f"{duration(facts['minutes'])} · {sessions}"),
    ]
    for term, text in rows:
        _row(page, term, partial(_text, page, text, 11, width=INSIDE - 50))


def _row(page: FPDF, term: str, write: Callable[[], None]) -> None:
    top = page.get_y()
    page.set_draw_color(*LINE)
    page.set_line_width(0.2)
    page.line(MARGIN, top, WIDTH - MARGIN, top)
    page.set_xy(MARGIN, top + 2.5)
    _text(page, term, 9.5, colour=QUIET, width=48)
    bottom = page.get_y()
    page.set_xy(MARGIN + 50, top + 2.2)
    write()
    page.set_xy(MARGIN, max(bottom, page.get_y()) + 2.5)


def _label(choices: type[EngagementKind] | type[Modality], code: str) -> str:
    return str(choices(code).label)


def _period(first: str, last: str) -> str:
    days = [date_format(date.fromisoformat(day), "j F Y") for day in (first, last)]
    return days[0] if first == last else _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}


def _skills(page: FPDF, skills: list[dict[str, str]]) -> None:
    if not skills:
        return

    def write() -> None:
        page.set_font("sans", "", 11)
        page.set_text_color(*INK)
        page.set_left_margin(MARGIN + 50)
        for place, skill in enumerate(skills[:SKILLS_SHOWN]):
            page.write(5.5, " · " if place else "")
            page.write(5.5, skill["label"], link=skill["uri"])
        page.set_left_margin(MARGIN)
        page.ln(5.5)

    _row(page, _("Skills used"), write)


def _foot(page: FPDF, certificate: Certificate, check_url: str) -> None:
    top = HEIGHT - MARGIN - QR_SIZE
    _qr(page, check_url, MARGIN, top)
    page.set_left_margin(MARGIN + QR_SIZE + 8)
    width = INSIDE - QR_SIZE - 8
    page.set_xy(MARGIN + QR_SIZE + 8, top)
    code = " ".join(certificate.code[place : place + 4] for place in range(0, len(certificate.code), 4))
    _text(page, code, 13, bold=True, width=width, gap=1)
    issued = date_format(certificate.issued_at, "j F Y")
    _text(page, _("Issued on %(day)s. Check it at:") % {"day": issued}, 9, colour=QUIET, width=width)
    page.set_font("sans", "", 9)
    page.set_text_color(*TEAL)
    page.cell(width, 5, check_url, link=check_url, new_x="LEFT", new_y="NEXT")
    note = _(
        "This is evidence of a contribution whose hours both sides confirmed. It is not a formal recognition of a "
        "qualification."
    )
    page.set_y(page.get_y() + 2)
    _text(page, note, 8.5, colour=QUIET, width=width)


def _qr(page: FPDF, text: str, x: float, y: float) -> None:
    """Draw a QR code out of rectangles, one for each run of dark modules in a row."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    matrix = code.get_matrix()
    module = QR_SIZE / len(matrix)
    page.set_fill_color(*INK)
    for row, dark in enumerate(matrix):
        start = None
        for column, is_dark in enumerate([*dark, False]):
            if is_dark and start is None:
                start = column
            elif not is_dark and start is not None:
                page.rect(x + start * module, y + row * module, (column - start) * module, module * 1.01, style="F")
                start = None
