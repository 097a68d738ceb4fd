"""Open conversations, change their state, let people in and out."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core import transitions
from messaging.models import Conversation, Participant
from messaging.realtime import Wake, publish_after_commit
from messaging.states import CONVERSATION_TRANSITIONS


@transaction.atomic
def open_conversation(*, participants: Sequence[User], topic: str, state: str, subject_url: str = "") -> Conversation:
    """Open a conversation between ``participants``, in ``state`` (``proposed`` or ``open``). Queries: 2."""
    conversation = Conversation.objects.create(topic=topic[:200], state=state, subject_url=subject_url)
    people = {user.pk for user in participants}
    Participant.objects.bulk_create(Participant(conversation=conversation, user_id=person) for person in sorted(people))
    return conversation


def point_conversation_to(*, conversation: Conversation, subject_url: str) -> None:
    """Say on which page stands what the conversation is about now. Queries: 1."""
    Conversation.objects.filter(pk=conversation.pk).update(subject_url=subject_url)


@transaction.atomic
def change_conversation_state(*, conversation: Conversation, to: str) -> Conversation:
    """Move a conversation to state ``to``; nothing happens when it is there already.

    Raises InvalidTransition for a step that CONVERSATION_TRANSITIONS does not hold. Queries: 1 to 4.
    """
    present = transitions.lock(conversation)
    if present.state == to:
        conversation.refresh_from_db()
        return conversation
    return transitions.advance(conversation, to, CONVERSATION_TRANSITIONS)


@transaction.atomic
def add_participant(*, conversation: Conversation, user: User) -> Participant:
    """Let a person in, with everything said so far; who had left comes back. Queries: 3."""
    transitions.lock(conversation)
    participant, _is_new = Participant.objects.update_or_create(
        conversation=conversation, user=user, defaults={"left_at": None}
    )
    publish_after_commit([Wake("message", [user.pk], str(conversation.pk), conversation.last_seq)])
    return participant


@transaction.atomic
def leave_conversation(*, conversation: Conversation, user: User) -> None:
    """End a person's right to read and write here; the row stays. Nothing happens when they are not in it. Queries: 2.

    Holds the conversation's lock, so no message of theirs is being written while they go.
    """
    transitions.lock(conversation)
    conversation.participants.filter(user=user, left_at__isnull=True).update(left_at=timezone.now())
