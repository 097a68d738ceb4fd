"""Change and take back what one has written, within fifteen minutes.

The number stays in its place: a message that was deleted leaves an empty line. What stood there before is kept nowhere;
the audit trail says that it was changed, not what it said.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit, transitions
from diaspora_net.core.errors import Conflict, NotAllowed, SlowDown
from messaging.actions.texts import clean_text, sent_mark
from messaging.models import Message
from messaging.realtime import Wake, publish_after_commit
from messaging.rules import can_read, can_write, is_changeable

# Each change makes every reader read again.
PAUSE = timedelta(seconds=2)


@transaction.atomic
def edit_message(*, actor: User, message: Message, text: str) -> Message:
    """Give one's message another text; the same text changes nothing.

    Effects: row, audit entry without text, a ``changed`` wake to everybody in the conversation after commit.
    Raises Invalid (text), NotAllowed (not its author, not in the conversation any more), Conflict (``too_late``,
    ``deleted``, ``closed``), SlowDown (twice within PAUSE). Queries: 7.
    """
    cleaned = clean_text(text)
    present = _hold(actor, message)
    if present.deleted_at:
        raise Conflict(_("This message was deleted."), code="deleted")
    if present.text == cleaned:
        return present
    return _change(actor, present, "edited", text=cleaned)


@transaction.atomic
def delete_message(*, actor: User, message: Message) -> Message:
    """Take one's message back: its text goes, its number stays. Doing it twice is the same as once.

    Effects and refusals as of ``edit_message``; there is no pause to keep. Queries: 7.
    """
    present = _hold(actor, message)
    return present if present.deleted_at else _change(actor, present, "deleted", text="", deleted_at=Now())


def require_changeable(*, actor: User, message: Message) -> None:
    """Raise NotAllowed or Conflict when ``actor`` cannot change ``message`` now. Queries: 1."""
    if message.sender_id != actor.pk or not can_read(actor, message.conversation):
        raise NotAllowed(_("Only who wrote a message can change it."), code="forbidden")
    if not can_write(actor, message.conversation):
        raise Conflict(_("Nobody can write in this conversation at the moment."), code="closed")
    if message.deleted_at is None and not is_changeable(message, timezone.now()):
        raise Conflict(
            _("A message can be changed for 15 minutes. This one stays as it is; write another one."), code="too_late"
        )


def _hold(actor: User, message: Message) -> Message:
    """Lock the conversation, so that nobody writes, leaves or changes meanwhile, and check the right under the lock."""
    conversation = transitions.lock(message.conversation)
    present = Message.objects.select_related("sender").get(pk=message.pk)
    present.conversation = conversation
    require_changeable(actor=User.objects.get(pk=actor.pk), message=present)
    return present


def _change(actor: User, message: Message, how: str, **values: Any) -> Message:
    if how == "edited" and message.edited_at and timezone.now() - message.edited_at < PAUSE:
        raise SlowDown(_("That was fast. Wait a moment before you change it again."), retry_after=PAUSE.seconds)
    # The first text stays recognisable, so that sending it once more under its client id is still the same message.
    mark = message.sent_mark or sent_mark(message.client_id, message.text)
    Message.objects.filter(pk=message.pk).update(edited_at=Now(), sent_mark=mark, **values)
    message.refresh_from_db(fields=["text", "edited_at", "deleted_at", "sent_mark"])
    place = {"conversation": str(message.conversation_id), "seq": message.seq}
    audit.record(actor=actor, verb=f"messaging.message.{how}", obj=message, **place)
    publish_after_commit([Wake("changed", _readers(message), str(message.conversation_id), message.seq)])
    return message


def _readers(message: Message) -> Sequence[int]:
    places = message.conversation.participants.filter(left_at__isnull=True)
    return list(places.order_by("pk").values_list("user_id", flat=True))
