"""A drawing as PNG, three pixels for each unit, on white, with texts shaped whatever their script."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from diaspora_net.core.fonts import FONTS
from engagements.reports.charts.drawing import FOOT_LINE, FOOT_SIZE, WIDTH, Disc, Drawing, Fill, Side, Tone
from engagements.reports.charts.world import land_rings

SCALE, EDGE = 3, 12
_FILLS = {
    Fill.SOLID: ("#0B5D57", "#0B5D57"),
    Fill.SOFT: ("#DDF0ED", "#0B5D57"),
    Fill.OUTLINE: ("#FFFFFF", "#0B5D57"),
    Fill.DARK: ("#1B2A33", "#1B2A33"),
}
_TONES = {Tone.INK: "#1B2A33", Tone.QUIET: "#4A5A63", Tone.ON_SOLID: "#FFFFFF"}


def png(drawing: Drawing) -> bytes:
    """Return the drawing as a PNG file with its title and summary as text inside."""
    foot = drawing.foot_lines
    height = drawing.height + FOOT_LINE * len(foot)
    image = Image.new("RGB", (int(WIDTH * SCALE) + 2 * EDGE, int(height * SCALE) + 2 * EDGE), "#FFFFFF")
    if drawing.land_top is not None:
        pen = ImageDraw.Draw(image)
        for ring in land_rings():
            pen.polygon([(_at(x * WIDTH), _at(drawing.land_top + y * WIDTH)) for x, y in ring], fill="#D8D2C6")
    for disc in drawing.discs:
        image = _with_disc(image, disc)
    pen = ImageDraw.Draw(image)
    for line in drawing.lines:
        _line(pen, line.x, line.y, line.to_x, line.to_y, line.is_dashed)
    for box in drawing.boxes:
        fill, edge = _FILLS[box.fill]
        corners = [_at(box.x), _at(box.y), _at(box.x + box.width), _at(box.y + box.height)]
        pen.rectangle(corners, fill=fill, outline=edge, width=2)
    for text in drawing.texts:
        anchor = {Side.START: "rs" if drawing.is_rtl else "ls", Side.END: "ls" if drawing.is_rtl else "rs"}
        pen.text(
            (_at(text.x), _at(text.y)),
            text.words,
            fill=_TONES[text.tone],
            font=_font(round(text.size * SCALE), text.is_bold),
            anchor=anchor.get(text.side, "ms"),
        )
    for place, words in enumerate(foot):
        side = (WIDTH, "rs") if drawing.is_rtl else (0, "ls")
        where = (_at(side[0]), _at(drawing.height + FOOT_LINE * (place + 0.75)))
        pen.text(where, words, fill=_TONES[Tone.QUIET], font=_font(FOOT_SIZE * SCALE, False), anchor=side[1])
    file = io.BytesIO()
    image.quantize(32).save(file, "PNG", optimize=True)
    return file.getvalue()


def _with_disc(image: Image.Image, disc: Disc) -> Image.Image:
    """Return the picture with a disc through which the land and other discs can be seen."""
    corners = [
        _at(disc.x - disc.radius),
        _at(disc.y - disc.radius),
        _at(disc.x + disc.radius),
        _at(disc.y + disc.radius),
    ]
    layer = image.copy()
    ImageDraw.Draw(layer).ellipse(corners, fill="#0B5D57")
    image = Image.blend(image, layer, 0.6)
    ImageDraw.Draw(image).ellipse(corners, outline="#0B5D57", width=SCALE)
    return image


def _at(place: float) -> float:
    return place * SCALE + EDGE


def _line(pen: ImageDraw.ImageDraw, x: float, y: float, to_x: float, to_y: float, is_dashed: bool) -> None:
    if not is_dashed:
        pen.line([_at(x), _at(y), _at(to_x), _at(to_y)], fill="#7A7468", width=3)
        return
    while x < to_x:  # targets lie level
        pen.line([_at(x), _at(y), _at(min(x + 6, to_x)), _at(to_y)], fill="#A63D22", width=6)
        x += 10


@lru_cache
def _font(size: int, is_bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / ("DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"), size)
