"""Every chart that a report can hold, by its name."""

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _

from engagements.reports import map_figures, report_parts
from engagements.reports.gap_figure import report_gaps
from engagements.reports.report_parts import Figure, Measured
from engagements.states.donor_reports import Chart

_FIGURES: dict[Chart, Callable[[Measured, bool], Figure]] = {
    **report_parts.FIGURES,
    Chart.MAP: map_figures.report_map,
    Chart.FAMILIES: map_figures.report_families,
    Chart.GAPS: report_gaps,
}


def figure_of(chart: str, measured: Measured, *, is_rtl: bool = False) -> Figure:
    """Return a chart of a report with its table; nothing is drawn where all that it would show is left out."""
    figure = _FIGURES[Chart(chart)](measured, is_rtl)
    if figure.drawing is not None and figure.table.is_left_out:
        return replace(figure, drawing=None, note=_("No number of these can be shown."))
    return figure
