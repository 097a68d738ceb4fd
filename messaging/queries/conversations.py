"""Which conversations a person sees, and what the list says about each."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import ngettext

from diaspora_net.accounts.models import Block, User
from diaspora_net.accounts.queries.blocks import apart_from
from diaspora_net.core.references import first_or_404
from messaging.models import Conversation, Message, Participant
from messaging.payloads import event_words
from messaging.states import ConversationState, MessageKind

LIST_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of the list: who is on the other side, what it is about, what was said last, what is unread."""

    id: uuid.UUID
    names: Sequence[str]
    topic: str
    is_group: bool
    state: str
    last_seq: int
    last_text: str
    last_is_mine: bool
    at: datetime
    unread: int

    @property
    def is_today(self) -> bool:
        """Say whether the last message is of today, in the reader's time zone."""
        return timezone.localdate(self.at) == timezone.localdate()


def visible_conversations(viewer: User) -> QuerySet[Conversation]:
    """Return the conversations that the viewer is in and has not left."""
    return Conversation.objects.filter(participants__user=viewer, participants__left_at__isnull=True)


def get_conversation(viewer: User, id: uuid.UUID) -> Conversation:  # noqa: A002 - the contract's name
    """Return one conversation that the viewer may read. Raises Http404 whether it does not exist or is not theirs."""
    return first_or_404(visible_conversations(viewer).filter(pk=id))


def others_in(conversation: Conversation, viewer: User) -> list[User]:
    """Return everyone else who is in the conversation, those who left last of all not. Queries: 1."""
    places = conversation.participants.filter(left_at__isnull=True).exclude(user=viewer).select_related("user")
    return [place.user for place in places.order_by("joined_at", "pk")]


def place_of(conversation: Conversation, viewer: User) -> Participant:
    """Return the viewer's place in a conversation that they are in. Queries: 1."""
    return conversation.participants.get(user=viewer, left_at__isnull=True)


def read_by_others(conversation: Conversation, viewer: User, shown: str) -> int:
    """Return up to where another person has read, 0 when receipts are not shared both ways. Queries: 0 or 1.

    None are shown unless the conversation is ``shown`` as open: a receipt would tell a block from a closed one.
    """
    if not viewer.shares_receipts or shown != ConversationState.OPEN:
        return 0
    pointers = conversation.participants.filter(left_at__isnull=True, user__shares_receipts=True).exclude(user=viewer)
    return max(pointers.exclude(user__in=apart_from(viewer)).values_list("read_seq", flat=True), default=0)


def shown_state(conversation: Conversation, others: Sequence[User], apart: Collection[int]) -> str:
    """Return the state that a member sees: ``proposed``, ``open`` or ``closed``, which says never why. Queries: 0.

    ``others`` are the other people in it, ``apart`` the ids of whom a block parts from the member
    (``accounts.queries.blocks.apart_from``). The same rule as ``rules.OPEN_TO``.
    """
    is_shut = (
        not conversation.is_group
        and bool(others)
        and (any(other.pk in apart for other in others) or not any(other.is_active for other in others))
    )
    if is_shut or conversation.stopped_at or conversation.state == ConversationState.PAUSED:
        return ConversationState.CLOSED.value
    return conversation.state


def state_for(viewer: User, conversation: Conversation) -> str:
    """Return the state of a conversation that the viewer sees. Queries: 2."""
    return shown_state(conversation, others_in(conversation, viewer), apart_from(viewer))


def conversation_list(viewer: User) -> list[ConversationRow]:
    """Return the viewer's conversations, newest message first, at most LIST_LENGTH. Queries: 3."""
    apart = apart_from(viewer)
    return [
        ConversationRow(
            id=place.conversation_id,
            names=[str(other.user) for other in place.conversation.others],
            topic=place.conversation.topic,
            is_group=place.conversation.is_group,
            state=shown_state(place.conversation, [other.user for other in place.conversation.others], apart),
            last_seq=place.conversation.last_seq,
            last_text=_event_or_text(place.last_kind, place.last_text) or _files(place.last_files),
            last_is_mine=place.last_sender == viewer.pk,
            at=place.at,
            unread=place.unread,
        )
        for place in _places(viewer)
    ]


def _places(viewer: User) -> QuerySet[Any]:
    blocked = Block.objects.filter(blocker=viewer).values("blocked")
    newest = Message.objects.filter(
        conversation=OuterRef("conversation"), seq=OuterRef("conversation__last_seq"), seq__gt=OuterRef("joined_seq")
    ).exclude(conversation__is_group=True, sender__in=blocked)
    others = Participant.objects.filter(left_at__isnull=True).exclude(user=viewer).select_related("user")
    return (
        Participant.objects.filter(user=viewer, left_at__isnull=True)
        .select_related("conversation")
        .annotate(
            last_text=Subquery(newest.filter(deleted_at__isnull=True).values("text")[:1]),
            last_kind=Subquery(newest.values("kind")[:1]),
            last_files=Subquery(newest.filter(deleted_at__isnull=True).values("file_count")[:1]),
            last_sender=Subquery(newest.values("sender")[:1]),
            unread=Coalesce(Subquery(_unread_count(viewer, blocked), output_field=IntegerField()), Value(0)),
            at=Coalesce("conversation__last_message_at", F("conversation__created_at")),
        )
        .prefetch_related(
            Prefetch("conversation__participants", queryset=others.order_by("joined_at"), to_attr="others")
        )
        .order_by("-at", "-pk")[:LIST_LENGTH]
    )


def _unread_count(viewer: User, blocked: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    above = Message.objects.filter(conversation=OuterRef("conversation"), seq__gt=OuterRef("read_seq"))
    texts = above.filter(kind=MessageKind.TEXT, deleted_at__isnull=True).exclude(sender=viewer)
    texts = texts.exclude(sender__in=blocked)
    return texts.order_by().values("conversation").annotate(count=Count("pk")).values("count")


def _files(count: int | None) -> str:
    return ngettext("%(count)d file", "%(count)d files", count) % {"count": count} if count else ""


def _event_or_text(kind: str | None, text: str | None) -> str:
    if not text:
        return ""
    return event_words(text) if kind == MessageKind.EVENT else text
