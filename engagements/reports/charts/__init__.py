"""Charts drawn on the server: ``drawing`` has shapes, ``plots`` and ``maps`` make charts, ``svg`` and ``png`` write.

Pure: they take labels and numbers that may be shown, and know neither Django nor the database. Every drawing stands
beside a table with the same numbers; shape, position and words tell everything, colour only repeats it.
"""

from engagements.reports.charts.drawing import Drawing, Fill, Side, Tone
from engagements.reports.charts.maps import Spot, drawn_spots, world_map
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
    "Spot",
    "Tone",
    "bars",
    "columns",
    "drawn_spots",
    "dumbbells",
    "funnel",
    "png",
    "stacked",
    "svg",
    "svg_file",
    "world_map",
]
