"""Where experts live, as a map and by skill family: of a report, of the desk and of the public page alike.

They take numbers that may be shown and nothing else, so a disc is as large as its number in the table says.
"""

from collections.abc import Callable, Mapping

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from diaspora_net.core.regions import REGION_OF
from diaspora_net.core.suppression import TOTAL, Key
from engagements.payloads.numbers import Number
from engagements.reports.charts import Bar, Spot, bars, drawn_spots, world_map
from engagements.reports.number_words import GROUP, Cell, category_label, number_cell, number_words
from engagements.reports.report_parts import Figure, Measured, Table, in_words
from engagements.states.donor_reports import Chart
from engagements.states.indicators import INDICATORS, Breakdown

COUNTED = INDICATORS["experts_findable"]
Labels = Mapping[str, str]


def disclaimer() -> str:
    """Return what a map does not say."""
    return _(
        "The map shows land and no borders. A circle stands for a whole country or area; neither it nor its name says "
        "anything about the legal status of a place or where its borders run."
    )


def map_figure(
    title: str,
    numbers: Mapping[str, Number],
    *,
    is_empty: bool | None = None,
    is_rtl: bool = False,
    link: Callable[[str], str] | None = None,
) -> Figure:
    """Return the map of experts by country of residence; ``numbers`` hold the totals of regions as ``group:`` too.

    ``is_empty`` says that nobody was counted, where that is not what no number means. ``link`` gives the address that
    a country's circle leads to.
    """
    homes = {code: number for code, number in numbers.items() if not code.startswith(GROUP)}
    spots = [
        Spot(code, _name(code), number.value, number_words(COUNTED, number), link(code) if link else "")
        for code, number in homes.items()
        if number.value
    ]
    table = _home_table(title, numbers, homes)
    shown = drawn_spots(spots)
    if not shown:
        is_empty = not numbers if is_empty is None else is_empty
        note = _("Nobody was counted.") if is_empty else _("No country’s number can be shown.")
        return Figure(Chart.MAP, table, None, note)
    finding = _("Most live in %(country)s (%(number)s)") % {"country": shown[0].name, "number": shown[0].words}
    drawing = world_map(f"{title}. {finding}", in_words(table), spots, foot=f"{title}. {disclaimer()}", is_rtl=is_rtl)
    note = " ".join([f"{finding}.", *_not_drawn(homes, len(shown)), disclaimer()])
    return Figure(Chart.MAP, table, drawing, note)


def _name(code: str) -> str:
    return category_label(Breakdown.HOME, code)


def _not_drawn(homes: Mapping[str, Number], drawn: int) -> list[str]:
    """Say of how many countries the map has no circle, and where those are that are not named."""
    other = sum(1 for number in homes.values() if number.value) - drawn
    said = []
    if other:
        words = ngettext(
            "The table holds %(count)s more country with fewer people.",
            "The table holds %(count)s more countries with fewer people.",
            other,
        )
        said.append(words % {"count": other})
    if any(number.step > 1 for number in homes.values()):
        said.append(_("Who lives where only a few do is counted in the region, or else with all."))
    return said


def _home_table(title: str, numbers: Mapping[str, Number], homes: Mapping[str, Number]) -> Table:
    """Return regions with their totals, the largest first, and beneath each its countries."""
    regions = {code.removeprefix(GROUP): number for code, number in numbers.items() if code.startswith(GROUP)}
    regions |= {code: number for code, number in homes.items() if code not in REGION_OF}
    rows: list[tuple[Cell, ...]] = []
    for region in sorted(regions, key=lambda one: (*_largest_first(regions[one]), one)):
        own = [code for code in homes if REGION_OF.get(code) == region]
        is_region = region in REGION_OF.values()
        rows.append((_name(f"{GROUP}{region}" if is_region else region), number_cell(COUNTED, regions[region])))
        own.sort(key=lambda one: (*_largest_first(homes[one]), one))
        rows += [(_name(code), number_cell(COUNTED, homes[code])) for code in own]
    headings = (_("Country of residence, or region"), _("People"))
    return Table(title, headings, tuple(rows))


def _largest_first(number: Number) -> tuple[bool, float]:
    return number.value is None, -(number.value or 0)


def families_figure(
    cells: Mapping[Key, Number],
    names: Labels,
    row_name: Callable[[str], str],
    heading: str,
    *,
    title: str,
    note: str = "",
    is_rtl: bool = False,
) -> Figure:
    """Return the experts by skill family as bars, and by place and family as a table.

    ``cells`` have totals, too; ``names`` say what each family is called and ``row_name`` what each place is.
    """
    places = sorted({row for row, _column in cells if row and not row.startswith(GROUP)})
    families = sorted({column for _row, column in cells if column}, key=lambda one: _largest_first(cells[TOTAL, one]))
    titles = [names.get(one, _("No skill of a family")) for one in families]

    def row(name: str, place: str) -> tuple[Cell, ...]:
        return name, *(number_cell(COUNTED, cells[place, one]) for one in [*families, TOTAL])

    ordered = sorted(places, key=lambda one: _largest_first(cells[one, TOTAL]))
    rows = [*(row(row_name(place), place) for place in ordered), *([row(_("All"), TOTAL)] if cells else [])]
    table = Table(title, (heading, *titles, _("All")), tuple(rows))
    drawn = [
        Bar(name, cells[TOTAL, one].value, number_words(COUNTED, cells[TOTAL, one]))
        for name, one in zip(titles, families, strict=True)
    ]
    summary = "; ".join(f"{bar.label}: {bar.words}" for bar in drawn)
    drawing = bars(title, summary, drawn, is_rtl=is_rtl) if drawn else None
    return Figure(Chart.FAMILIES, table, drawing, note if drawn else _("Nobody was counted."))


def report_map(measured: Measured, is_rtl: bool) -> Figure:
    """Return the map of a report."""
    line = measured.figures.lines.get(COUNTED.code)
    found = line.breakdown(Breakdown.HOME) if line else None
    if found is None:
        return _not_collected(Chart.MAP)
    is_empty = line is not None and line.total.value == 0
    return map_figure(str(Chart.MAP.label), found.parts, is_empty=is_empty, is_rtl=is_rtl)


def main_family_note() -> str:
    """Return in which family an expert is counted."""
    return _("Everybody counts once, in the family in which most of their skills lie.")


def report_families(measured: Measured, is_rtl: bool) -> Figure:
    """Return the skill families of a report."""
    if COUNTED.code not in measured.figures.lines:
        return _not_collected(Chart.FAMILIES)
    return families_figure(
        measured.figures.families,
        names_in_language(measured.figures.family_names),
        lambda region: category_label(Breakdown.RESIDENCE, region),
        str(Breakdown.RESIDENCE.label),
        title=str(Chart.FAMILIES.label),
        note=main_family_note(),
        is_rtl=is_rtl,
    )


def names_in_language(names: Mapping[str, Labels]) -> dict[str, str]:
    """Return what each family is called in the active language, or else in English."""
    language = get_language() or "en"
    return {slug: labels.get(language) or labels["en"] for slug, labels in names.items()}


def _not_collected(chart: Chart) -> Figure:
    table = Table(str(chart.label), (_("Where"), str(COUNTED.label)), ((_("All"), _("not collected")),))
    return Figure(chart, table, None, _("This was not counted yet when the period was closed."))
