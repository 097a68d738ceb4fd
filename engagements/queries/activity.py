"""When something last happened in engagements, and which of them are at risk."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.states import KEEPING_STATES
from diaspora_net.core.written import Asked, among
from engagements.models import Engagement, Meeting
from engagements.queries.waiting_clocks import own_days
from engagements.rules.activity import RISK_STATES
from engagements.states import MeetingState
from engagements.states.clocks import QUIET, QUIET_DAYS


def last_activity(prefix: str = "") -> Greatest:
    """Return when something last happened in an engagement: an act, or a message in its conversation."""
    return Greatest(
        F(f"{prefix}last_activity_at"),
        Coalesce(F(f"{prefix}conversation__last_message_at"), F(f"{prefix}last_activity_at")),
    )


def quiet_days() -> Coalesce:
    """Return after how many days of silence an engagement is at risk: its programme's, else the network's."""
    return Coalesce(own_days(QUIET, "need__"), Value(QUIET_DAYS))


def gone_quiet() -> QuerySet[Engagement]:
    """Return the engagements that become at risk: nothing happened for ``quiet_days``, no session is agreed that is
    still to come, their organisation is not suspended, and they are not flagged already.
    """
    now = timezone.now()
    silence = ExpressionWrapper(quiet_days() * Value(timedelta(days=1)), DurationField())
    coming = Meeting.objects.filter(engagement=OuterRef("pk"), state=MeetingState.CONFIRMED, starts_at__gt=now)
    return (
        Engagement.objects.filter(~Exists(coming), state__in=sorted(RISK_STATES))
        .filter(need__organisation__state__in=sorted(KEEPING_STATES))
        .annotate(quiet_since=last_activity(), risk_at=ExpressionWrapper(F("quiet_since") + silence, DateTimeField()))
        .filter(risk_at__lt=now)
        .exclude(at_risk_at__gt=F("quiet_since"))
        .order_by("quiet_since", "pk")
    )


def engagements_at_risk(viewer: User) -> QuerySet[Engagement]:
    """Return the engagements at risk of the viewer's countries. Queries: 1 for the remit, 1 when read."""
    return at_risk_in(remit_countries(viewer))


def at_risk_in(countries: Collection[str] | Asked) -> QuerySet[Engagement]:
    """Return the engagements of some countries that are flagged and in which nothing has happened since.

    Each carries ``quiet_since``; the quietest comes first.
    """
    return (
        Engagement.objects.filter(among("need__organisation__country", countries), state__in=sorted(RISK_STATES))
        .annotate(quiet_since=last_activity())
        .filter(at_risk_at__gt=F("quiet_since"), need__is_pathway=False)
        .select_related("need__organisation", "expert__user")
        .order_by("quiet_since", "pk")
    )
