"""The skills with fewer free experts than places, as pairs of marks and a table."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from engagements.reports.charts import Pair, dumbbells
from engagements.reports.map_figures import COUNTED
from engagements.reports.number_words import Cell, number_cell
from engagements.reports.report_parts import Figure, Measured, Table, in_words
from engagements.states.donor_reports import Chart


def report_gaps(measured: Measured, is_rtl: bool) -> Figure:
    """Return the widest gaps of a report; a skill whose experts are too few to be told has no marks, only a row."""
    language = get_language() or "en"
    rows: list[tuple[Cell, ...]] = []
    pairs: list[Pair] = []
    for gap in measured.figures.gaps:
        name = gap.names.get(language) or gap.names["en"]
        rows.append((name, gap.asked, number_cell(COUNTED, gap.offered)))
        if gap.offered.value is not None:
            words = {"asked": gap.asked, "offered": int(gap.offered.value)}
            told = _("%(asked)d asked, %(offered)d free") % words
            pairs.append(Pair(name, gap.asked, gap.offered.value, told))
    headings = (_("Skill"), _("Places asked for"), _("Experts who are free"))
    table = Table(str(Chart.GAPS.label), headings, tuple(rows))
    if not pairs:
        note = _("No number of experts can be shown.") if rows else _("No skill has fewer free experts than places.")
        return Figure(Chart.GAPS, table, None, note)
    drawing = dumbbells(
        f"{pairs[0].label}: {pairs[0].words}",
        in_words(table),
        pairs,
        [_("Places asked for"), _("Experts who are free")],
        is_rtl=is_rtl,
    )
    return Figure(
        Chart.GAPS, table, drawing, _("Needs that were open and experts who were free when this was counted.")
    )
