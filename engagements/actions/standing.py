"""What follows for work when somebody leaves a team, when an organisation is suspended and verified again, or when one
person blocks another.

Called through ``core.standing``, in the transaction of the act and while it holds the lock of the organisation, or of
both people.
"""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.organisations import suspended_since
from diaspora_net.accounts.queries.people import coordinators_of
from diaspora_net.accounts.rules import is_trusted
from diaspora_net.accounts.states import OrganisationState
from diaspora_net.core.transitions import lock
from engagements.actions.announcements import people_of, senders_of, tell_about_proposal
from engagements.actions.ending import close_if_open, close_proposals_of
from engagements.actions.rests import rest_since
from engagements.models import Engagement, Need, Proposal
from engagements.queries.parting import open_proposals_between, running_between
from engagements.rules.work import sender_side
from engagements.states import (
    OPEN_NEED_STATES,
    OPEN_PROPOSAL_STATES,
    RUNNING_STATES,
    EngagementState,
    NeedState,
    ProposalState,
    Side,
)
from messaging.actions.conversations import change_conversation_state, leave_conversation, part_talk
from messaging.actions.notifications import notify
from messaging.models import Conversation
from messaging.states import ConversationState


def leave_work(*, organisation_id: int, user_id: int) -> None:
    """End a former member's right to read and write in the organisation's conversations, except as the expert."""
    user = User.objects.get(pk=user_id)
    of_theirs = Q(proposal__need__organisation=organisation_id) | Q(
        group__engagement__need__organisation=organisation_id
    )
    present = Conversation.objects.filter(of_theirs, participants__user=user, participants__left_at__isnull=True)
    talks = present.exclude(proposal__expert__user=user).exclude(group__engagement__expert__user=user)
    for conversation in talks.order_by("pk"):
        leave_conversation(conversation=conversation, user=user)


def follow_decision(*, organisation_id: int, user_id: int) -> None:
    """Freeze what a suspended organisation has with experts; let what a verified one has go on where it stopped.

    Effects of a suspension: open proposals cancelled, open conversations paused, news to the experts. Of a
    verification after it: paused conversations opened, but for engagements on hold; clocks of work go on, those of open
    needs begin anew; news to the experts.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    if organisation.state == OrganisationState.SUSPENDED:
        _cancel_proposals(organisation, User.objects.get(pk=user_id))
        _freeze(organisation)
    elif is_trusted(organisation) and (since := suspended_since(organisation)):
        _thaw(organisation, since)


def _cancel_proposals(organisation: Organisation, actor: User) -> None:
    waiting = Need.objects.filter(organisation=organisation, proposals__state__in=sorted(OPEN_PROPOSAL_STATES))
    for need in waiting.distinct().order_by("pk"):
        close_proposals_of(actor=actor, need=lock(need))


def _work(organisation: Organisation, talk: ConversationState) -> list[Engagement]:
    rows = Engagement.objects.filter(need__organisation=organisation, conversation__state=talk)
    return list(rows.select_related("need__organisation", "expert__user", "conversation").order_by("conversation"))


def _freeze(organisation: Organisation) -> None:
    text = gettext_noop("%(organisation)s is suspended, so “%(need)s” rests. A coordinator looks into it.")
    for engagement in _work(organisation, ConversationState.OPEN):
        change_conversation_state(conversation=engagement.conversation, to=ConversationState.PAUSED)
        _tell_expert(engagement, "frozen", text)


def _thaw(organisation: Organisation, since: datetime) -> None:
    now = timezone.now()
    rest_since(organisation, since)
    Need.objects.filter(organisation=organisation, state__in=sorted(OPEN_NEED_STATES)).update(renewed_at=now)
    Need.objects.filter(organisation=organisation, state=NeedState.STALE).update(stale_at=now)
    text = gettext_noop("%(organisation)s is verified again, so “%(need)s” goes on. Every clock stood still meanwhile.")
    for engagement in _work(organisation, ConversationState.PAUSED):
        if engagement.state != EngagementState.ON_HOLD_SAFEGUARDING:
            change_conversation_state(conversation=engagement.conversation, to=ConversationState.OPEN)
            Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=now)
            _tell_expert(engagement, "thawed", text)


def _tell_expert(engagement: Engagement, what: str, text: str) -> None:
    if engagement.state in RUNNING_STATES:
        notify(
            user=engagement.expert.user,
            verb=f"engagements.engagement.{what}",
            text=text,
            params={"organisation": engagement.need.organisation.name, "need": engagement.need.title},
            url=reverse("engagements:engagement", args=[engagement.reference]),
            event_key=f"work-{what}:{engagement.pk}:{engagement.conversation.last_seq}",
        )


def part_people(*, blocker_id: int, blocked_id: int) -> None:
    """End what is open between two people of whom one has blocked the other, without saying why.

    Effects: open proposals between them cancelled, with news to the side of the blocked; conversations they share shut
    to both; news to the coordinators about work that goes on between them. The caller holds the locks of both people.
    """
    blocker, blocked = User.objects.get(pk=blocker_id), User.objects.get(pk=blocked_id)
    waiting = open_proposals_between(blocker, blocked)
    part_talk(one=blocker, other=blocked, also=[proposal.conversation_id for proposal in waiting])
    for proposal in waiting:
        if close_if_open(actor=None, proposal=proposal, to=ProposalState.CANCELLED):
            _tell_that_it_ended(proposal, blocked)
    for engagement in running_between(blocker, blocked):
        _tell_coordinators(engagement)


def _tell_that_it_ended(proposal: Proposal, person: User) -> None:
    side = Side.EXPERT if proposal.expert.user_id == person.pk else Side.INSTITUTION
    is_unknown = side == Side.INSTITUTION and sender_side(proposal) is None
    people = senders_of(proposal) if is_unknown else people_of(side, need=proposal.need, expert=proposal.expert)
    tell_about_proposal(
        people=people,
        proposal=proposal,
        verb="cancelled",
        text=gettext_noop("“%(need)s” did not work out this time. Thank you for being there."),
    )


def _tell_coordinators(engagement: Engagement) -> None:
    for coordinator in coordinators_of(engagement.need.organisation.country.code):
        notify(
            user=coordinator,
            verb="engagements.engagement.parted",
            text=gettext_noop("In “%(need)s” two people no longer write to each other. Can the work go on?"),
            params={"need": engagement.need.title},
            url=reverse("engagements:engagement", args=[engagement.reference]),
            event_key=f"work-parted:{engagement.pk}",
        )
