"""The parts of a report, from numbers that may be shown: tables with typed cells, and figures with their table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from diaspora_net.core.suppression import TOTAL
from engagements.payloads.numbers import Number
from engagements.payloads.published import Line, PublishedFigures
from engagements.reports.charts import Bar, Columns, Drawing, Row, bars, columns, funnel, stacked
from engagements.reports.number_words import (
    Cell,
    category_label,
    left_out_words,
    number_cell,
    number_words,
    plain,
    short_month,
)
from engagements.states import ProgrammeComponent, ProgrammeState
from engagements.states.donor_reports import Chart
from engagements.states.indicators import INDICATORS, Breakdown, FunnelStep, Indicator
from engagements.states.work_groups import WorkGroup
from mentors.states import EngagementKind


@dataclass(frozen=True)
class Table:
    """A table: ``rows`` begin with the words that name them; cells are numbers where there is one."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def is_left_out(self) -> bool:
        """Say whether numbers are left out and none but noughts is told."""
        cells = [cell for row in self.rows for cell in row[1:]]
        return left_out_words() in cells and not any(cell for cell in cells if not isinstance(cell, str))

    @property
    def texts(self) -> list[list[str]]:
        """Return the rows as people read them."""
        return [[cell if isinstance(cell, str) else plain(cell) for cell in row] for row in self.rows]

    @property
    def cells(self) -> list[list[dict[str, Any]]]:
        """Return the rows as a page lays them out: numbers, and what stands in their place, at the end of a column."""
        return [[{"text": text, "number": place > 0} for place, text in enumerate(row)] for row in self.texts]


@dataclass(frozen=True)
class Figure:
    """A chart with its table; ``drawing`` is None where there is nothing to draw, and ``note`` explains."""

    key: str
    table: Table
    drawing: Drawing | None
    note: str = ""


@dataclass(frozen=True)
class Measured:
    """What a report is made from: figures for its readers, targets, and what earlier periods add up to."""

    figures: PublishedFigures
    targets: Sequence[Mapping[str, Any]] = ()
    earlier: Mapping[str, float] | None = None

    def target(self, code: str) -> Mapping[str, Any] | None:
        """Return the target for everybody of an indicator."""
        return next((one for one in self.targets if one["indicator"] == code and not one["dimension"]), None)


def indicator_table(measured: Measured) -> Table:
    """Return every indicator with its number and, where there are such, what it adds up to so far and the target."""
    rows: list[tuple[Cell, ...]] = []
    for code, line in measured.figures.lines.items():
        indicator, target = line.indicator, measured.target(code)
        number, so_far = number_cell(indicator, line.total), _so_far(measured, code, line.total)
        reached = _share(_reckoned(measured, line), target["number"]) if target else ""
        aim = target["number"] if target else ""
        rows.append((str(indicator.label), number, so_far, aim, reached, str(indicator.unit.label)))
    headings = (_("Indicator"), _("This period"), _("So far"), _("Target"), _("% of target"), _("Unit"))
    used = [place for place in range(len(headings)) if any(row[place] != "" for row in rows)]
    return Table(
        _("Indicators"),
        tuple(headings[place] for place in used),
        tuple(tuple(row[place] for place in used) for row in rows),
    )


def target_table(measured: Measured) -> Table:
    """Return every target for everybody with what was reached of it by the end of the period."""
    rows: list[tuple[Cell, ...]] = []
    for code, line in measured.figures.lines.items():
        if target := measured.target(code):
            reached, aim, unit = _reckoned(measured, line), target["number"], str(line.indicator.unit.label)
            rows.append((str(line.indicator.label), reached, aim, _share(reached, aim), unit))
    headings = (_("Indicator"), _("Reached"), _("Target"), _("% of target"), _("Unit"))
    return Table(_("Targets"), headings, tuple(rows))


def _reckoned(measured: Measured, line: Line) -> Cell:
    """Return what is held against a target: all closed periods together where they add up, else the last one."""
    so_far = _so_far(measured, line.indicator.code, line.total)
    is_sum = line.indicator.is_additive and so_far != ""
    return so_far if is_sum else number_cell(line.indicator, line.total)


def _share(reached: Cell, aim: float) -> Cell:
    """Return how many per cent of a target are reached, nothing where that is not told."""
    return round(100 * reached / aim) if isinstance(reached, int | float) else ""


def _so_far(measured: Measured, code: str, total: Number) -> Cell:
    """Return the sum of what was published of this and all earlier closed periods."""
    indicator = INDICATORS[code]
    if measured.earlier is None or not indicator.is_additive or not total.is_collected:
        return ""
    before = measured.earlier.get(code, 0)
    return number_cell(indicator, total if total.is_left_out and not before else Number(before + (total.value or 0)))


def breakdown_tables(measured: Measured) -> list[Table]:
    """Return one table for each breakdown of each indicator."""
    tables = []
    for line in measured.figures.lines.values():
        for one in line.breakdowns:
            title = f"{line.indicator.label} · {Breakdown(one.name).label}"
            headings = (str(Breakdown(one.name).label), str(line.indicator.unit.label))
            rows: list[tuple[Cell, ...]] = [
                (category_label(one.name, category), number_cell(line.indicator, number))
                for category, number in one.parts.items()
            ]
            if not one.is_collected:
                rows = [(_("All"), _("not collected"))]
            tables.append(Table(title, headings, tuple(rows)))
    return tables


def _funnel_figure(measured: Measured, is_rtl: bool) -> Figure:
    rows: list[tuple[Cell, ...]] = []
    drawn: list[Bar] = []
    needs, before = INDICATORS["needs_posted"], None
    for step in measured.figures.funnel:
        label, words = str(FunnelStep(step.step).label), number_words(needs, step.number)
        reached = step.number.value
        share: int | None = round(100 * reached / before) if before and reached is not None else None
        days = "" if step.days is None else _("median %(days)s days") % {"days": plain(step.days)}
        note = " · ".join(part for part in (f"{share} %" if share is not None else "", days) if part)
        rows.append((label, number_cell(needs, step.number), "" if share is None else share, _or_empty(step.days)))
        drawn.append(Bar(label, reached, words, note if drawn else ""))
        before = reached
    headings = (_("Step"), _("Needs"), _("% of the step before"), _("Median days from it"))
    title = str(Chart.FUNNEL.label)
    table = Table(title, headings, tuple(rows))
    return Figure(Chart.FUNNEL, table, funnel(title, in_words(table), drawn, is_rtl=is_rtl))


def _hours_figure(measured: Measured, is_rtl: bool) -> Figure:
    confirmed, silent = (measured.figures.lines[code] for code in ("hours_confirmed", "hours_unconfirmed"))
    yes, no = (_parts(line.breakdown(Breakdown.MONTH)) for line in (confirmed, silent))
    months = _months(sorted({*yes, *no}))
    title, nothing = str(Chart.HOURS.label), Number(0)
    rows = tuple(
        (
            category_label(Breakdown.MONTH, month),
            number_cell(confirmed.indicator, yes.get(month, nothing)),
            number_cell(silent.indicator, no.get(month, nothing)),
        )
        for month in months
    )
    names = (str(confirmed.indicator.label), str(silent.indicator.label))
    table = Table(title, (_("Month"), *names), rows)
    target = measured.target("hours_confirmed")
    a_month = target["a_month"] if target else None
    data = Columns(
        [short_month(month) for month in months],
        [_hours(yes.get(month, nothing)) for month in months],
        [_briefly(confirmed.indicator, yes.get(month, nothing)) for month in months],
        [_hours(no.get(month, nothing)) for month in months],
        a_month,
        _("Target: %(hours)s a month") % {"hours": plain(a_month)} if a_month else "",
    )
    drawing = columns(title, in_words(table), data, legend=names, is_rtl=is_rtl) if months else None
    note = _("– stands for a number that is not shown.") if any(yes[one].is_left_out for one in yes) else ""
    return Figure(Chart.HOURS, table, drawing, note if months else _("No session was held in this period."))


def _people_figure(chart: Chart, code: str, breakdown: Breakdown) -> Callable[[Measured, bool], Figure]:
    """Return what draws the people of an indicator by one of its breakdowns, most first."""

    def figure(measured: Measured, is_rtl: bool) -> Figure:
        line = measured.figures.lines[code]
        found = line.breakdown(breakdown)
        title = str(chart.label)
        if found is None or not found.is_collected:
            table = Table(title, (str(breakdown.label), str(line.indicator.label)), ((_("All"), _("not collected")),))
            return Figure(chart, table, None, _("This is not collected yet."))
        parts = sorted(found.parts.items(), key=lambda part: (part[1].value is None, -(part[1].value or 0), part[0]))
        rows = tuple((category_label(breakdown, name), number_cell(line.indicator, one)) for name, one in parts)
        table = Table(title, (str(breakdown.label), str(line.indicator.label)), rows)
        drawn = [
            Bar(category_label(breakdown, name), one.value, number_words(line.indicator, one)) for name, one in parts
        ]
        drawing = bars(title, in_words(table), drawn, is_rtl=is_rtl) if drawn else None
        return Figure(chart, table, drawing, "" if drawn else _("Nobody was counted in this period."))

    return figure


def _work_figure(measured: Measured, is_rtl: bool) -> Figure:
    work, counted = measured.figures.work, INDICATORS["engagements_standing"]
    kinds = [kind for kind in EngagementKind.values if (kind, TOTAL) in work]
    rows = tuple(
        (
            str(EngagementKind(kind).label),
            *(number_cell(counted, work[kind, group]) for group in [*WorkGroup.values, TOTAL]),
        )
        for kind in kinds
    )
    names = tuple(str(group.label) for group in WorkGroup)
    title = str(Chart.WORK.label)
    table = Table(title, (_("Kind of work"), *names, _("All")), rows)
    drawn = [
        Row(
            str(EngagementKind(kind).label),
            [work[kind, group].value for group in WorkGroup.values],
            number_words(counted, work[kind, TOTAL]),
        )
        for kind in kinds
    ]
    drawing = stacked(title, in_words(table), drawn, names, is_rtl=is_rtl) if drawn else None
    return Figure(Chart.WORK, table, drawing, "" if drawn else _("Nothing was accepted by then."))


def _programmes_figure(measured: Measured, is_rtl: bool) -> Figure:
    counted = {(component, state): number for component, state, number in measured.figures.programmes}
    components = [one for one in [*ProgrammeComponent.values, ""] if any(key[0] == one for key in counted)]
    names = tuple(str(state.label) for state in ProgrammeState)
    title = str(Chart.COMPONENTS.label)
    rows: list[tuple[Cell, ...]] = []
    drawn: list[Row] = []
    for component in components:
        label = str(ProgrammeComponent(component).label) if component else _("No component named")
        parts = [counted.get((component, state), 0) for state in ProgrammeState.values]
        rows.append((label, *parts, sum(parts)))
        drawn.append(Row(label, parts, plain(sum(parts))))
    table = Table(title, (_("Component"), *names, _("All")), tuple(rows))
    drawing = stacked(title, in_words(table), drawn, names, is_rtl=is_rtl) if drawn else None
    return Figure(Chart.COMPONENTS, table, drawing, "" if drawn else _("There is no programme yet."))


FIGURES: dict[Chart, Callable[[Measured, bool], Figure]] = {
    Chart.FUNNEL: _funnel_figure,
    Chart.HOURS: _hours_figure,
    Chart.BENEFICIARIES: _people_figure(Chart.BENEFICIARIES, "people_served", Breakdown.BENEFICIARY_TYPE),
    Chart.REGIONS: _people_figure(Chart.REGIONS, "experts_registered", Breakdown.RESIDENCE),
    Chart.COUNTRIES: _people_figure(Chart.COUNTRIES, "people_reached", Breakdown.COUNTRY),
    Chart.WORK: _work_figure,
    Chart.COMPONENTS: _programmes_figure,
}


def _parts(breakdown: Any) -> Mapping[str, Number]:
    return breakdown.parts if breakdown is not None else {}


def _briefly(indicator: Indicator, number: Number) -> str:
    """Return a number for a narrow column."""
    return "–" if number.is_left_out else number_words(indicator, number)


def _months(found: Sequence[str]) -> list[str]:
    """Return every month from the first to the last, those without sessions too."""
    if not found:
        return []
    first, last = ((int(month[:4]) * 12 + int(month[5:]) - 1) for month in (found[0], found[-1]))
    return [f"{one // 12:04}-{one % 12 + 1:02}" for one in range(first, last + 1)]


def _hours(number: Number) -> float | None:
    return None if number.value is None else number.value / 60


def _or_empty(number: float | None) -> Cell:
    return "" if number is None else number


def in_words(table: Table) -> str:
    """Return a table as one sentence for who cannot see the chart."""
    parts = [": ".join((row[0], ", ".join(cell for cell in row[1:] if cell))) for row in table.texts]
    return "; ".join(parts)
