"""A map with a disc for each of the largest numbers; its area says how many, its words say it again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from engagements.reports.charts.drawing import WIDTH, Disc, Drawing, Side, Text
from engagements.reports.charts.world import RATIO, points

MOST_DRAWN, ALWAYS_NAMED = 12, 3  # the largest are named even where other discs lie beneath the name
LARGEST, SMALLEST = 15.0, 2.0
TOP = 14.0  # room for a name above the far north
LABEL, LETTER = 11.0, 6.6  # the size of a name, and how wide its letters are at most, on the whole
BELOW_LINE = 2.0
Frame = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """One country: its code, its name, its number as it may be shown, that number in words, and where it leads."""

    code: str
    name: str
    number: float
    words: str
    url: str = ""


def drawn_spots(spots: Sequence[Spot]) -> list[Spot]:
    """Return those that a map shows, the largest first: twelve at most, of those above 0 that have a point."""
    known = [spot for spot in spots if spot.number > 0 and spot.code in points()]
    return sorted(known, key=lambda spot: (-spot.number, spot.name))[:MOST_DRAWN]


def world_map(title: str, summary: str, spots: Sequence[Spot], *, foot: str = "", is_rtl: bool = False) -> Drawing:
    """Draw the world with a disc for each of the largest numbers; names stand where they cover no other.

    Discs are made from the numbers that are shown, with areas in proportion to them. The world is not mirrored for
    who reads from right to left.
    """
    shown = drawn_spots(spots)
    drawing = Drawing(title, summary, is_rtl, height=TOP + WIDTH * RATIO, land_top=TOP, foot=foot)
    for spot in shown:
        x, y = points()[spot.code]
        radius = max(SMALLEST, LARGEST * sqrt(spot.number / shown[0].number))
        drawing.discs.append(Disc(x * WIDTH, TOP + y * WIDTH, radius, f"{spot.name}: {spot.words}", spot.url))
    names: list[Frame] = []
    for place, (spot, disc) in enumerate(zip(shown, drawing.discs, strict=True)):
        others = [_around(other) for other in drawing.discs if other is not disc]
        frame = _free(_places(spot.name, disc), [*names, *others])
        if frame is None and place < ALWAYS_NAMED:
            frame = _free(_places(spot.name, disc), names)
        if frame is not None:
            names.append(frame)
            x, y = (frame[0] + frame[2]) / 2, frame[3] - BELOW_LINE
            drawing.texts.append(Text(x, y, spot.name, LABEL, side=Side.MIDDLE, is_bold=True))
    return drawing


def _around(disc: Disc) -> Frame:
    return disc.x - disc.radius, disc.y - disc.radius, disc.x + disc.radius, disc.y + disc.radius


def _places(name: str, disc: Disc) -> Iterator[Frame]:
    """Yield where the name of a disc may stand: beneath, above, then beside it."""
    half, gap = len(name) * LETTER / 2, disc.radius + 3
    under = (min(max(disc.x, half), WIDTH - half), disc.x + disc.radius - half, disc.x - disc.radius + half)
    below, above, beside = disc.y + gap + LABEL * 0.8, disc.y - gap, disc.y + LABEL / 3
    middles = [(x, y) for y in (below, above) for x in under]
    for x, y in [*middles, (disc.x + gap + half, beside), (disc.x - gap - half, beside)]:
        yield x - half, y - LABEL * 0.8, x + half, y + BELOW_LINE


def _free(places: Iterable[Frame], taken: Sequence[Frame]) -> Frame | None:
    """Return the first place on the map that covers nothing taken."""
    for place in places:
        is_inside = place[0] >= 0 and place[2] <= WIDTH and place[1] >= 0 and place[3] <= TOP + WIDTH * RATIO
        if is_inside and not any(_meet(place, other) for other in taken):
            return place
    return None


def _meet(one: Frame, other: Frame) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
