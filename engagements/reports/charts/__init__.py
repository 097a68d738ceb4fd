"""Charts drawn on the server. ``drawing`` knows shapes, ``plots`` makes charts of them, ``svg`` and ``png`` write them.

Pure: they take labels and numbers that may be shown, and know neither Django nor the database. Every drawing stands
beside a table with the same numbers; shape, position and words tell everything, colour only repeats it.
"""

from engagements.reports.charts.drawing import Drawing, Fill, Side, Tone
from engagements.reports.charts.plots import Bar, Columns, Pair, Row, bars, columns, dumbbells, funnel, stacked
from engagements.reports.charts.png import png
from engagements.reports.charts.svg import svg, svg_file

__all__ = [
    "Bar",
    "Columns",
    "Drawing",
    "Fill",
    "Pair",
    "Row",
    "Side",
    "Tone",
    "bars",
    "columns",
    "dumbbells",
    "funnel",
    "png",
    "stacked",
    "svg",
    "svg_file",
]
