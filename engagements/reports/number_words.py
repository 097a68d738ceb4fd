"""Numbers and categories of reports in words of the reader's language."""

from datetime import date

from django.db.models import TextChoices
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django_countries import countries

from diaspora_net.core.regions import region_name
from diaspora_net.core.suppression import subtotal
from engagements.payloads.numbers import Number
from engagements.states import AgeBand, BeneficiaryType, EngagementState, ParticipantRole, Sex
from engagements.states.indicators import Breakdown, Indicator, Unit
from mentors.states import EngagementKind

UNKNOWN = "unknown"
GROUP = subtotal("")
Cell = str | int | float
_CHOICES: dict[Breakdown, type[TextChoices]] = {
    Breakdown.KIND: EngagementKind,
    Breakdown.STATE: EngagementState,
    Breakdown.ROLE: ParticipantRole,
    Breakdown.BENEFICIARY_TYPE: BeneficiaryType,
    Breakdown.SEX: Sex,
    Breakdown.AGE: AgeBand,
}


def category_label(breakdown: str, category: str) -> str:
    """Return what a category is called."""
    if category == UNKNOWN:
        return _("Not known")
    if breakdown == Breakdown.MONTH:
        return date_format(date.fromisoformat(f"{category}-01"), "F Y")
    if category.startswith(GROUP):
        return _("%(region)s, all together") % {"region": region_name(category.removeprefix(GROUP))}
    if breakdown in (Breakdown.COUNTRY, Breakdown.HOME):
        return str(countries.name(category))
    if breakdown == Breakdown.RESIDENCE:
        return region_name(category)
    known = _CHOICES.get(Breakdown(breakdown))
    return str(known(category).label) if known and category in known.values else category


def short_month(category: str) -> str:
    """Return a month as an axis has it: “Jan”."""
    return date_format(date.fromisoformat(f"{category}-01"), "M")


def number_words(indicator: Indicator, number: Number) -> str:
    """Return a number as people read it, or why there is none."""
    cell = number_cell(indicator, number)
    if isinstance(cell, str):
        return cell
    words = plain(cell)
    return f"{words} %" if indicator.unit == Unit.PERCENT else words


def number_cell(indicator: Indicator, number: Number) -> Cell:
    """Return a number as a sheet has it, hours with one decimal; words where there is none."""
    if not number.is_collected:
        return _("not collected")
    if number.is_left_out:
        return left_out_words()
    if number.value is None:
        return _("nothing to count")
    if indicator.unit == Unit.HOURS:
        return round(number.value / 60, 1)
    return int(number.value) if float(number.value).is_integer() else number.value


def left_out_words() -> str:
    """Return what stands in the place of a number that is not shown."""
    return _("not shown")


def plain(number: float) -> str:
    """Return a number with at most one decimal, as the language writes it."""
    rounded = round(number, 1)
    return number_format(int(rounded) if float(rounded).is_integer() else rounded, use_l10n=True, force_grouping=True)
