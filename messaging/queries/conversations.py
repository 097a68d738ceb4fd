"""Which conversations a person sees, and what the list says about each."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from messaging.models import Conversation, Message, Participant
from messaging.states import MessageKind

LIST_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of the list: who is on the other side, what it is about, what was said last, what is unread."""

    id: uuid.UUID
    names: Sequence[str]
    topic: str
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
    conversation = visible_conversations(viewer).filter(pk=id).first()
    if conversation is None:
        raise Http404
    return conversation


def others_in(conversation: Conversation, viewer: User) -> list[User]:
    """Return everyone else who is in the conversation, those who left last of all not. Queries: 1."""
    places = conversation.participants.filter(left_at__isnull=True).exclude(user=viewer).select_related("user")
    return [place.user for place in places.order_by("joined_at", "pk")]


def read_pointer(conversation: Conversation, viewer: User) -> int:
    """Return the number of the newest message that the viewer has read. Queries: 1."""
    return conversation.participants.filter(user=viewer).values_list("read_seq", flat=True).get()


def read_by_others(conversation: Conversation, viewer: User) -> int:
    """Return up to where another person has read, 0 when receipts are not shared both ways. Queries: 0 or 1."""
    if not viewer.shares_receipts:
        return 0
    pointers = conversation.participants.filter(left_at__isnull=True, user__shares_receipts=True).exclude(user=viewer)
    return max(pointers.values_list("read_seq", flat=True), default=0)


def conversation_list(viewer: User) -> list[ConversationRow]:
    """Return the viewer's conversations, newest message first, at most LIST_LENGTH. Queries: 2."""
    return [
        ConversationRow(
            id=place.conversation_id,
            names=[str(other.user) for other in place.conversation.others],
            topic=place.conversation.topic,
            state=place.conversation.state,
            last_seq=place.conversation.last_seq,
            last_text=_event_or_text(place.last_kind, place.last_text),
            last_is_mine=place.last_sender == viewer.pk,
            at=place.at,
            unread=place.unread,
        )
        for place in _places(viewer)
    ]


def _places(viewer: User) -> QuerySet[Any]:
    newest = Message.objects.filter(conversation=OuterRef("conversation"), seq=OuterRef("conversation__last_seq"))
    others = Participant.objects.filter(left_at__isnull=True).exclude(user=viewer).select_related("user")
    return (
        Participant.objects.filter(user=viewer, left_at__isnull=True)
        .select_related("conversation")
        .annotate(
            last_text=Subquery(newest.filter(deleted_at__isnull=True).values("text")[:1]),
            last_kind=Subquery(newest.values("kind")[:1]),
            last_sender=Subquery(newest.values("sender")[:1]),
            unread=Coalesce(Subquery(_unread_count(viewer), output_field=IntegerField()), Value(0)),
            at=Coalesce("conversation__last_message_at", F("conversation__created_at")),
        )
        .prefetch_related(
            Prefetch("conversation__participants", queryset=others.order_by("joined_at"), to_attr="others")
        )
        .order_by("-at", "-pk")[:LIST_LENGTH]
    )


def _unread_count(viewer: User) -> QuerySet[Any, Any]:
    above = Message.objects.filter(conversation=OuterRef("conversation"), seq__gt=OuterRef("read_seq"))
    texts = above.filter(kind=MessageKind.TEXT, deleted_at__isnull=True).exclude(sender=viewer)
    return texts.order_by().values("conversation").annotate(count=Count("pk")).values("count")


def _event_or_text(kind: str | None, text: str | None) -> str:
    if not text:
        return ""
    return _(text) if kind == MessageKind.EVENT else text
