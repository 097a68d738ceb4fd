"""Write messages: a batch for the sockets, one by one for pages, and events. ``drafts`` has the statement."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import AsyncConnection

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, NotAllowed, SlowDown
from messaging.actions.drafts import POST, POST_OR_PASS, RETRY, Draft, Posted, Verdict, parameters, verdicts
from messaging.actions.lane import Held
from messaging.actions.receipts import mark_read
from messaging.actions.texts import clean_text
from messaging.models import Conversation
from messaging.realtime import Wake, publish_after_commit

__all__ = ["Draft", "Posted", "Verdict", "mark_read", "post_event", "post_message", "post_messages"]

# Somebody's right may change again while a draft is judged again; nobody changes rights that often.
LOOKS = 5


async def post_messages(connection: AsyncConnection[tuple[Any, ...]], drafts: Sequence[Draft]) -> list[Verdict]:
    """Write a batch on an autocommitting connection; when this returns, what is new is committed.

    Raises psycopg's UniqueViolation when a draft is being written by somebody else at the same moment; written again,
    it is a duplicate. One statement, and one more for drafts whose conversation's rights changed at that moment.
    """
    answers: dict[int, Verdict] = {}
    places = list(range(len(drafts)))
    for _look in range(LOOKS):
        cursor = await connection.execute(POST, parameters([drafts[place] for place in places]), prepare=True)
        found = verdicts([drafts[place] for place in places], await cursor.fetchall())
        answers |= dict(zip(places, found, strict=True))
        places = [place for place in places if answers[place].code == "stale"]
        if not places:
            break
    return [answers[place] if place not in places else RETRY for place in range(len(drafts))]


async def post_or_pass(connection: AsyncConnection[tuple[Any, ...]], drafts: Sequence[Draft]) -> list[Verdict | Held]:
    """Write like ``post_messages`` at first sight; answer Held for a draft whose conversation somebody else holds.

    Nobody is waited for, so what is known of the readers is as new as a read would find it.
    """
    readers = [entry for draft in drafts for entry in draft.readers]
    cursor = await connection.execute(POST_OR_PASS, parameters(drafts, readers), prepare=True)
    answers = verdicts(drafts, await cursor.fetchall(), readers)
    return [Held() if answer.code in {"held", "stale"} else answer for answer in answers]


def _run(draft: Draft) -> Verdict:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(POST, parameters([draft]))
        [verdict] = verdicts([draft], cursor.fetchall())
        if verdict.code == "stale":
            # The lock is ours by now, so nothing changes before the second look.
            cursor.execute(POST, parameters([draft]))
            [verdict] = verdicts([draft], cursor.fetchall())
    return verdict


def _post(draft: Draft) -> Posted:
    """Write one draft on Django's connection, publish its wake after commit, or raise what refused it."""
    try:
        verdict = _run(draft)
    except IntegrityError:
        # The same client id was being written at that moment; now it is there to be found.
        verdict = _run(draft)
    if verdict.posted is None:
        raise _refusal(verdict)
    if verdict.people:
        publish_after_commit([Wake("message", verdict.people, str(draft.conversation_id), verdict.posted.seq)])
    return verdict.posted


def _refusal(verdict: Verdict) -> Conflict | NotAllowed | SlowDown:
    if verdict.code == "slow_down":
        return SlowDown(_("That was fast. Wait a moment before you send more."), retry_after=verdict.wait or 1)
    if verdict.code == "closed":
        return Conflict(_("Nobody can write in this conversation at the moment."), code="closed")
    if verdict.code == "idempotency_mismatch":
        return Conflict(_("Another message was sent under this number. Write it again."), code=verdict.code)
    return NotAllowed(_("You cannot write in this conversation."), code="forbidden")


def post_message(
    *,
    actor: User,
    conversation: Conversation,
    client_id: uuid.UUID,
    text: str,
    even_if_proposed: bool = False,
    may_be_empty: bool = False,
) -> Posted:
    """Write one message for ``actor`` in the caller's transaction; the wake leaves after commit.

    The same ``client_id`` with the same text is the same message, for ever. ``even_if_proposed`` lets the first message
    into a conversation that is still proposed, ``may_be_empty`` is for messages that speak of files. Raises NotAllowed
    (not in it), Conflict (closed, idempotency_mismatch), Invalid (text), SlowDown (above MESSAGES_PER_MINUTE).
    Queries: 1 and a savepoint.
    """
    cleaned = clean_text(text, may_be_empty=may_be_empty)
    return _post(Draft(conversation.pk, actor.pk, client_id, cleaned, even_if_proposed))


def post_event(*, conversation: Conversation, text: str) -> Posted:
    """Write what happened into a conversation, in whatever state it is.

    ``text`` is an untranslated message without placeholders; each reader sees it in their language. Queries: 1 and a
    savepoint.
    """
    return _post(Draft(conversation.pk, None, uuid.uuid4(), clean_text(text)))
