"""Shapes with a place, in units of which a chart is 400 wide; nothing here knows how they are written."""

from dataclasses import dataclass, field
from enum import StrEnum
from textwrap import wrap

WIDTH = 400.0
# What stands beneath a drawing that leaves its page, in units, and about how many letters fit on a line.
FOOT_LINE, FOOT_SIZE, FOOT_LETTERS = 12.0, 9, 84


class Fill(StrEnum):
    """How an area is filled; the four differ in lightness and outline, not only in colour."""

    SOLID = "solid"
    SOFT = "soft"
    OUTLINE = "outline"
    DARK = "dark"


class Tone(StrEnum):
    """How a text stands out."""

    INK = "ink"
    QUIET = "quiet"
    ON_SOLID = "on-solid"


class Side(StrEnum):
    """Which end of a text its place names; start and end follow the direction of the drawing."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: Fill


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line, dashed for a target and thin for an axis."""

    x: float
    y: float
    to_x: float
    to_y: float
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Words; ``y`` is the baseline."""

    x: float
    y: float
    words: str
    size: float = 14
    tone: Tone = Tone.INK
    side: Side = Side.START
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle; on a page it leads to ``url``, if there is one, and ``words`` say what it stands for."""

    x: float
    y: float
    radius: float
    words: str
    url: str = ""


@dataclass(slots=True)
class Drawing:
    """A chart as shapes. ``title`` says what it shows, ``summary`` the numbers in words, for who cannot see it.

    Shapes are placed as if lines ran from left to right; in an ``is_rtl`` drawing ``mirrored`` turns them around,
    except those of a time axis, which runs from left to right everywhere. A map lies on all land, as wide as the
    drawing and beginning at ``land_top``, and is never turned around. ``foot`` is written beneath a drawing that
    leaves its page.
    """

    title: str
    summary: str
    is_rtl: bool = False
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    discs: list[Disc] = field(default_factory=list)
    land_top: float | None = None
    foot: str = ""

    @property
    def foot_lines(self) -> list[str]:
        """Return the foot, broken into lines."""
        return wrap(self.foot, FOOT_LETTERS)

    def mirrored(self) -> "Drawing":
        """Turn every shape around; what began on the left begins on the right."""
        self.boxes = [Box(WIDTH - box.x - box.width, box.y, box.width, box.height, box.fill) for box in self.boxes]
        self.lines = [Line(WIDTH - line.x, line.y, WIDTH - line.to_x, line.to_y, line.is_dashed) for line in self.lines]
        self.texts = [
            Text(WIDTH - one.x, one.y, one.words, one.size, one.tone, one.side, one.is_bold) for one in self.texts
        ]
        return self
