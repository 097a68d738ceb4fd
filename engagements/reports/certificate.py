"""The certificate as a PDF of one page, in its holder's language, drawn from the facts frozen when it was issued."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import qrcode
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language_info, ngettext, pgettext
from django_countries import countries
from fpdf import FPDF

from diaspora_net.core.fonts import FONTS
from engagements.models import Certificate
from engagements.payloads.durations import duration
from engagements.reports.badge import ISSUER, note_of, title_of
from engagements.states import CertificateKind
from mentors.states import EngagementKind, Modality

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 24.0
INSIDE = WIDTH - 2 * MARGIN
TERM_WIDTH, GAP = 48.0, 2.0
QR_SIZE = 32.0
SKILLS_SHOWN = 8
RTL_MARK = "\u200f"
INK, QUIET, TEAL, MARIGOLD, LINE = (27, 42, 51), (74, 90, 99), (11, 93, 87), (245, 179, 53), (216, 210, 198)

Colour = tuple[int, int, int]
Skill = dict[str, Any]


class _Page(FPDF):
    """The page, and the side on which its lines begin."""

    is_rtl = False

    def start_of(self, x: float, width: float) -> float:
        """Return where a box of ``width`` stands that begins ``x`` after the start of the line."""
        return WIDTH - x - width if self.is_rtl else x


def render_certificate(certificate: Certificate, *, check_url: str) -> bytes:
    """Return the certificate as a PDF below 200 kB; names are shaped, whatever their script.

    ``check_url`` is the public address that says whether it still holds; it stands beside the code and in the QR
    code. The same certificate always gives the same bytes.
    """
    with translation.override(certificate.language):
        page = _page(certificate)
        _head(page, certificate)
        _statement(page, certificate)
        _details(page, certificate.facts)
        _skills(page, certificate.facts)
        _foot(page, certificate, check_url)
        return bytes(page.output())


def _page(certificate: Certificate) -> _Page:
    page = _Page(format="A4")
    page.is_rtl = get_language_info(certificate.language)["bidi"]
    page.set_auto_page_break(False)
    page.set_margins(MARGIN, MARGIN)
    page.c_margin = 0
    page.add_font("sans", "", FONTS / "DejaVuSans.ttf")
    page.add_font("sans", "B", FONTS / "DejaVuSans-Bold.ttf")
    page.set_text_shaping(True)
    page.set_creation_date(certificate.issued_at)
    page.set_title(title_of(certificate))
    page.set_author(ISSUER)
    page.set_lang(certificate.language)
    page.add_page()
    return page


def _text(
    page: _Page,
    text: str,
    size: float,
    *,
    bold: bool = False,
    colour: Colour = INK,
    gap: float = 0,
    start: float = MARGIN,
    width: float = INSIDE,
    link: str = "",
) -> None:
    """Write a paragraph at the present height, ``start`` after the beginning of the line, and leave ``gap`` below."""
    page.set_font("sans", "B" if bold else "", size)
    page.set_text_color(*colour)
    page.set_x(page.start_of(start, width))
    page.multi_cell(width, size * 0.5, text, align="R" if page.is_rtl else "L", new_x="LEFT", new_y="NEXT", link=link)
    page.set_y(page.get_y() + gap)


def _shrunk(page: _Page, text: str, size: float, least: float) -> float:
    """Return the largest size at which ``text`` stays on one line, but not below ``least``."""
    while size > least:
        page.set_font("sans", "B", size)
        if page.get_string_width(text) <= INSIDE:
            break
        size -= 1
    return size


def _head(page: _Page, certificate: Certificate) -> None:
    page.set_y(MARGIN)
    _text(page, ISSUER, 13, bold=True, colour=TEAL)
    _arc(page, MARGIN + 2, 54, INSIDE - 4, 20)
    page.set_y(66)
    _text(page, title_of(certificate), 14, colour=QUIET, gap=3)


def _arc(page: _Page, x: float, y: float, width: float, rise: float) -> None:
    """Draw the thread between two places: an arc from a dot here to a dot there."""
    page.set_draw_color(*TEAL)
    page.set_line_width(0.9)
    page.bezier([(x, y), (x + width * 0.2, y - rise), (x + width * 0.8, y - rise), (x + width, y)])
    for centre, radius, colour in ((x, 2.2, TEAL), (x + width, 2.0, MARIGOLD)):
        page.set_fill_color(*colour)
        page.circle(centre, y, radius, style="F")


def _statement(page: _Page, certificate: Certificate) -> None:
    facts = certificate.facts
    holder, spent = facts["holder"], {"duration": duration(facts["minutes"])}
    _text(page, holder, _shrunk(page, holder, 28, 16), bold=True, gap=5)
    if certificate.kind == CertificateKind.PARTICIPATION:
        line = pgettext("certificate", "took part in %(duration)s of work with an expert at") % spent
    else:
        line = pgettext("certificate", "contributed %(duration)s of expertise to") % spent
    _text(page, line, 13, colour=QUIET, gap=2)
    _text(page, facts["organisation"], 17, bold=True, gap=1)
    _text(page, str(countries.name(facts["country"])), 13, gap=8)


def _details(page: _Page, facts: dict[str, Any]) -> None:
    sessions = ngettext("%(count)d session", "%(count)d sessions", facts["sessions"]) % {"count": facts["sessions"]}
    rows = [
        (pgettext("certificate", "Work"), facts["title"]),
        (pgettext("certificate", "Kind"), _label(EngagementKind, facts["kind"])),
        (pgettext("certificate", "How"), _label(Modality, facts["modality"])),
        (pgettext("certificate", "When"), _period(facts["first_day"], facts["last_day"])),
        (pgettext("certificate", "Confirmed by both sides"), f"{duration(facts['minutes'])} · {sessions}"),
    ]
    for term, text in rows:
        _row(page, term, partial(_value, page, text))


def _value(page: _Page, text: str, link: str = "") -> None:
    if page.is_rtl:
        text = RTL_MARK + text  # a line that begins with a Latin name would be laid out from the left
    _text(page, text, 11, start=MARGIN + TERM_WIDTH + GAP, width=INSIDE - TERM_WIDTH - GAP, link=link)


def _row(page: _Page, term: str, write: Callable[[], None]) -> None:
    top = page.get_y()
    page.set_draw_color(*LINE)
    page.set_line_width(0.2)
    page.line(MARGIN, top, WIDTH - MARGIN, top)
    page.set_y(top + 2.5)
    _text(page, term, 9.5, colour=QUIET, width=TERM_WIDTH)
    bottom = page.get_y()
    page.set_y(top + 2.2)
    write()
    page.set_y(max(bottom, page.get_y()) + 2.5)


def _label(choices: type[EngagementKind] | type[Modality], code: str) -> str:
    return str(choices(code).label)


def _period(first: str, last: str) -> str:
    days = [date_format(date.fromisoformat(day), "j F Y") for day in (first, last)]
    if first == last:
        return days[0]
    return pgettext("certificate", "%(first)s to %(last)s") % {"first": days[0], "last": days[1]}


def _skills(page: _Page, facts: dict[str, Any]) -> None:
    """List the skills with the hours each was worked on; hours about several skills count for each of them."""
    if facts["skills"]:
        _row(page, pgettext("certificate", "Skills"), partial(_skill_lines, page, facts["skills"]))
    if facts["transferable"]:
        labels = " · ".join(skill["label"] for skill in facts["transferable"])
        _row(page, pgettext("certificate", "Transferable skills"), partial(_value, page, labels))


def _skill_lines(page: _Page, skills: list[Skill]) -> None:
    for skill in skills[:SKILLS_SHOWN]:
        _value(page, f"{skill['label']} · {duration(skill['minutes'])}", link=skill["uri"])
    if (more := len(skills) - SKILLS_SHOWN) > 0:
        _value(page, ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more})


def _foot(page: _Page, certificate: Certificate, check_url: str) -> None:
    top = HEIGHT - MARGIN - QR_SIZE
    _qr(page, check_url, page.start_of(MARGIN, QR_SIZE), top)
    beside = partial(_text, page, start=MARGIN + QR_SIZE + 8, width=INSIDE - QR_SIZE - 8)
    page.set_y(top)
    code = " ".join(certificate.code[place : place + 4] for place in range(0, len(certificate.code), 4))
    beside(code, 13, bold=True, gap=1)
    issued = {"day": date_format(certificate.issued_at, "j F Y")}
    beside(pgettext("certificate", "Issued on %(day)s. Check it at:") % issued, 9, colour=QUIET)
    beside(check_url, 9, colour=TEAL, gap=2, link=check_url)
    beside(note_of(certificate), 8.5, colour=QUIET)


def _qr(page: _Page, text: str, x: float, y: float) -> None:
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
