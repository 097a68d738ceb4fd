"""What a coordinator sees of their countries: what is stuck today.

The desk is a list of sections. Each section is one queryset of things that wait, with a target in days; adding a
section is adding a function to ``SECTIONS``. Nothing outside the viewer's remit is ever read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.organisations import organisations_to_check
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.states import OrganisationState
from engagements.models import Engagement, Need, Proposal
from engagements.queries.activity import at_risk_in, last_activity
from engagements.queries.reminders import ENGAGEMENT_REMINDED, PROPOSAL_REMINDED, reminded_today
from engagements.queries.talks import visible_reports
from engagements.rules.activity import QUIET_DAYS
from engagements.states import OPEN_PROPOSAL_STATES, EngagementState, NeedState, ReportState

QUEUE_LENGTH = 50
SILENT_STATES = (EngagementState.AGREEING, EngagementState.SCHEDULED, EngagementState.ACTIVE)


@dataclass(frozen=True)
class Step:
    """The one next step of a waiting item: a link, or a form when ``is_post``."""

    label: str
    url: str
    is_post: bool = False


# What a section says of one row: title, address, parts of its detail, next step (None when it was taken today).
Line = tuple[str, str, tuple[str, ...], Step | None]


@dataclass(frozen=True)
class Waiting:
    """One thing that waits. ``days`` is how long it has, ``over`` how many days beyond the target (0 when within)."""

    kind: str
    title: str
    url: str
    detail: tuple[str, ...]
    since: datetime
    days: int
    over: int
    step: Step | None


@dataclass(frozen=True)
class Section:
    """One kind of waiting thing: how many there are, how old the oldest is, and those at the top of the queue."""

    key: str
    label: str
    target: int
    count: int
    oldest_days: int
    over_target: int
    items: tuple[Waiting, ...]


def _days(since: datetime) -> int:
    return max(0, (timezone.now() - since).days)


def _section(
    key: str,
    label: str,
    target: int,
    waiting: QuerySet[Any],
    since: str,
    item: Callable[[Any], Line],
) -> Section:
    """Count one queryset and turn its oldest rows into items. Queries: 2."""
    limit = timezone.now() - timedelta(days=target)
    figures = waiting.order_by().aggregate(
        count=Count("pk"), oldest=Min(since), late=Count("pk", filter=Q(**{f"{since}__lt": limit}))
    )
    items = []
    for row in waiting.order_by(since, "pk")[:QUEUE_LENGTH]:
        moment = getattr(row, since)
        title, url, detail, step = item(row)
        days = _days(moment)
        items.append(Waiting(key, title, url, detail, moment, days, max(0, days - target), step))
    oldest = _days(figures["oldest"]) if figures["oldest"] else 0
    return Section(key, label, target, figures["count"], oldest, figures["late"], tuple(items))


def needs_to_check(countries: frozenset[str], viewer: User) -> Section:
    """Return the submitted needs. Queries: 2."""
    waiting = Need.objects.filter(
        state=NeedState.SUBMITTED,
        is_pathway=False,
        organisation__country__in=sorted(countries),
        submitted_at__isnull=False,
    ).select_related("organisation")

    def item(need: Need) -> Line:
        url = reverse("engagements:desk-need", args=[need.reference])
        return need.title, url, _where(need), Step(_("Check"), url)

    return _section("needs", _("needs to check"), 2, waiting, "submitted_at", item)


def organisations_waiting(countries: frozenset[str], viewer: User) -> Section:
    """Return the organisations that wait for verification. Queries: 3."""

    def item(organisation: Any) -> Line:
        url = reverse("accounts:organisation-check", args=[organisation.reference])
        is_asked = organisation.state == OrganisationState.DOCUMENTS_REQUESTED
        detail = (organisation.country.name, organisation.get_state_display())
        return organisation.name, url, detail, Step(_("Look again") if is_asked else _("Verify"), url)

    return _section(
        "organisations", _("organisations to verify"), 2, organisations_to_check(viewer), "created_at", item
    )


def proposals_unanswered(countries: frozenset[str], viewer: User) -> Section:
    """Return the proposals without an answer. Queries: 3."""
    reminded = reminded_today(PROPOSAL_REMINDED)
    waiting = Proposal.objects.filter(
        state__in=sorted(OPEN_PROPOSAL_STATES),
        need__organisation__country__in=sorted(countries),
        need__is_pathway=False,
    ).select_related("need__organisation", "expert__user")

    def item(proposal: Proposal) -> Line:
        url = reverse("engagements:proposal", args=[proposal.reference])
        detail = (proposal.get_origin_display(), str(proposal.expert.user), *_where(proposal.need))
        remind = reverse("engagements:desk-remind-proposal", args=[proposal.reference])
        step = None if str(proposal.pk) in reminded else Step(_("Remind"), remind, is_post=True)
        return proposal.need.title, url, detail, step

    return _section("proposals", _("proposals without an answer"), 3, waiting, "sent_at", item)


def engagements_silent(countries: frozenset[str], viewer: User) -> Section:
    """Return running engagements in which nothing has happened for a week or more, before they are at risk.

    Queries: 3.
    """
    waiting = (
        Engagement.objects.filter(
            state__in=SILENT_STATES, need__organisation__country__in=sorted(countries), need__is_pathway=False
        )
        .select_related("need__organisation", "expert__user")
        .annotate(quiet_since=last_activity())
        .filter(quiet_since__lt=timezone.now() - timedelta(days=7))
        .exclude(at_risk_at__gt=F("quiet_since"))
    )
    return _section("engagements", _("engagements gone quiet"), 14, waiting, "quiet_since", _quiet_line())


def engagements_in_danger(countries: frozenset[str], viewer: User) -> Section:
    """Return the engagements that both sides were told are at risk. Queries: 3."""
    waiting = at_risk_in(countries)
    return _section("risk", _("engagements at risk"), QUIET_DAYS, waiting, "quiet_since", _quiet_line())


def _quiet_line() -> Callable[[Engagement], Line]:
    """Return what a section says of a quiet engagement. Queries: 1, for who was reminded today."""
    reminded = reminded_today(ENGAGEMENT_REMINDED)

    def item(engagement: Engagement) -> Line:
        url = reverse("engagements:engagement", args=[engagement.reference])
        detail = (engagement.get_state_display(), str(engagement.expert.user), *_where(engagement.need))
        remind = reverse("engagements:desk-remind-engagement", args=[engagement.reference])
        step = None if str(engagement.pk) in reminded else Step(_("Remind both"), remind, is_post=True)
        return engagement.need.title, url, detail, step

    return item


def reports_waiting(countries: frozenset[str], viewer: User) -> Section:
    """Return the reports that are not closed and that the viewer may work on. Queries: 3."""

    def item(report: Any) -> Line:
        url = reverse("engagements:report", args=[report.reference])
        owner = (_("taken on by %(name)s") % {"name": report.owner},) if report.owner else ()
        label = _("Go on") if report.owner_id == viewer.pk else _("Look at it")
        return report.get_reason_display(), url, (_where(report.need)[1], *owner), Step(label, url)

    waiting = visible_reports(viewer).exclude(state=ReportState.CLOSED)
    return _section("reports", _("reports to look into"), 1, waiting, "reported_at", item)


SECTIONS = (
    reports_waiting,
    needs_to_check,
    organisations_waiting,
    proposals_unanswered,
    engagements_silent,
    engagements_in_danger,
)


def desk_sections(viewer: User) -> list[Section]:
    """Return what is stuck in the viewer's countries. Raises Http404 for somebody without a remit. Queries: 18."""
    countries = remit_countries(viewer)
    if not countries:
        raise Http404
    return [section(countries, viewer) for section in SECTIONS]


def queue_of(sections: list[Section], only: str = "") -> list[Waiting]:
    """Return the most urgent items of all sections, or of the one with the key ``only``: most days over target first,
    then the oldest.
    """
    items = [item for section in sections if only in ("", section.key) for item in section.items]
    return sorted(items, key=lambda item: (-item.over, item.since))[:QUEUE_LENGTH]


def _where(need: Need) -> tuple[str, str]:
    return need.organisation.name, need.organisation.country.name
