"""Open conversations, change their state, let people in and out."""

import uuid
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core import transitions
from messaging.models import Conversation, Participant
from messaging.realtime import Wake, publish_after_commit
from messaging.states import CONVERSATION_TRANSITIONS


@transaction.atomic
def open_conversation(
    *, participants: Sequence[User], topic: str, state: str, subject_url: str = "", is_group: bool = False
) -> Conversation:
    """Open a conversation between ``participants``, in ``state`` (``proposed`` or ``open``). Queries: 2.

    ``is_group``: members come and go, and each reads from their joining on.
    """
    conversation = Conversation.objects.create(
        topic=topic[:200], state=state, subject_url=subject_url, is_group=is_group
    )
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
    """Let a person in; who had left comes back, and nothing happens when they are in it. Queries: 2 to 5.

    Into a talk between two sides with everything said so far, into a group from now on. Effects: row, the
    conversation's ``rights``; after commit the person's sockets read.
    """
    present = transitions.lock(conversation)
    participant = present.participants.filter(user=user).first()
    if participant is not None and participant.left_at is None:
        return participant
    participant = participant or Participant(conversation=present, user=user)
    participant.left_at = None
    if present.is_group:
        participant.joined_seq = present.last_seq
        participant.read_seq = max(participant.read_seq, present.last_seq)
    participant.save()
    rights_changed(conversations=[present.pk])
    publish_after_commit([Wake("message", [user.pk], str(present.pk), present.last_seq)])
    return participant


@transaction.atomic
def leave_conversation(*, conversation: Conversation, user: User) -> None:
    """End a person's right to read and write here; the row stays. Nothing happens when they are not in it. Queries: 3.

    Holds the conversation's lock and raises its ``rights``, so no message of theirs is accepted after they have gone.
    """
    transitions.lock(conversation)
    if conversation.participants.filter(user=user, left_at__isnull=True).update(left_at=timezone.now()):
        rights_changed(conversations=[conversation.pk])


def rights_changed(*, conversations: Collection[uuid.UUID]) -> None:
    """Make every writer who waits for one of these conversations look again at who may write. Queries: 1.

    The locks are taken in id order. Call it in the transaction that changes the rights.
    """
    ids = Conversation.objects.filter(pk__in=conversations).order_by("pk").select_for_update(no_key=True).values("pk")
    held = [row["pk"] for row in ids]
    Conversation.objects.filter(pk__in=held).update(rights=F("rights") + 1)


def part_talk(*, one: User, other: User, also: Collection[uuid.UUID] = ()) -> None:
    """Draw the consequences of a block for what the two have in common, and for the conversations ``also``.

    Whether somebody may write is asked of the blocks at each write; here only those who wait are told to look again.
    Queries: 3.
    """
    shared = Participant.objects.filter(user=one, left_at__isnull=True).filter(
        conversation__participants__user=other, conversation__participants__left_at__isnull=True
    )
    rights_changed(conversations={*shared.values_list("conversation", flat=True), *also})
    publish_after_commit([Wake("badge", [one.pk, other.pk])])


def mute_conversation(*, actor: User, conversation: Conversation, is_muted: bool) -> None:
    """Let no e-mail leave about a conversation, or let it again. Queries: 1."""
    places = conversation.participants.filter(user=actor, left_at__isnull=True, muted_at__isnull=is_muted)
    places.update(muted_at=timezone.now() if is_muted else None)
