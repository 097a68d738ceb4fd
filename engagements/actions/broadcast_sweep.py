"""Tell each reader of a message in their morning: one row, one transaction, one piece of news.

News and the reader's state are written together, so that a sweep that dies in between has written neither, and one
that runs beside it passes the locked row over. The e-mail leaves by ``messaging.actions.news_emails`` as all others
do: at most one a day, none in quiet hours, with the same Message-ID on every try.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from diaspora_net.accounts.rules import is_coordinator
from diaspora_net.core.sweeps import in_turns
from diaspora_net.core.transitions import advance, lock
from engagements.actions.mornings import is_morning, next_morning
from engagements.models import Broadcast, BroadcastReader
from engagements.queries.broadcasts import (
    broadcasts_to_end,
    due_readers,
    event_key,
    letter_for,
    reasons_to_leave_out,
    text_for,
)
from engagements.states.broadcasts import BROADCAST_TRANSITIONS, BroadcastState, LeftOut, ReaderState
from messaging.actions.notifications import notify


def send_due_broadcasts() -> int:
    """Tell whoever's morning it is; return how many were told. What everybody was told of has ended.

    Effects for each reader: state, news in the app and by e-mail.
    """
    told = in_turns(_tell_next)
    for broadcast in broadcasts_to_end():
        _end(broadcast)
    return told


@transaction.atomic
def _tell_next() -> bool | None:
    """Look at one reader that is due; say whether they were told, None when nobody is due.

    The person is locked, so that two messages at once do not reach them both within the pause.
    """
    rows = due_readers().select_related("broadcast__author", "need__organisation")
    reader = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if reader is None:
        return None
    person, now = lock(reader.user), timezone.now()
    broadcast = reader.broadcast
    why = reasons_to_leave_out(broadcast.author, [person], broadcast.pause_days).get(person.pk, "")
    if not why and not is_coordinator(broadcast.author):
        why = LeftOut.UNREACHABLE.value
    if why:
        BroadcastReader.objects.filter(pk=reader.pk).update(state=ReaderState.LEFT_OUT, why=why)
        return False
    if not is_morning(now, person.zone):
        BroadcastReader.objects.filter(pk=reader.pk).update(due_at=next_morning(now, person.zone))
        return False
    BroadcastReader.objects.filter(pk=reader.pk).update(state=ReaderState.TOLD, told_at=now)
    _tell(reader, broadcast)
    return True


def _tell(reader: BroadcastReader, broadcast: Broadcast) -> None:
    text = text_for(broadcast, reader.language)
    if text is None:
        return
    with translation.override(reader.user.language):
        letter = letter_for(text, name=str(reader.user), need=reader.need)
    notify(
        user=reader.user,
        verb="engagements.broadcast.told",
        text=gettext_noop("A coordinator writes: %(subject)s"),
        params={"subject": letter.subject},
        url=reverse("engagements:broadcast-read", args=[broadcast.reference]),
        ask=f"broadcast:{broadcast.reference}",
        event_key=event_key(broadcast),
    )


@transaction.atomic
def _end(broadcast: Broadcast) -> None:
    """Note that everybody was told, unless it was stopped or somebody waits."""
    present = lock(broadcast)
    if present.state == BroadcastState.SENDING and not present.readers.filter(state=ReaderState.WAITING).exists():
        advance(present, BroadcastState.SENT, BROADCAST_TRANSITIONS, ended_at=timezone.now())
