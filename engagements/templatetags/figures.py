"""Charts and numbers of reports in templates."""

from django import template
from django.utils.safestring import SafeString

from engagements.payloads.published import Line
from engagements.reports.charts import Drawing, svg
from engagements.reports.number_words import number_words

register = template.Library()


@register.simple_tag
def chart(drawing: Drawing, name: str) -> SafeString:
    """Return a chart as SVG; ``svg`` escapes every word in it."""
    return SafeString(svg(drawing, name=f"chart-{name}"))


@register.filter("in_words")
def line_in_words(line: Line) -> str:
    """Return the number of an indicator as people read it."""
    return number_words(line.indicator, line.total)
