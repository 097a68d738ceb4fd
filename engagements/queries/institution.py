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
from engagements.queries.work import agreements_to_give, sessions_to_confirm
from engagements.rules.work import is_anonymous
from engagements.states import EDITABLE_NEED_STATES, EngagementState, NeedState, Side

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

    Empty for everybody else. Queries: 5.
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
    rows = agreements_to_give(viewer).filter(is_asked(Side.INSTITUTION), need__organisation=organisation)
    for engagement in rows:
        yield _about(engagement, _("Plan to agree to"), _("Read the plan"), "#plan", engagement.last_activity_at)


def _hours(viewer: User, organisation: Organisation) -> Iterator[Ask]:
    rows = sessions_to_confirm(viewer).filter(engagement__need__organisation=organisation, logged_side=Side.EXPERT)
    by_engagement: dict[int, list[Session]] = {}
    for session in rows:
        by_engagement.setdefault(session.engagement_id, []).append(session)
    for sessions in by_engagement.values():
        count = len(sessions)
        what = ngettext("%(count)d session to confirm", "%(count)d sessions to confirm", count) % {"count": count}
        yield _about(sessions[0].engagement, what, _("Look at hours"), "#sessions", sessions[0].logged_at)


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
    for engagement in rows:
        if vars(engagement)["has_reported"]:
            yield _about(engagement, _("Ready to complete"), _("Complete"), "", engagement.last_activity_at)
        else:
            what, label = _("Say what came of it"), _("Report")
            yield _about(engagement, what, label, "#outcome", engagement.last_activity_at)


def _needs(viewer: User, organisation: Organisation) -> Iterator[Ask]:
    rows = (
        Need.objects.filter(organisation=organisation, state__in=sorted(EDITABLE_NEED_STATES))
        .filter(organisation__in=speaking_organisations(viewer))
        .order_by("state", "created_at", "pk")  # sent back before drafts
    )
    for need in rows:
        is_back = need.state == NeedState.CHANGES_REQUESTED
        yield Ask(
            need.title,
            (_("The coordinator asks for changes"), Truncator(need.review_note).chars(LONGEST_NOTE))
            if is_back
            else (_("Draft, not sent yet"),),
            _since(need.created_at),
            _("Change it") if is_back else _("Finish it"),
            reverse("engagements:need-edit", args=[need.reference]),
        )


def _about(engagement: Engagement, what: str, label: str, part: str, since: datetime) -> Ask:
    url = reverse("engagements:engagement", args=[engagement.reference]) + part
    return Ask(engagement.need.title, (what, str(engagement.expert.user)), _since(since), label, url)


def _since(moment: datetime) -> str:
    return _("since %(day)s") % {"day": date_format(moment, "DATE_FORMAT")}


LOOKS: tuple[Callable[[User, Organisation], Iterator[Ask]], ...] = (_offers, _plans, _hours, _reports, _needs)
