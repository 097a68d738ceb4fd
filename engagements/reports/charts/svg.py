"""A drawing as SVG: on a page, where the style sheet colours it for light and dark, or as a file of its own."""

from xml.sax.saxutils import escape, quoteattr

from engagements.reports.charts.drawing import FOOT_LINE, FOOT_SIZE, WIDTH, Disc, Drawing, Fill, Side, Tone
from engagements.reports.charts.world import LAND_WIDTH, land

# Presentation attributes: what a viewer without our style sheet draws; classes are for ours.
_FILLS = {
    Fill.SOLID: 'fill="#0B5D57" stroke="#0B5D57"',
    Fill.SOFT: 'fill="#DDF0ED" stroke="#0B5D57"',
    Fill.OUTLINE: 'fill="#FFFFFF" stroke="#0B5D57"',
    Fill.DARK: 'fill="#1B2A33" stroke="#1B2A33"',
}
_TONES = {Tone.INK: "#1B2A33", Tone.QUIET: "#4A5A63", Tone.ON_SOLID: "#FFFFFF"}
# SVG's start and end follow the direction of the text, which is that of the drawing.
_ANCHORS = {Side.START: "", Side.MIDDLE: ' text-anchor="middle"', Side.END: ' text-anchor="end"'}


def svg(drawing: Drawing, *, name: str, is_file: bool = False) -> str:
    """Return the drawing as SVG text. ``name`` makes its ids its own on a page with several.

    A file carries a white ground, its fonts and what stands at its foot; on a page these come from the page. Where
    discs are links the picture is a group, since a picture's parts cannot be reached by keyboard.
    """
    direction = "rtl" if drawing.is_rtl else "ltr"
    foot = drawing.foot_lines if is_file else []
    height = drawing.height + FOOT_LINE * len(foot)
    size = f'width="{_n(WIDTH * 2)}" height="{_n(height * 2)}" font-family="DejaVu Sans, sans-serif" '
    role = "group" if not is_file and any(disc.url for disc in drawing.discs) else "img"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" '
        f'viewBox="-1 -1 {_n(WIDTH + 2)} {_n(height + 2)}" {size if is_file else ""}'
        f'direction="{direction}" role="{role}" '
        f"aria-labelledby={quoteattr(f'{name}-title {name}-desc')}>",
        f"<title id={quoteattr(f'{name}-title')}>{escape(drawing.title)}</title>",
        f"<desc id={quoteattr(f'{name}-desc')}>{escape(drawing.summary)}</desc>",
    ]
    if is_file:
        parts.append(f'<rect x="-1" y="-1" width="{_n(WIDTH + 2)}" height="{_n(height + 2)}" fill="#FFFFFF"/>')
    if drawing.land_top is not None:
        place = f"translate(0 {_n(drawing.land_top)}) scale({WIDTH / LAND_WIDTH})"
        parts.append(f'<path class="c-land" fill="#D8D2C6" transform="{place}" d="{land()}"/>')
    parts += [
        f'<line x1="{_n(one.x)}" y1="{_n(one.y)}" x2="{_n(one.to_x)}" y2="{_n(one.to_y)}" '
        + (
            'class="c-target" stroke="#A63D22" stroke-width="2" stroke-dasharray="6 4"/>'
            if one.is_dashed
            else 'class="c-axis" stroke="#7A7468"/>'
        )
        for one in drawing.lines
    ]
    parts += [
        f'<rect x="{_n(one.x)}" y="{_n(one.y)}" width="{_n(one.width)}" height="{_n(one.height)}" '
        f'class="c-{one.fill}" {_FILLS[one.fill]}/>'
        for one in drawing.boxes
    ]
    parts += [_disc(one, is_link=bool(one.url) and not is_file) for one in drawing.discs]
    return "".join([*parts, *_texts(drawing, foot), "</svg>"])


def _texts(drawing: Drawing, foot: list[str]) -> list[str]:
    parts = [
        f'<text x="{_n(one.x)}" y="{_n(one.y)}" font-size="{_n(one.size)}"{_ANCHORS[one.side]} '
        f'class="c-{one.tone}" fill="{_TONES[one.tone]}"{" font-weight=" + quoteattr("bold") if one.is_bold else ""}>'
        f"{escape(one.words)}</text>"
        for one in drawing.texts
    ]
    return parts + [
        f'<text x="{_n(WIDTH if drawing.is_rtl else 0)}" y="{_n(drawing.height + FOOT_LINE * (place + 0.75))}" '
        f'font-size="{FOOT_SIZE}" fill="{_TONES[Tone.QUIET]}">{escape(line)}</text>'
        for place, line in enumerate(foot)
    ]


def _disc(disc: Disc, *, is_link: bool) -> str:
    circle = (
        f'<circle cx="{_n(disc.x)}" cy="{_n(disc.y)}" r="{_n(disc.radius)}" class="c-solid" '
        f'{_FILLS[Fill.SOLID]} fill-opacity=".6"><title>{escape(disc.words)}</title></circle>'
    )
    return f"<a href={quoteattr(disc.url)} aria-label={quoteattr(disc.words)}>{circle}</a>" if is_link else circle


def svg_file(drawing: Drawing, *, name: str) -> bytes:
    """Return the drawing as an SVG file of its own."""
    return svg(drawing, name=name, is_file=True).encode()


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
