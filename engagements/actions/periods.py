"""Close a period: keep its figures as they are, for ever."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements.models import ClosedPeriod, Programme
from engagements.payloads.targets import targets_of
from engagements.queries.counted_rows import Period, Scope
from engagements.queries.indicators import count_figures
from engagements.rules.reporting import can_report_on
from engagements.states.indicators import INDICATORS

LONGEST_DAYS = 366 * 2


@transaction.atomic
def close_period(
    *, actor: User, country: str, programme: Programme | None, starts_on: date, ends_on: date
) -> ClosedPeriod:
    """Count everything of a country or a programme once more and keep it: it never changes again.

    Raises NotAllowed without the remit, Invalid for days that are not over or turned around, Conflict when some of
    the days are in a period that is closed already. Effects: the row with figures, definitions and targets; audit
    entry. Queries: 26 at most.
    """
    if not can_report_on(actor, country):
        raise NotAllowed(_("Only coordinators of the country close its periods."))
    _check_days(starts_on, ends_on)
    earlier = ClosedPeriod.objects.filter(country=country, programme=programme)
    if earlier.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Conflict(_("Some of these days are in a period that is closed. Begin after it."))
    period = ClosedPeriod.objects.create(
        country=country,
        programme=programme,
        starts_on=starts_on,
        ends_on=ends_on,
        figures=count_figures(Scope(frozenset({country}), programme), Period(starts_on, ends_on)),
        targets=targets_of(programme),
        definitions=_definitions(),
        closed_by=actor,
    )
    audit.record(
        actor=actor,
        verb="engagements.period.closed",
        obj=period,
        starts_on=str(starts_on),
        ends_on=str(ends_on),
        programme=programme.pk if programme else None,
    )
    return period


def _check_days(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid(_("The last day comes before the first."), fields={"ends_on": _("Choose a later day.")})
    if ends_on >= timezone.now().date():
        raise Invalid(
            _("The period is not over yet."), fields={"ends_on": _("Choose a day that is over: yesterday or earlier.")}
        )
    if (ends_on - starts_on).days > LONGEST_DAYS:
        raise Invalid(_("The period is too long."), fields={"starts_on": _("Choose two years at most.")})


def _definitions() -> dict[str, Any]:
    """Return the words of every indicator, in English, as they are today."""
    with override("en"):
        return {
            code: {
                "version": indicator.version,
                "label": str(indicator.label),
                "definition": str(indicator.definition),
                "source": str(indicator.source),
                "unit": str(indicator.unit),
            }
            for code, indicator in INDICATORS.items()
        }
