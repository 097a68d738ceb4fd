"""A report as a PDF: A4 pages, texts shaped whatever their script, each chart as vectors with its table beneath."""

from io import BytesIO

from django.utils.translation import gettext as _
from fpdf import FPDF

from diaspora_net.core.fonts import FONTS
from engagements.reports.charts import Drawing, Fill, Side, Tone
from engagements.reports.charts.drawing import WIDTH as CHART_WIDTH
from engagements.reports.charts.world import land_rings
from engagements.reports.document import MADE, Document, Section
from engagements.reports.pictures import Picture
from engagements.reports.report_parts import Table

MARGIN, WIDTH, HEIGHT = 18.0, 210.0, 297.0
INSIDE = WIDTH - 2 * MARGIN
CHART = 120.0  # how wide a chart is, in mm
LOGO_WIDTH, LOGO_HEIGHT, PHOTO_HEIGHT = 40.0, 14.0, 90.0
SCALE = CHART / CHART_WIDTH
INK, QUIET, TEAL, LINE, CLAY = (27, 42, 51), (74, 90, 99), (11, 93, 87), (216, 210, 198), (166, 61, 34)
WHITE, SOFT = (255, 255, 255), (221, 240, 237)
_FILLS = {Fill.SOLID: (TEAL, TEAL), Fill.SOFT: (SOFT, TEAL), Fill.OUTLINE: (WHITE, TEAL), Fill.DARK: (INK, INK)}
_TONES = {Tone.INK: INK, Tone.QUIET: QUIET, Tone.ON_SOLID: WHITE}
POINTS_PER_MM = 72 / 25.4
BASELINE = 0.8  # of the height of a line of letters


class _Paper(FPDF):
    """Pages that say at their foot what they belong to."""

    foot = ""
    is_rtl = False

    def footer(self) -> None:
        """Write what the report is and the number of the page."""
        self.set_y(-14)
        self.set_text_color(*QUIET)
        self.set_font("sans", "", 8)
        self.multi_cell(INSIDE, 4, f"{self.foot} · {self.page_no()}", align=self.begin)

    @property
    def begin(self) -> str:
        """Return the side on which lines begin."""
        return "R" if self.is_rtl else "L"


def pdf_file(document: Document, *, language: str) -> bytes:
    """Return the report as a PDF. The same document always gives the same bytes."""
    paper = _Paper(format="A4")
    paper.is_rtl, paper.foot = document.is_rtl, " · ".join((document.title, document.facts[-1]))
    paper.set_margins(MARGIN, MARGIN)
    paper.set_auto_page_break(True, 20)
    paper.add_font("sans", "", FONTS / "DejaVuSans.ttf")
    paper.add_font("sans", "B", FONTS / "DejaVuSans-Bold.ttf")
    paper.set_text_shaping(True, direction="rtl" if document.is_rtl else "ltr")
    paper.set_title(document.title)
    paper.set_creation_date(MADE)
    paper.set_lang(language)
    paper.add_page()
    _logos(paper, document)
    _say(paper, document.title, 20, bold=True, colour=TEAL)
    for fact in document.facts:
        _say(paper, fact, 10, colour=QUIET)
    paper.ln(4)
    for section in document.sections:
        _section(paper, section)
    _section(paper, Section(_("Definitions"), items=tuple(f"{row[0]}: {row[1]}" for row in document.definitions.rows)))
    return bytes(paper.output())


def _section(paper: _Paper, section: Section) -> None:
    drawing = section.figure.drawing if section.figure else None
    below = drawing.height * SCALE if drawing else 6.0
    if section.picture is not None:
        below = 12 + _photo_size(section.picture)[1]
    _room(paper, 24 + below)
    _say(paper, section.heading, 14, bold=True)
    if section.picture is not None:
        _picture(paper, section.picture)
    for paragraph in section.paragraphs:
        _say(paper, paragraph, 10)
        paper.ln(1)
    for item in section.items:
        _say(paper, f"• {item}", 10)
        paper.ln(1)
    if section.figure is not None:
        if section.figure.drawing is not None:
            _draw(paper, section.figure.drawing)
        if section.figure.note:
            _say(paper, section.figure.note, 10, colour=QUIET)
        _table(paper, section.figure.table)
    if section.table is not None:
        _table(paper, section.table)
    paper.ln(5)


def _logos(paper: _Paper, document: Document) -> None:
    """Put the logos side by side at the head of the first page, from the side on which lines begin."""
    if not document.logos:
        return
    x = WIDTH - MARGIN if paper.is_rtl else MARGIN
    for logo in document.logos:
        scale = min(LOGO_HEIGHT / logo.height, LOGO_WIDTH / logo.width)
        wide, high = logo.width * scale, logo.height * scale
        left = x - wide if paper.is_rtl else x
        paper.image(BytesIO(logo.content), x=left, y=MARGIN, w=wide, h=high, alt_text=logo.alt)
        x += -(wide + 6) if paper.is_rtl else wide + 6
    paper.set_y(MARGIN + LOGO_HEIGHT + 6)


def _picture(paper: _Paper, picture: Picture) -> None:
    """Put a photo where the page is; there is room for it."""
    wide, high = _photo_size(picture)
    left = WIDTH - MARGIN - wide if paper.is_rtl else MARGIN
    paper.image(BytesIO(picture.content), x=left, y=paper.get_y() + 1, w=wide, h=high, alt_text=picture.alt)
    paper.set_y(paper.get_y() + high + 3)
    _say(paper, _("Shown with the consent of who is in it."), 8, colour=QUIET)
    paper.ln(1)


def _photo_size(picture: Picture) -> tuple[float, float]:
    """Return how wide and how high a photo is printed, in mm."""
    scale = min(PHOTO_HEIGHT / picture.height, INSIDE / picture.width)
    return picture.width * scale, picture.height * scale


def _say(paper: _Paper, words: str, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
    paper.set_font("sans", "B" if bold else "", size)
    paper.set_text_color(*colour)
    paper.multi_cell(INSIDE, size * 0.5, words, align=paper.begin, new_x="LMARGIN", new_y="NEXT")


def _room(paper: _Paper, height: float) -> None:
    """Go to the next page unless so many millimetres are left on this one."""
    if paper.get_y() + height > HEIGHT - 20:
        paper.add_page()


def _table(paper: _Paper, table: Table) -> None:
    if not table.rows:
        return
    paper.set_font("sans", "", 8)
    paper.set_text_color(*INK)
    paper.set_draw_color(*LINE)
    paper.set_fill_color(*WHITE)
    rows = [list(table.headings), *table.texts]
    if paper.is_rtl:
        rows = [row[::-1] for row in rows]
    aligns = ["LEFT"] + ["RIGHT"] * (len(table.headings) - 1)
    if paper.is_rtl:
        aligns = ["LEFT"] * (len(table.headings) - 1) + ["RIGHT"]
    widths = _widths(len(table.headings))
    paper.ln(1)
    with paper.table(
        width=INSIDE,
        col_widths=tuple(widths[::-1] if paper.is_rtl else widths),
        text_align=tuple(aligns),
        borders_layout="HORIZONTAL_LINES",
        line_height=4.4,
        padding=0.8,
    ) as grid:
        for row in rows:
            cells = grid.row()
            for cell in row:
                cells.cell(cell)


def _widths(columns: int) -> list[float]:
    return [max(1.6, 4.0 - 0.35 * columns), *[1.0] * (columns - 1)]


def _draw(paper: _Paper, drawing: Drawing) -> None:
    """Draw a chart where the page is, at the side on which lines begin."""
    scale = SCALE
    left = WIDTH - MARGIN - CHART if paper.is_rtl else MARGIN
    top = paper.get_y() + 2
    _map(paper, drawing, left, top)
    for line in drawing.lines:
        paper.set_draw_color(*(CLAY if line.is_dashed else QUIET))
        if line.is_dashed:
            paper.set_dash_pattern(dash=1.6, gap=1.1)
        paper.line(left + line.x * scale, top + line.y * scale, left + line.to_x * scale, top + line.to_y * scale)
        paper.set_dash_pattern()
    for box in drawing.boxes:
        fill, edge = _FILLS[box.fill]
        paper.set_fill_color(*fill)
        paper.set_draw_color(*edge)
        paper.rect(left + box.x * scale, top + box.y * scale, box.width * scale, box.height * scale, style="DF")
    _words(paper, drawing, left, top, scale)
    paper.set_y(top + drawing.height * scale + 3)


def _map(paper: _Paper, drawing: Drawing, left: float, top: float) -> None:
    """Draw the land of a map and the discs on it."""
    paper.set_fill_color(*LINE)
    if drawing.land_top is not None:
        above = top + drawing.land_top * SCALE
        for ring in land_rings():
            paper.polygon([(left + x * CHART, above + y * CHART) for x, y in ring], style="F")
    paper.set_fill_color(*TEAL)
    paper.set_draw_color(*TEAL)
    for disc in drawing.discs:
        with paper.local_context(fill_opacity=0.6):
            paper.circle(left + disc.x * SCALE, top + disc.y * SCALE, disc.radius * SCALE, style="DF")


def _words(paper: _Paper, drawing: Drawing, left: float, top: float, scale: float) -> None:
    """Write the texts of a chart in cells, which shape and order letters of every script."""
    margin, paper.c_margin = paper.c_margin, 0
    paper.set_auto_page_break(False)
    for text in drawing.texts:
        paper.set_font("sans", "B" if text.is_bold else "", text.size * scale * POINTS_PER_MM)
        paper.set_text_color(*_TONES[text.tone])
        wide = paper.get_string_width(text.words)
        ends = text.side == (Side.START if drawing.is_rtl else Side.END)
        shift = wide / 2 if text.side == Side.MIDDLE else wide if ends else 0.0
        height = text.size * scale
        paper.set_xy(left + text.x * scale - shift, top + text.y * scale - height * BASELINE)
        paper.cell(wide, height, text.words, align="L")
    paper.set_auto_page_break(True, 20)
    paper.c_margin = margin
