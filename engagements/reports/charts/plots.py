"""The charts of reports: bars, pairs, the funnel, columns by month with a target, and bars of several parts.

A number that is left out has no bar: its place says so in words. Lengths are made from the numbers that are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engagements.reports.charts.drawing import WIDTH, Box, Drawing, Fill, Line, Side, Text, Tone

SMALL = 12.0
BAR, ROW = 16.0, 46.0
MARK = 16.0
LEAST = 2.0  # a number above 0 can be seen
COLUMNS_TOP, COLUMNS_HEIGHT, COLUMNS_FOOT = 30.0, 150.0, 26.0
FILLS = (Fill.SOLID, Fill.OUTLINE, Fill.DARK, Fill.SOFT)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its number (None: left out), the number in words, and a note beneath it."""

    label: str
    number: float | None
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One bar of several parts, in the order of the chart's legend."""

    label: str
    parts: Sequence[float | None]
    words: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers on one line: how many are asked for, how many there are, and both in words."""

    label: str
    asked: float
    offered: float
    words: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands over a time axis: short labels, one or two numbers each, and a target with its words."""

    labels: Sequence[str]
    numbers: Sequence[float | None]
    words: Sequence[str]
    above: Sequence[float | None] = ()
    target: float | None = None
    target_words: str = ""


def bars(title: str, summary: str, rows: Sequence[Bar], *, is_rtl: bool = False) -> Drawing:
    """Draw bars, each beneath its label and number."""
    drawing = Drawing(title, summary, is_rtl)
    longest = max((bar.number for bar in rows if bar.number), default=1.0)
    y = 0.0
    for bar in rows:
        _label(drawing, y, bar.label, bar.words)
        drawing.lines.append(Line(0, y + 22 + BAR, WIDTH, y + 22 + BAR))
        if bar.number:
            drawing.boxes.append(Box(0, y + 22, max(LEAST, WIDTH * bar.number / longest), BAR, Fill.SOLID))
        y += ROW
    drawing.height = y
    return drawing.mirrored() if is_rtl else drawing


def dumbbells(
    title: str, summary: str, rows: Sequence[Pair], legend: Sequence[str], *, is_rtl: bool = False
) -> Drawing:
    """Draw what is asked for and what there is as two marks on a line, joined by what lies between."""
    drawing = Drawing(title, summary, is_rtl)
    y = _legend(drawing, legend)
    longest = max((max(row.asked, row.offered) for row in rows), default=1.0) or 1.0
    for row in rows:
        _label(drawing, y, row.label, row.words)
        middle = y + 30
        places = [(WIDTH - MARK) * number / longest for number in (row.asked, row.offered)]
        drawing.lines.append(Line(0, middle, WIDTH, middle))
        start, end = sorted(places)
        drawing.boxes.append(Box(start, middle - 2, end - start + MARK, 4, Fill.SOFT))
        # What is asked for is drawn larger and first, so that both are seen where they are equal.
        drawing.boxes.append(Box(places[0], middle - MARK / 2, MARK, MARK, Fill.SOLID))
        drawing.boxes.append(Box(places[1] + 4, middle - 4, MARK - 8, 8, Fill.OUTLINE))
        y += ROW
    drawing.height = y
    return drawing.mirrored() if is_rtl else drawing


def funnel(title: str, summary: str, steps: Sequence[Bar], *, is_rtl: bool = False) -> Drawing:
    """Draw the steps of a way as bars beneath each other; the note of each says what lies before it."""
    drawing = Drawing(title, summary, is_rtl)
    longest = max((step.number for step in steps if step.number), default=1.0)
    y = 0.0
    for step in steps:
        if step.note:
            drawing.lines.append(Line(8, y + 1, 8, y + 15))
            drawing.texts.append(Text(18, y + 13, step.note, SMALL, Tone.QUIET))
            y += 22
        _label(drawing, y, step.label, step.words)
        if step.number:
            drawing.boxes.append(Box(0, y + 22, max(LEAST, WIDTH * step.number / longest), BAR, Fill.SOLID))
        else:
            drawing.lines.append(Line(0, y + 22 + BAR, WIDTH, y + 22 + BAR))
        y += ROW
    drawing.height = y
    return drawing.mirrored() if is_rtl else drawing


def _label(drawing: Drawing, y: float, label: str, words: str) -> None:
    drawing.texts.append(Text(0, y + 15, label))
    drawing.texts.append(Text(WIDTH, y + 15, words, side=Side.END, is_bold=True))


def columns(title: str, summary: str, data: Columns, *, legend: Sequence[str] = (), is_rtl: bool = False) -> Drawing:
    """Draw columns over a time axis that runs from left to right everywhere; a second number stands on the first."""
    drawing = Drawing(title, summary, is_rtl)
    above = list(data.above) or [None] * len(data.numbers)
    sums = [(one or 0) + (other or 0) for one, other in zip(data.numbers, above, strict=True)]
    highest = max([*sums, data.target or 0, 1])
    top = _legend(drawing, legend, from_right=is_rtl) + COLUMNS_TOP
    foot = top + COLUMNS_HEIGHT
    slot = WIDTH / max(1, len(data.labels))
    for position, label in enumerate(data.labels):
        middle, wide = slot * (position + 0.5), min(48.0, slot * 0.7)
        base = foot
        for number, fill in ((data.numbers[position], Fill.SOLID), (above[position], Fill.OUTLINE)):
            if number:
                height = max(LEAST, COLUMNS_HEIGHT * number / highest)
                drawing.boxes.append(Box(middle - wide / 2, base - height, wide, height, fill))
                base -= height
        size = SMALL if slot >= 30 else 10.0
        drawing.texts.append(Text(middle, base - 5, data.words[position], size, side=Side.MIDDLE, is_bold=True))
        drawing.texts.append(Text(middle, foot + 17, label, size, Tone.QUIET, Side.MIDDLE))
    drawing.lines.append(Line(0, foot, WIDTH, foot))
    if data.target:
        y = foot - COLUMNS_HEIGHT * data.target / highest
        drawing.lines.append(Line(0, y, WIDTH, y, is_dashed=True))
        drawing.texts.append(Text(WIDTH if is_rtl else 0, y - 5, data.target_words, SMALL, Tone.QUIET))
    drawing.height = foot + COLUMNS_FOOT
    return drawing


def stacked(title: str, summary: str, rows: Sequence[Row], legend: Sequence[str], *, is_rtl: bool = False) -> Drawing:
    """Draw bars of several parts; each part carries its number in the legend, so that colour is not needed."""
    drawing = Drawing(title, summary, is_rtl)
    y = _legend(drawing, legend, numbered=True)
    longest = max((sum(part or 0 for part in row.parts) for row in rows), default=1.0) or 1.0
    for row in rows:
        _label(drawing, y, row.label, row.words)
        x = 0.0
        for position, part in enumerate(row.parts):
            if not part:
                continue
            wide = max(LEAST, WIDTH * part / longest)
            fill = FILLS[position % len(FILLS)]
            drawing.boxes.append(Box(x, y + 22, wide, BAR, fill))
            if wide >= 14:
                tone = Tone.ON_SOLID if fill in (Fill.SOLID, Fill.DARK) else Tone.INK
                drawing.texts.append(Text(x + wide / 2, y + 34, str(position + 1), 11, tone, Side.MIDDLE))
            x += wide
        y += ROW
    drawing.height = y
    return drawing.mirrored() if is_rtl else drawing


def _legend(drawing: Drawing, names: Sequence[str], *, numbered: bool = False, from_right: bool = False) -> float:
    """Draw one line for each name, and return where the chart begins beneath them."""
    for position, name in enumerate(names):
        y = position * 22.0
        fill = FILLS[position % len(FILLS)]
        drawing.boxes.append(Box(WIDTH - 16 if from_right else 0, y + 3, 16, 14, fill))
        if numbered:
            tone = Tone.ON_SOLID if fill in (Fill.SOLID, Fill.DARK) else Tone.INK
            drawing.texts.append(Text(8, y + 14, str(position + 1), 11, tone, Side.MIDDLE))
        drawing.texts.append(Text(WIDTH - 24 if from_right else 24, y + 15, name, SMALL, Tone.QUIET))
    return len(names) * 22.0 + (8.0 if names else 0.0)
