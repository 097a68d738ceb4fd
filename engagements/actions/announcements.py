"""Tell both sides of a proposal or an engagement what happened: news for people, a line in their conversation."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.core.models import AuditEntry
from engagements.models import Engagement, Need, Proposal
from engagements.rules.work import other_side, receiver_side, sender_side, side_of
from engagements.states import ProposalOrigin, ProposalState, Side
from mentors.models import ExpertProfile
from messaging.actions.conversations import add_participant, change_conversation_state, point_conversation_to
from messaging.actions.messages import post_event
from messaging.actions.notifications import notify
from messaging.models import Conversation
from messaging.states import ConversationState


def people_of(side: Side, *, need: Need, expert: ExpertProfile) -> list[User]:
    """Return who answers for a side: the expert, or everybody who speaks for the organisation. Queries: at most 2."""
    return [expert.user] if side == Side.EXPERT else list(speakers_of(need.organisation))


def talkers_of(need: Need) -> list[User]:
    """Return who talks for the organisation: the focal point, or all who may when that person no longer does.

    Queries: 1.
    """
    speakers = list(speakers_of(need.organisation))
    return [one for one in speakers if one.pk == need.focal_point_id] or speakers


def receivers_of(proposal: Proposal) -> list[User]:
    """Return whose answer is awaited. Queries: at most 2."""
    return people_of(receiver_side(proposal), need=proposal.need, expert=proposal.expert)


def senders_of(proposal: Proposal) -> list[User]:
    """Return who made the proposal: one side, and for a nomination the coordinator with the expert who agreed.

    Queries: at most 2.
    """
    side = sender_side(proposal)
    people = people_of(side, need=proposal.need, expert=proposal.expert) if side else []
    return [proposal.sent_by, *people] if proposal.origin == ProposalOrigin.NOMINATION else people


def turn_of(proposal: Proposal) -> tuple[list[User], list[User]]:
    """Return whose turn it is in an open proposal, and who waits: while a question is open, for its senders.

    Queries: at most 3.
    """
    receivers, senders = receivers_of(proposal), senders_of(proposal)
    return (senders, receivers) if proposal.state == ProposalState.INFO_REQUESTED else (receivers, senders)


def tell_about_proposal(
    *, people: Iterable[User], proposal: Proposal, verb: str, text: str, event: str = "", ask: str = "", url: str = ""
) -> None:
    """Tell people what happened to a proposal, once per ``event`` (default: the verb).

    ``text`` may use ``%(need)s`` and ``%(organisation)s``. ``ask`` names what is asked of them (default: an answer to
    the proposal). It leads to the proposal's page unless a ``url`` is given.
    """
    need = proposal.need
    for person in people:
        notify(
            user=person,
            verb=f"engagements.proposal.{verb}",
            text=text,
            params={"need": need.title, "organisation": need.organisation.name},
            url=url or reverse("engagements:proposal", args=[proposal.reference]),
            ask=ask or f"proposal:{proposal.reference}",
            event_key=f"proposal:{proposal.pk}:{event or verb}",
        )


def tell_about_work(
    *,
    actor: User | None,
    engagement: Engagement,
    entry: AuditEntry,
    text: str,
    params: dict[str, Any] | None = None,
    url: str = "",
    ask: str = "",
    by_email: bool = True,
    is_urgent: bool = False,
) -> None:
    """Tell the other side of an engagement what ``actor`` did; both sides when the actor is on neither.

    ``text`` may use ``%(need)s`` and ``%(organisation)s`` besides ``params``. It leads to the engagement's page
    unless a ``url`` is given. ``ask`` names what is asked of them. Once per audit entry.
    """
    side = side_of(actor, engagement) if actor else None
    need = engagement.need
    for told in [other_side(side)] if side else list(Side):
        for person in people_of(told, need=need, expert=engagement.expert):
            notify(
                user=person,
                verb=entry.verb,
                text=text,
                params={"need": need.title, "organisation": need.organisation.name, **(params or {})},
                url=url or reverse("engagements:engagement", args=[engagement.reference]),
                ask=ask,
                by_email=by_email,
                is_urgent=is_urgent,
                event_key=f"work:{entry.pk}",
            )


def add_line(engagement: Engagement, text: str) -> None:
    """Write what happened into the engagement's conversation.

    ``text`` is an untranslated message without placeholders.
    """
    post_event(conversation=engagement.conversation, text=text)


def start_talk(conversation: Conversation, *, accepted_by: User, page: str) -> None:
    """Open the conversation of an accepted proposal; it is about ``page`` now, and who accepted is in it."""
    point_conversation_to(conversation=conversation, subject_url=page)
    change_conversation_state(conversation=conversation, to=ConversationState.OPEN)
    add_participant(conversation=conversation, user=accepted_by)


def close_conversation(conversation: Conversation) -> None:
    """End a conversation; one that is closed already stays so."""
    if conversation.state != ConversationState.CLOSED:
        change_conversation_state(conversation=conversation, to=ConversationState.CLOSED)
