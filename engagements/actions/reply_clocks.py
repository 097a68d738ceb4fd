"""When an answer to a proposal is due, and what follows when none came: kind words to both sides, and who fits next."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import coordinators_of
from engagements.actions.announcements import tell_about_proposal, turn_of
from engagements.actions.ending import close_if_open
from engagements.actions.staleness import let_stale_when_silent
from engagements.models import Need, Proposal
from engagements.payloads.working_days import after_working_days
from engagements.queries.replies import has_left_two_unanswered
from engagements.queries.waiting import WaitingStep
from engagements.states import ProposalState, Side
from engagements.states.clocks import Turn, WaitingKind, clock_of
from mentors.models import ExpertProfile
from messaging.actions.notifications import notify


def fresh_clock(
    kind: WaitingKind, side: Side | None, *, need: Need, expert: ExpertProfile, now: datetime
) -> dict[str, datetime]:
    """Return the columns of a clock that starts ``now`` for ``side``, None for a coordinator; its programme's, if any.

    Queries: at most 1.
    """
    waits = need.programme.waits if need.programme else None
    country, zone = (
        (expert.residence.code, expert.user.zone)
        if side == Side.EXPERT
        else (need.organisation.country.code, ZoneInfo(need.organisation.time_zone))
    )
    ends_at = after_working_days(now, clock_of(kind, waits).end, country or "", zone)
    return {"waiting_since": now, "expires_at": ends_at}


def end_reply(step: WaitingStep) -> None:
    """Close a proposal that nobody answered in time; the caller holds the locks of need, expert and proposal.

    Effects: state, conversation closed, audit entry, news for both sides; the need is hidden when its institution has
    left the last two offers unanswered, and the coordinators learn of whoever has left two unanswered.
    """
    proposal = Proposal.objects.select_related("need__organisation", "expert__user").get(pk=step.row)
    late, waiting = turn_of(proposal)
    if not close_if_open(actor=None, proposal=proposal, to=ProposalState.EXPIRED):
        return
    for people, is_late in ((late, True), (waiting, False)):
        for person in people:
            _tell(person, proposal, is_late=is_late)
    if step.turn == Turn.COORDINATOR:
        return
    if step.turn == Turn.INSTITUTION:
        let_stale_when_silent(Need.objects.get(pk=proposal.need_id))
    if has_left_two_unanswered(Side(step.turn), proposal):
        _tell_coordinators(Side(step.turn), proposal)


def _tell(person: User, proposal: Proposal, *, is_late: bool) -> None:
    """Say kindly that it is over; who looks for an expert reads who fits next."""
    is_expert = person.pk == proposal.expert.user_id
    if is_expert and is_late:
        text = gettext_noop("“%(need)s” has run out without your answer. If now is not the time, pause your profile.")
    elif is_expert:
        text = gettext_noop("“%(need)s” has run out without an answer to you. Others may need you as well.")
    elif is_late:
        text = gettext_noop("A proposal for “%(need)s” has run out without your answer. Look at who else fits.")
    else:
        text = gettext_noop("The expert you asked for “%(need)s” did not answer in time. Look at who fits next.")
    url = "" if is_expert else reverse("engagements:need-people", args=[proposal.need.reference])
    tell_about_proposal(people=[person], proposal=proposal, verb="expired", text=text, url=url)


def _tell_coordinators(late: Side, proposal: Proposal) -> None:
    text = (
        gettext_noop("An expert left two proposals in a row unanswered, the last about “%(need)s”. A call may help.")
        if late == Side.EXPERT
        else gettext_noop("%(organisation)s left two offers in a row unanswered. A call may help.")
    )
    need = proposal.need
    for coordinator in coordinators_of(need.organisation.country.code):
        notify(
            user=coordinator,
            verb="engagements.proposal.unanswered_twice",
            text=text,
            params={"need": need.title, "organisation": need.organisation.name},
            url=reverse("engagements:proposal", args=[proposal.reference]),
            event_key=f"unanswered-twice:{proposal.pk}",
        )
