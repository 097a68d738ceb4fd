"""What readers outside may know of counted figures: everything that leaves the house goes through here.

Takes figures as ``queries.indicators.count_figures`` makes them and returns numbers, each with its mark: shown, left
out, or not collected. Pages, charts, PDF, sheets and the API print what stands here and nothing else.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from diaspora_net.core.suppression import GRAND, K_EXACT, TOTAL, Dim, Key, Published, suppress
from engagements.payloads.numbers import Number, left_out, number_of
from engagements.payloads.published_where import PublishedWhere, publish_where
from engagements.states.indicators import INDICATORS, Indicator, Unit
from engagements.states.indicators import Breakdown as By
from engagements.states.work_groups import GROUP_OF_STATE, WorkGroup

AMOUNTS = frozenset({Unit.HOURS, Unit.DAYS, Unit.STEPS})
Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The parts of an indicator by category; ``is_collected`` is False where nobody asks for it yet."""

    name: str
    parts: Mapping[str, Number]
    is_collected: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator with its number and its breakdowns."""

    indicator: Indicator
    version: int
    total: Number
    breakdowns: tuple[Breakdown, ...]

    def breakdown(self, name: str) -> Breakdown | None:
        """Return the breakdown of this name, if the indicator has it."""
        return next((one for one in self.breakdowns if one.name == name), None)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A step of the funnel: how many needs came this far, and the median days since the step before."""

    step: str
    number: Number
    days: float | None


@dataclass(frozen=True, slots=True)
class PublishedGap:
    """A skill with fewer free experts than places; ``names`` say by language what it was called."""

    names: Mapping[str, str]
    asked: int
    offered: Number


@dataclass(frozen=True, slots=True)
class PublishedFigures:
    """All figures of a period for one kind of reader.

    ``families`` has the experts who can be found by region and skill family, totals too; ``family_names`` say by
    language what a family was called. ``work`` has the engagements by kind and group of states, totals too;
    ``programmes``, which are public, are counted by component and state.
    """

    lines: Mapping[str, Line]
    funnel: tuple[FunnelStep, ...]
    work: Mapping[Key, Number]
    programmes: Sequence[tuple[str, str, int]]
    families: Mapping[Key, Number] = field(default_factory=dict)
    family_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    gaps: tuple[PublishedGap, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Say whether nothing was left out and nothing rounded."""
        numbers = [line.total for line in self.lines.values()] + [step.number for step in self.funnel]
        numbers += [part for line in self.lines.values() for one in line.breakdowns for part in one.parts.values()]
        numbers += [*self.work.values(), *self.families.values()]
        return not any(number.is_left_out or number.step > 1 for number in numbers)


def publish(figures: Figures, k: int) -> PublishedFigures:
    """Return what readers for whom fewer than ``k`` people are too few may know of figures; 1 is everything."""
    where = publish_where(figures["crossed"].get("experts_findable", ()), k)
    lines = {
        code: _line(indicator, figures["indicators"][code], k, where)
        for code, indicator in INDICATORS.items()
        if code in figures["indicators"]
    }
    return PublishedFigures(
        lines,
        _funnel(figures["funnel"], k),
        _work(figures["crossed"]["engagements_standing"], k),
        [(component, state, number) for component, state, number in figures["crossed"]["programmes"]],
        where.families,
        figures.get("families", {}),
        _gaps(figures, k),
    )


def _line(indicator: Indicator, figure: Figures, k: int, where: PublishedWhere) -> Line:
    breakdowns = tuple(
        Breakdown(name, where.homes)
        if name == By.HOME
        else _breakdown(indicator, name, figure, k)
        if figure["by"].get(name) is not None
        else Breakdown(name, {}, False)
        for name in indicator.breakdowns
        if name in figure["by"]
    )
    return Line(indicator, figure["version"], _total(indicator, figure, k), breakdowns)


def _total(indicator: Indicator, figure: Figures, k: int) -> Number:
    value, base = figure["value"], figure["base"]
    if value is None:
        return Number(None, is_collected=base > 0 or "part" in figure or indicator.is_median)
    if indicator.unit == Unit.PERCENT:
        table = {("yes", TOTAL): figure["part"], ("no", TOTAL): base - figure["part"]}
        return Number(value) if suppress(table, k, [Dim("part", ("yes", "no"))]).is_whole else left_out()
    if indicator.is_median:
        return Number(value) if base >= k else left_out()
    return number_of(_suppressed(indicator, {GRAND: value}, {GRAND: base}, k, ()), GRAND)


def _breakdown(indicator: Indicator, name: str, figure: Figures, k: int) -> Breakdown:
    parts = dict(sorted(figure["by"][name].items()))  # the database keeps no order
    values = {(category, TOTAL): part["value"] for category, part in parts.items()}
    bases = {(category, TOTAL): part["base"] for category, part in parts.items()} | {GRAND: figure["base"]}
    told = _suppressed(indicator, values, bases, k, [Dim(name, tuple(parts))]) if parts else Published({})
    return Breakdown(name, {category: number_of(told, (category, TOTAL)) for category in parts})


def _suppressed(
    indicator: Indicator, values: Mapping[Key, int], bases: Mapping[Key, int], k: int, dims: Sequence[Dim]
) -> Published:
    if indicator.unit in AMOUNTS:
        return suppress(values, k, dims, people=bases)
    return suppress(values, k, dims, is_recurring=indicator.is_standing and k > K_EXACT)


def _work(crossed: Sequence[Sequence[Any]], k: int) -> dict[tuple[str, str], Number]:
    """Return the engagements by kind and group of states, with totals."""
    table: dict[Key, int] = defaultdict(int)
    for kind, state, number in crossed:
        table[kind, GROUP_OF_STATE[state]] += number
    if not table:
        return {}
    dims = [Dim("kind", tuple(sorted({kind for kind, _ in table}))), Dim("group", tuple(WorkGroup.values))]
    told = suppress(table, k, dims, is_recurring=k > K_EXACT)
    return {key: number_of(told, key) for key in told.values}


def _gaps(figures: Figures, k: int) -> tuple[PublishedGap, ...]:
    """Return the skills with too few experts. Places are those of needs that everybody reads; experts are people."""
    names = figures.get("skills", {})
    return tuple(
        PublishedGap(names[slug], asked, number_of(suppress({GRAND: offered}, k, (), is_recurring=k > K_EXACT), GRAND))
        for slug, asked, offered in figures["crossed"].get("gaps", ())
    )


def _funnel(steps: Sequence[Figures], k: int) -> tuple[FunnelStep, ...]:
    """Return the steps; they count needs, not people, so only small numbers themselves are left out."""
    told = []
    for step in steps:
        is_small = 0 < step["value"] < k
        number = left_out() if is_small else Number(step["value"])
        told.append(FunnelStep(step["step"], number, None if is_small else step["days"]))
    return tuple(told)
