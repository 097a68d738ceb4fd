"""Read engagements and their sessions; ``visible_engagements`` is the one place that says who may see which."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import Membership, User
from diaspora_net.accounts.queries.people import pathway_countries, remit_countries
from diaspora_net.accounts.states import SPEAKING_ROLES
from diaspora_net.core import audit
from diaspora_net.core.references import first_or_404
from engagements.models import Certificate, Engagement, Session
from engagements.queries.agreements import is_asked
from engagements.queries.hours import Year, hours_by_year, with_rests
from engagements.queries.outcomes import reported
from engagements.states import ANSWERING_STATES, CHANGEABLE_STATES, CertificateState, EngagementState, HoursState, Side


def open_memberships(viewer: User, *, speaking: bool) -> QuerySet[Membership]:
    """Return the viewer's present memberships, all or only those that speak for the organisation."""
    memberships = Membership.objects.filter(user=viewer, left_at__isnull=True)
    return memberships.filter(role__in=sorted(SPEAKING_ROLES)) if speaking else memberships


def visible_engagements(viewer: User) -> QuerySet[Engagement]:
    """Return the viewer's own as an expert, those of their organisations, and those of their remit's countries.

    Counterparts see them too. Queries when built: 1 (0 for nobody).
    """
    if not viewer.is_authenticated:
        return Engagement.objects.none()
    return Engagement.objects.filter(
        Q(expert__user=viewer)
        | Q(need__organisation__in=open_memberships(viewer, speaking=False).values("organisation"))
        | Q(need__organisation__country__in=sorted(remit_countries(viewer)), need__is_pathway=False)
        | Q(need__organisation__country__in=pathway_countries(viewer), need__is_pathway=True)
    )


def get_engagement(viewer: User, reference: str) -> Engagement:
    """Return the engagement when ``viewer`` may see it, with need, organisation, people and conversation.

    Raises Http404 otherwise. Queries: 2.
    """
    return first_or_404(_with_names(visible_engagements(viewer)).filter(reference=reference))


def _with_names(engagements: QuerySet[Engagement]) -> QuerySet[Engagement]:
    return engagements.select_related("need__organisation", "expert__user", "focal_point", "conversation", "proposal")


def _minutes(state: str) -> Coalesce:
    total = (
        Session.objects.filter(engagement=OuterRef("pk"), state=state)
        .order_by()
        .values("engagement")
        .annotate(total=Sum("minutes"))
        .values("total")
    )
    return Coalesce(Subquery(total, output_field=IntegerField()), Value(0))


def own_engagements(viewer: User) -> list[Engagement]:
    """Return the engagements the viewer takes part in, newest activity first, for their list.

    Each carries ``confirmed`` and ``unconfirmed`` minutes, ``is_own`` (the viewer is the expert), ``speaks`` (for the
    organisation), ``to_confirm`` (hours wait for the viewer's side) and ``has_outcome`` (of that side). Queries: 1.
    """
    speaking = open_memberships(viewer, speaking=True).values("organisation")
    belongs = open_memberships(viewer, speaking=False).values("organisation")
    is_own, speaks = Q(expert__user=viewer), Q(need__organisation__in=speaking)
    waiting = Session.objects.filter(engagement=OuterRef("pk"), state=HoursState.UNCONFIRMED)
    rows = (
        _with_names(Engagement.objects.filter(is_own | Q(need__organisation__in=belongs)))
        .annotate(
            confirmed=_minutes(HoursState.CONFIRMED),
            unconfirmed=_minutes(HoursState.UNCONFIRMED),
            is_own=is_own,
            speaks=speaks,
            expert_asked=is_asked(Side.EXPERT),
            institution_asked=is_asked(Side.INSTITUTION),
            expert_logged=Exists(waiting.filter(logged_side=Side.EXPERT)),
            institution_logged=Exists(waiting.filter(logged_side=Side.INSTITUTION)),
            expert_reported=reported(Side.EXPERT),
            institution_reported=reported(Side.INSTITUTION),
        )
        .order_by("-last_activity_at", "pk")
    )
    return list(rows)


def confirmed_minutes(engagement: Engagement) -> int:
    """Return the minutes both sides stand for. Queries: 1."""
    confirmed = Session.objects.filter(engagement=engagement, state=HoursState.CONFIRMED)
    return confirmed.aggregate(total=Sum("minutes"))["total"] or 0


def sessions_of(engagement: Engagement) -> list[Session]:
    """Return the sessions with who logged and answered them, newest first. Queries: 1."""
    rows = Session.objects.filter(engagement=engagement).select_related("logged_by", "answered_by")
    return list(with_rests(rows))


def get_session(viewer: User, reference: str) -> Session:
    """Return the session when ``viewer`` may see its engagement. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(
        Session.objects.filter(
            reference=reference, engagement__in=visible_engagements(viewer).values("pk")
        ).select_related(
            "engagement__need__organisation", "engagement__expert__user", "engagement__conversation", "logged_by"
        )
    )


def sessions_to_confirm(viewer: User) -> QuerySet[Session]:
    """Return the sessions whose hours wait for the viewer, logged by the other side, oldest first."""
    speaking = open_memberships(viewer, speaking=True).values("organisation")
    return (
        Session.objects.filter(state=HoursState.UNCONFIRMED)
        .filter(
            Q(engagement__expert__user=viewer, logged_side=Side.INSTITUTION)
            | Q(engagement__need__organisation__in=speaking, logged_side=Side.EXPERT)
        )
        .exclude(logged_by=viewer)
        .filter(engagement__state__in=sorted(ANSWERING_STATES))
        .select_related("engagement__need__organisation", "engagement__expert__user", "logged_by")
        .order_by("logged_at", "pk")
    )


def agreements_to_give(viewer: User) -> QuerySet[Engagement]:
    """Return the engagements whose newest agreement waits for the viewer's side, oldest first."""
    speaking = open_memberships(viewer, speaking=True).values("organisation")
    return (
        Engagement.objects.filter(state__in=sorted(CHANGEABLE_STATES))
        .filter(
            Q(is_asked(Side.EXPERT), expert__user=viewer)
            | Q(is_asked(Side.INSTITUTION), need__organisation__in=speaking)
        )
        .select_related("need__organisation", "expert__user")
        .order_by("last_activity_at", "pk")
    )


@dataclass(frozen=True)
class Event:
    """One line of an engagement's history; ``text`` translates when printed, ``who`` is empty for sweeps.

    ``what`` names the thing it happened to, unless that is the engagement.
    """

    text: Promise
    at: datetime
    who: str
    what: str = ""


_TEXTS = {
    "created": _("Introduced"),
    "plan_changed": _("The plan was changed"),
    "agreed": _("One side agreed to the plan"),
    "renewed": _("Both sides accepted a change of the agreement"),
    "scheduled": _("Both sides agreed on the plan"),
    "active": _("The work is under way"),
    "paused": _("Paused"),
    "at_risk": _("Quiet for long: at risk"),
    "wrapping_up": _("The work is done; both sides report"),
    "completed": _("Completed"),
    "followed_up": _("Followed up"),
    "ended_early": _("Ended early"),
    "cancelled": _("Called off"),
    "held": _("Put on hold by the coordinator"),
    "released": _("Released by the coordinator"),
}


def timeline_of(engagement: Engagement) -> list[Event]:
    """Return what happened to the engagement, oldest first. Queries: 1."""
    entries = [(entry, entry.verb.rpartition(".")[2]) for entry in audit.history_of(engagement)]
    return [
        Event(_TEXTS[verb], entry.created_at, str(entry.actor) if entry.actor else "")
        for entry, verb in entries
        if verb in _TEXTS
    ]


@dataclass(frozen=True)
class Record:
    """What an expert has contributed: hours by year, engagements with ``valid_certificates``."""

    years: list[Year]
    engagements: list[Engagement]

    @property
    def days_on_site(self) -> int:
        """Return all confirmed days on site."""
        return sum(year.hours.days_on_site for year in self.years)

    @property
    def confirmed(self) -> int:
        """Return all confirmed minutes."""
        return sum(year.hours.confirmed for year in self.years)


def record_of(viewer: User) -> Record:
    """Return the viewer's own record as an expert. Queries: 3."""
    certificates = Certificate.objects.filter(state=CertificateState.ISSUED).order_by("-issued_at")
    engagements = (
        Engagement.objects.filter(expert__user=viewer)
        .exclude(state=EngagementState.CANCELLED)
        .select_related("need__organisation")
        .annotate(confirmed=_minutes(HoursState.CONFIRMED))
        .prefetch_related(Prefetch("certificates", queryset=certificates, to_attr="valid_certificates"))
        .order_by("-created_at", "pk")
    )
    sessions = Session.objects.filter(engagement__expert__user=viewer).only(
        "held_on", "minutes", "state", "is_on_site", "logged_at", "engagement"
    )
    return Record(hours_by_year(with_rests(sessions)), list(engagements))
