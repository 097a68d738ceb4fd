"""Find what was said in one's conversations, whatever accents or Arabic forms it was written with.

The database keeps the words of messages in one form, written some seconds after them (``actions.indexing``); what was
said since is brought into that form when somebody looks for something. Both, and what they look for, go through the
same function there, so they always agree, and a message is found at once.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Prefetch, Q, TextField
from django.db.models.expressions import RawSQL

from diaspora_net.accounts.models import User
from messaging.models import Message, Participant
from messaging.queries.conversations import visible_conversations
from messaging.queries.messages import visible_messages

PAGE = 20
MOST_PAGES = 50
# How much stands around the first hit.
BEFORE, AFTER = 60, 140

# Every word of the question, the beginning of a word being enough; nothing comes of no words. Asked for beforehand, so
# that the planner sees how rare the words are.
_ASKED: Final[LiteralString] = """
SELECT string_agg(quote_literal(word) || ':*', ' & '), string_agg(quote_literal(word) || ':*', ' | ')
FROM unnest(tsvector_to_array(messaging_words(%s))) word
"""
_FOUND = """(
    SELECT message_id FROM messaging_messagewords WHERE words @@ %s::tsquery
    UNION ALL
    SELECT late.id
    FROM messaging_participant place
    JOIN messaging_conversation talk ON talk.id = place.conversation_id AND talk.last_seq > talk.indexed_seq
    JOIN messaging_message late ON late.conversation_id = talk.id AND late.seq > talk.indexed_seq
    WHERE place.user_id = %s AND place.left_at IS NULL
        AND late.kind = 'text' AND messaging_words(late.text) @@ %s::tsquery
)"""
_HITS = """ARRAY(
    SELECT DISTINCT piece FROM regexp_split_to_table(messaging_message.text, '\\s+') piece
    WHERE messaging_words(piece) @@ %s::tsquery
)"""
_PIECE = re.compile(r"(\s+)")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text, marked or not."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One message that was found: where it stands, who said it, and what stands around the hit."""

    conversation_id: uuid.UUID
    seq: int
    names: Sequence[str]
    topic: str
    author: str
    is_mine: bool
    at: datetime
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of what was found, newest first; ``has_more`` says whether another page follows."""

    rows: Sequence[Found]
    has_more: bool


def search_messages(viewer: User, text: str, page: int = 1) -> FoundPage:
    """Return what the viewer may read now and holds every word of ``text``, newest first, PAGE at a time.

    A word is found by its beginning. Deleted messages and what blocked people wrote are never found. Queries: 3.
    """
    every, some = _asked(text)
    if not every:
        return FoundPage([], False)
    begins = PAGE * (min(page, MOST_PAGES) - 1)
    others = Participant.objects.filter(left_at__isnull=True).exclude(user=viewer).select_related("user")
    found = (
        visible_messages(viewer)
        .filter(conversation__in=visible_conversations(viewer))
        .filter(Q(pk__in=RawSQL(_FOUND, [every, viewer.pk, every])), Q(is_folded=False))  # noqa: S611 - parameters
        .annotate(hits=RawSQL(_HITS, [some], output_field=ArrayField(TextField())))  # noqa: S611 - a parameter
        .select_related("sender", "conversation")
        .prefetch_related(
            Prefetch("conversation__participants", queryset=others.order_by("joined_at"), to_attr="others")
        )
        .order_by("-created_at", "-pk")[begins : begins + PAGE + 1]
    )
    rows = list(found)
    return FoundPage([_found(viewer, message) for message in rows[:PAGE]], len(rows) > PAGE and page < MOST_PAGES)


def _asked(text: str) -> tuple[str | None, str | None]:
    """Return what is looked for: every word, and any of them; nothing when there is no word."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [text])
        [(every, some)] = cursor.fetchall()
    return every, some


def _found(viewer: User, message: Message) -> Found:
    return Found(
        conversation_id=message.conversation_id,
        seq=message.seq,
        names=[str(place.user) for place in message.conversation.others],  # type: ignore[attr-defined]
        topic=message.conversation.topic,
        author=str(message.sender),
        is_mine=message.sender_id == viewer.pk,
        at=message.created_at,
        segments=segments(message.text, set(message.hits)),  # type: ignore[attr-defined]
    )


def segments(text: str, hits: set[str]) -> list[Segment]:
    """Return the part of ``text`` around its first hit, with every hit marked.

    >>> [segment.text for segment in segments("On se voit mardi à Lyon", {"mardi"})]
    ['On se voit ', 'mardi', ' à Lyon']
    """
    pieces = _PIECE.split(text)
    first = next((place for place, piece in enumerate(pieces) if piece in hits), 0)
    begins, ends = first, first
    while begins and sum(map(len, pieces[begins - 1 : first])) <= BEFORE:
        begins -= 1
    while ends < len(pieces) and (ends == first or sum(map(len, pieces[first : ends + 1])) <= AFTER):
        ends += 1
    if begins and not pieces[begins].strip():
        begins += 1
    if ends < len(pieces) and not pieces[ends - 1].strip():
        ends -= 1
    runs = [Segment("… ", False)] if begins else []
    for piece in pieces[begins:ends]:
        is_hit = piece in hits
        if runs and not is_hit and not runs[-1].is_hit:
            runs[-1] = Segment(runs[-1].text + piece, False)
        else:
            runs.append(Segment(piece[: BEFORE + AFTER], is_hit))
    return [*runs, Segment(" …", False)] if ends < len(pieces) else runs
