"""Drafts, and the one SQL statement that writes them, one or many.

    draft ──► held: lock the conversations, in id order ──► judged: right, session, idempotency, state
          ──► limited: 60 a minute ──► numbered: last_seq + 1, 2, … ──► inserted + raised ──► one verdict per draft

The lock is held until the commit, so the order of numbers is the order of commits and a reader who sees a number has
all below it. A draft that is refused never harms its neighbours. New ids begin with the time (UUID version 7), so that
their index grows at one end.

A statement that waits for a lock reads everything but the locked row as it was before it waited. So whoever changes
rights raises the conversation's ``rights`` under its lock; a draft that sees another number than the locked row has is
``stale`` and judged once more.

The statement also says which of the ``readers`` of a draft may read it at once, so that nobody has to ask again: those
whose right to be here stands, where nobody in the conversation reads less than others do.
"""

import uuid
from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString, NamedTuple

from django.conf import settings
from django.utils.crypto import constant_time_compare

from messaging.actions.texts import sent_mark
from messaging.ids import ordered_id
from messaging.queries.arrays import bytes_array, entry_arrays, plain_array, text_array
from messaging.queries.rights import STANDING
from messaging.realtime.socket import Entry
from messaging.rules import shut_to

# A person who types is far below; a script that floods is not. Where much more is allowed, the same pace is measured
# over less than a minute, so that no look goes back over more than so many messages.
MESSAGES_PER_MINUTE: int = settings.MESSAGES_PER_MINUTE
MOST_LOOKED_AT = 300

_POST: Final = """
WITH draft AS (
    SELECT * FROM unnest(
        %(conversations)s::uuid[], %(senders)s::bigint[], %(client_ids)s::uuid[], %(texts)s::text[],
        %(firsts)s::boolean[], %(sessions)s::text[], %(epochs)s::integer[], %(marks)s::bytea[], %(ids)s::uuid[]
    ) WITH ORDINALITY AS d (
        conversation_id, sender_id, client_id, body, is_first, session_key, epoch, mark, new_id, place
    )
), held AS MATERIALIZED (
    SELECT id, state, stopped_at, is_group, rights, last_seq FROM messaging_conversation
    WHERE id = ANY (%(conversations)s::uuid[]) ORDER BY id FOR NO KEY UPDATE
), judged AS MATERIALIZED (
    SELECT draft.*, held.last_seq, stored.id AS stored_id, stored.seq AS stored_seq, stored.created_at AS stored_at,
        stored.sent_mark, circle.people, circle.joined_seq, NOT held.is_group AND circle.latest = 0 AS is_plain, CASE
            WHEN held.id IS NULL THEN 'forbidden'
            WHEN draft.sender_id IS NULL THEN 'new'
            WHEN held.rights <> known.rights THEN 'stale'
            WHEN draft.session_key IS NOT NULL AND NOT person.is_active THEN 'revoked'
            WHEN draft.session_key IS NOT NULL AND (
                person.auth_epoch <> draft.epoch OR visit.session_key IS NULL
                OR sha256(convert_to(person.password, 'UTF8')) <> draft.mark
            ) THEN 'signed_out'
            WHEN draft.sender_id = ANY (circle.people) IS NOT TRUE OR person.is_active IS NOT TRUE THEN 'forbidden'
            WHEN stored.sent_mark IS NOT NULL THEN 'altered'
            WHEN stored.text = draft.body THEN 'duplicate'
            WHEN stored.id IS NOT NULL THEN 'idempotency_mismatch'
            WHEN circle.is_shut OR held.stopped_at IS NOT NULL THEN 'closed'
            WHEN held.state = 'open' THEN 'new'
            WHEN held.state = 'proposed' AND draft.is_first AND NOT EXISTS (
                SELECT FROM messaging_message WHERE conversation_id = held.id AND kind = 'text'
            ) THEN 'new'
            ELSE 'closed'
        END AS verdict
    FROM draft
    LEFT JOIN held ON held.id = draft.conversation_id
    LEFT JOIN messaging_conversation known ON known.id = draft.conversation_id
    LEFT JOIN accounts_user person ON person.id = draft.sender_id
    LEFT JOIN django_session visit
        ON visit.session_key = draft.session_key AND visit.expire_date > statement_timestamp()
    LEFT JOIN LATERAL (
        SELECT array_agg(member.user_id) AS people,
            min(member.joined_seq) FILTER (WHERE member.user_id = draft.sender_id) AS joined_seq,
            max(member.joined_seq) AS latest, {is_shut} AS is_shut
        FROM messaging_participant member
        WHERE member.conversation_id = held.id AND member.left_at IS NULL
    ) circle ON true
    LEFT JOIN messaging_message stored
        ON stored.conversation_id = held.id AND stored.sender_id = draft.sender_id
        AND stored.client_id = draft.client_id
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY sender_id, verdict ORDER BY place) AS nth FROM judged
), limited AS MATERIALIZED (
    SELECT *, CASE WHEN verdict = 'new' AND sender_id IS NOT NULL THEN
        CASE WHEN nth > %(limit)s THEN ceil(%(window)s)::integer ELSE (
            SELECT greatest(1, ceil(%(window)s - extract(epoch FROM statement_timestamp() - created_at)))::integer
            FROM messaging_message m WHERE m.sender_id = ranked.sender_id
                AND created_at > statement_timestamp() - make_interval(secs => %(window)s)
            ORDER BY created_at DESC OFFSET greatest(%(limit)s - nth, 0) LIMIT 1
        ) END
    END AS wait FROM ranked
), passed AS (
    SELECT *, verdict = 'new' AND wait IS NULL AS is_new FROM limited
), numbered AS MATERIALIZED (
    SELECT *, CASE WHEN is_new THEN new_id ELSE stored_id END AS id,
        CASE WHEN is_new THEN last_seq + count(*) FILTER (WHERE is_new) OVER upward ELSE stored_seq END AS seq,
        CASE WHEN is_new THEN clock_timestamp() ELSE stored_at END AS at
    FROM passed WINDOW upward AS (PARTITION BY conversation_id ORDER BY place)
), inserted AS (
    INSERT INTO messaging_message (id, conversation_id, seq, sender_id, client_id, kind, text, created_at)
    SELECT id, conversation_id, seq, sender_id, client_id,
        CASE WHEN sender_id IS NULL THEN 'event' ELSE 'text' END, body, at
    FROM numbered WHERE is_new
), raised AS (
    UPDATE messaging_conversation SET last_seq = newest.seq, last_message_at = newest.at
    FROM (SELECT conversation_id, max(seq) AS seq, max(at) AS at FROM numbered WHERE is_new GROUP BY 1) newest
    WHERE messaging_conversation.id = newest.conversation_id
)
SELECT CASE WHEN wait IS NULL THEN verdict ELSE 'slow_down' END, id, seq, at, wait,
    CASE WHEN is_new THEN people END, sent_mark, joined_seq > 0 AND joined_seq + 1 = seq, is_plain,
    CASE WHEN place = 1 THEN ARRAY({standing}) END
FROM numbered ORDER BY place
"""
POST: Final[LiteralString] = _POST.format(
    is_shut=shut_to("held", "draft.sender_id", "member.user_id"), standing=STANDING
)
# Waits for nobody: a conversation that somebody else holds is answered with ``held``.
POST_OR_PASS: Final[LiteralString] = POST.replace("FOR NO KEY UPDATE", "FOR NO KEY UPDATE SKIP LOCKED").replace(
    "WHEN held.id IS NULL THEN 'forbidden'",
    "WHEN held.id IS NULL THEN CASE WHEN known.id IS NULL THEN 'forbidden' ELSE 'held' END",
)


class Draft(NamedTuple):
    """A message that somebody wants written; an event has no sender. ``entry`` is the session of a socket.

    ``readers`` are those of other sockets here whose people may be in the conversation.
    """

    conversation_id: uuid.UUID | str
    sender_id: int | None
    client_id: uuid.UUID | str
    text: str
    is_first: bool = False
    entry: Entry | None = None
    readers: Sequence[Entry] = ()


class Posted(NamedTuple):
    """A message that is stored: ``seq`` counts within its conversation; a duplicate was there before."""

    id: uuid.UUID
    seq: int
    at: datetime
    is_duplicate: bool


class Verdict(NamedTuple):
    """What became of a draft.

    ``code`` is new, duplicate, forbidden, closed, slow_down, idempotency_mismatch, signed_out, revoked or, when rights
    changed at every look, retry. ``people`` are the user ids of everyone in the conversation when the message is new.
    ``wait`` is in seconds. ``is_first`` marks the first message that its writer, who joined later, may read.
    ``is_plain`` says that all read the same here, and ``readers`` are those of the draft who may read it now.
    """

    code: str
    posted: Posted | None
    wait: int | None
    people: Sequence[int]
    is_first: bool = False
    is_plain: bool = False
    readers: Sequence[Entry] = ()


RETRY = Verdict("retry", None, None, ())


def parameters(drafts: Sequence[Draft], readers: Sequence[Entry] = ()) -> dict[str, Any]:
    """Return the arrays of the statement for ``drafts`` and those who may read them at once."""
    entries = [draft.entry for draft in drafts]
    known = entry_arrays(readers)
    limit = min(MESSAGES_PER_MINUTE, MOST_LOOKED_AT)
    return {
        "conversations": plain_array([draft.conversation_id for draft in drafts]),
        "senders": plain_array([draft.sender_id for draft in drafts]),
        "client_ids": plain_array([draft.client_id for draft in drafts]),
        "texts": text_array([draft.text for draft in drafts]),
        "firsts": plain_array([draft.is_first for draft in drafts]),
        "sessions": text_array([entry.session_key if entry else None for entry in entries]),
        "epochs": plain_array([entry.auth_epoch if entry else 0 for entry in entries]),
        "marks": bytes_array([entry.password_mark if entry else b"" for entry in entries]),
        "ids": plain_array([ordered_id() for _draft in drafts]),
        "readers": known["people"],
        **{f"reader_{name}": known[name] for name in ("sessions", "epochs", "marks")},
        "limit": limit,
        "window": 60 * limit / MESSAGES_PER_MINUTE,
    }


def verdicts(drafts: Sequence[Draft], rows: Sequence[tuple[Any, ...]], readers: Sequence[Entry] = ()) -> list[Verdict]:
    """Read the rows that the statement answers, in the order of the drafts."""
    *_more, places = rows[0]
    standing = {id(readers[place - 1]) for place in places}
    return [_verdict(draft, standing, *row) for draft, row in zip(drafts, rows, strict=True)]


def _verdict(
    draft: Draft,
    standing: Container[int],
    code: str,
    id_: uuid.UUID | None,
    seq: int,
    at: datetime,
    wait: int | None,
    people: Sequence[int] | None,
    mark: bytes | None,
    is_first: bool | None,
    is_plain: bool | None,
    _places: Sequence[int] | None,
) -> Verdict:
    if code == "altered" and mark is not None:
        is_same = constant_time_compare(bytes(mark), sent_mark(draft.client_id, draft.text))
        code = "duplicate" if is_same else "idempotency_mismatch"
    posted = Posted(id_, seq, at, code == "duplicate") if id_ is not None and code in {"new", "duplicate"} else None
    if not people:
        return Verdict(code, posted, wait, ())
    able = [entry for entry in draft.readers if is_plain and entry.user_id in people and id(entry) in standing]
    return Verdict(code, posted, wait, people, bool(is_first), bool(is_plain), able)
