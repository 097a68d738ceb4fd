"""What waits for one institution's answer, so that whoever speaks for it reads it at a glance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.people import speaking_organisations
from engagements.models import Engagement, Need, Session
from engagements.queries.agreements import is_asked
from engagements.queries.outcomes import reported
from engagements.queries.proposals import TO_EXPERT, days_left, proposals_to_answer
from engagements.queries.skills_rounds import answers_to_give
from engagements.queries.work import agreements_to_give, sessions_to_confirm
from engagements.queries.work_clocks import Clock, clocks_of_work
from engagements.rules.work import is_anonymous
from engagements.states import EDITABLE_NEED_STATES, EngagementState, NeedState, Side
from engagements.states.clocks import WaitingKind

LONGEST_NOTE = 120


@dataclass(frozen=True)
class Ask:
    """One thing that waits for the institution: what, about what (parts of a line), how urgent, and the way to it.

    ``is_urgent`` marks an answer that runs out within three days.
    """

    title: str
    detail: tuple[str, ...]
    when: str
    label: str
    url: str
    is_urgent: bool = False


def waits_for_institution(viewer: User, organisation: Organisation) -> list[Ask]:
    """Return what waits for those who speak for ``organisation``: offers that run out, plans, hours, reports, needs.

    Empty for everybody else. Queries: 7, and 1 for each of plans, hours and reports that wait.
    """
    return [ask for look in LOOKS for ask in look(viewer, organisation)]


def _offers(viewer: User, organisation: Organisation) -> Iterator[Ask]:
    rows = proposals_to_answer(viewer).filter(~TO_EXPERT, need__organisation=organisation)
    for proposal in rows:
        left = days_left(proposal.expires_at)
        yield Ask(
            proposal.need.title,
            (_("Offer to help"), _("A candidate") if is_anonymous(proposal) else str(proposal.expert.user)),
            ngettext("%(days)d day left to reply", "%(days)d days left to reply", left) % {"days": left}
            if left
            else _("Runs out within a day"),
            _("Answer"),
            reverse("engagements:proposal", args=[proposal.reference]),
            is_urgent=left < 3,
        )


def _plans(viewer: User, organisation: Organisation) -> Iterator[Ask]:
    rows = list(agreements_to_give(viewer).filter(is_asked(Side.INSTITUTION), need__organisation=organisation))
    clocks = clocks_of_work(rows)
    for engagement in rows:
        left = _left(clocks, engagement, WaitingKind.AGREEMENT) or _since(engagement.last_activity_at)
        yield _about(engagement, _("Plan to agree to"), _("Read the plan"), "#plan", left)


def _hours(viewer: User, organisation: Organisation) -> Iterator[Ask]:
    rows = sessions_to_confirm(viewer).filter(engagement__need__organisation=organisation, logged_side=Side.EXPERT)
    by_engagement: dict[int, list[Session]] = {}
    for session in rows:
        by_engagement.setdefault(session.engagement_id, []).append(session)
    clocks = clocks_of_work([sessions[0].engagement for sessions in by_engagement.values()])
    for sessions in by_engagement.values():
        left = _left(clocks, sessions[0].engagement, WaitingKind.HOURS) or _since(sessions[0].logged_at)
        count = len(sessions)
        what = ngettext("%(count)d session to confirm", "%(count)d sessions to confirm", count) % {"count": count}
        yield _about(sessions[0].engagement, what, _("Look at hours"), "#sessions", left)


def _reports(viewer: User, organisation: Organisation) -> Iterator[Ask]:
    own, other = reported(Side.INSTITUTION), reported(Side.EXPERT)
    rows = (
        Engagement.objects.filter(state=EngagementState.WRAPPING_UP, need__organisation=organisation)
        .filter(need__organisation__in=speaking_organisations(viewer))
        .annotate(has_reported=own)
        .filter(Q(has_reported=False) | other)
        .select_related("need", "expert__user")
        .order_by("last_activity_at", "pk")
    )
    wrapping_up = list(rows)
    clocks = clocks_of_work(wrapping_up)
    for engagement in wrapping_up:
        left = _left(clocks, engagement, WaitingKind.OUTCOME) or _since(engagement.last_activity_at)
        if vars(engagement)["has_reported"]:
            yield _about(engagement, _("Ready to complete"), _("Complete"), "", left)
        else:
            yield _about(engagement, _("Say what came of it"), _("Report"), "#outcome", left)


def _needs(viewer: User, organisation: Organisation) -> Iterator[Ask]:
    waiting = sorted({*EDITABLE_NEED_STATES, NeedState.STALE})
    rows = (
        Need.objects.filter(organisation=organisation, state__in=waiting)
        .filter(organisation__in=speaking_organisations(viewer))
        .order_by("state", "created_at", "pk")  # sent back before drafts, hidden ones last
    )
    for need in rows:
        url = reverse("engagements:need-edit", args=[need.reference])
        detail: tuple[str, ...] = (_("Draft, not sent yet"),)
        since, label = need.created_at, _("Finish it")
        if need.state == NeedState.CHANGES_REQUESTED:
            label = _("Change it")
            detail = (_("The coordinator asks for changes"), Truncator(need.review_note).chars(LONGEST_NOTE))
        elif need.state == NeedState.STALE:
            url, label = reverse("engagements:need", args=[need.reference]), _("Say so")
            since, detail = need.stale_at or since, (_("Hidden from experts. Is it needed still?"),)
        yield Ask(need.title, detail, _since(since), label, url)


def _round(viewer: User, organisation: Organisation) -> Iterator[Ask]:
    for answer in answers_to_give(viewer).filter(organisation=organisation):
        until = date_format(answer.round.closes_on, "DATE_FORMAT")
        url = reverse("engagements:lacks", args=[organisation.reference])
        detail = (_("Three minutes, twice a year"),)
        yield Ask(_("Skills we will lack"), detail, _("until %(day)s") % {"day": until}, _("Answer"), url)


def _about(engagement: Engagement, what: str, label: str, part: str, when: str) -> Ask:
    url = reverse("engagements:engagement", args=[engagement.reference]) + part
    return Ask(engagement.need.title, (what, str(engagement.expert.user)), when, label, url)


def _left(clocks: dict[int, list[tuple[Side, Clock]]], engagement: Engagement, kind: WaitingKind) -> str:
    """Return how long the institution has for a step of an engagement; empty when its time is over."""
    mine = [clock for side, clock in clocks.get(engagement.pk, ()) if side == Side.INSTITUTION and clock.kind == kind]
    return mine[0].left if mine else ""


def _since(moment: datetime) -> str:
    return _("since %(day)s") % {"day": date_format(moment, "DATE_FORMAT")}


LOOKS: tuple[Callable[[User, Organisation], Iterator[Ask]], ...] = (_offers, _plans, _hours, _reports, _round, _needs)
