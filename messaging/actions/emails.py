"""Send what goes by e-mail. Rows say what is due; several sweeps may run at once and each mail leaves once.

Mails are neutral unless their reader wants more: no names, no topics, no text. A mailbox may be shared, and a mail
cannot be taken back.
"""

import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import EmailChoice
from messaging.models import Notification, Participant
from messaging.queries.asks import asks_in_mail
from messaging.queries.emails import (
    due_notifications,
    has_verified_address,
    quiet_end,
    told_messages,
    unread_places,
    unsubscribe_token,
)
from messaging.queries.notifications import in_words
from messaging.reports.letters import Letter, html_of, mail_to, neutral_letter, plain_of
from messaging.rules import apart

logger = logging.getLogger(__name__)

# Longer than the mail server may take (EMAIL_TIMEOUT), so that nobody sends again what is still being sent.
LEASE = timedelta(minutes=2)
TRIES = 12
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
# A sweep ends before Celery's soft limit and leaves the rest to the next.
SWEEP_SECONDS = 45.0
UNREAD_AFTER = timedelta(minutes=10)
UNREAD_EVERY = timedelta(minutes=30)


MOST_LINES, MOST_CHARACTERS = 5, 140

# One row, at most once, and only if everything still stands; a mail that was lost half-way keeps its number.
CLAIM = """
UPDATE messaging_participant place SET emailed_at = statement_timestamp(), emailing_seq =
    CASE WHEN place.emailing_seq > greatest(place.read_seq, place.emailed_seq) THEN place.emailing_seq
    ELSE talk.last_seq END
FROM messaging_conversation talk, accounts_user person
WHERE place.id = %(place)s AND talk.id = place.conversation_id AND person.id = place.user_id
    AND (place.emailed_at IS NULL OR place.emailed_at < statement_timestamp() - %(every)s)
    AND place.left_at IS NULL AND place.muted_at IS NULL AND person.is_active AND person.message_emails <> 'off'
    AND EXISTS (
        SELECT FROM account_emailaddress address
        WHERE address.user_id = person.id AND address.verified AND lower(address.email) = lower(person.email)
    )
    AND EXISTS (
        SELECT FROM messaging_message m
        WHERE m.conversation_id = place.conversation_id AND m.seq > greatest(place.read_seq, place.emailed_seq)
            AND m.kind = 'text' AND m.deleted_at IS NULL AND m.sender_id <> place.user_id
            AND m.created_at < statement_timestamp() - %(waiting)s AND NOT {apart}
    )
RETURNING place.emailing_seq, person.message_emails
"""


def send_notification_emails() -> int:
    """Send the news that is due, one mail per person for all that is due for them; return how many mails left.

    Per person, in this order: lease the rows and count the try; look again whether they may and want to be written
    to; send; write ``emailed_at``. A crash between the last two sends once more, with the same Message-ID.
    """
    sent = 0
    until = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < until:
        news = _lease()
        if not news:
            break
        sent += _tell(news)
    return sent


@transaction.atomic
def _lease() -> list[Notification]:
    """Take everything due for the person who has waited longest; rows that another sweep holds are passed over."""
    oldest = (
        due_notifications().select_for_update(skip_locked=True, of=("self",)).order_by("email_due_at", "pk").first()
    )
    if oldest is None:
        return []
    mine = due_notifications().filter(user=oldest.user_id).select_for_update(skip_locked=True, of=("self",))
    news = list(mine.select_related("user").order_by("pk"))
    _rows(news).update(email_lease_until=timezone.now() + LEASE, email_attempts=F("email_attempts") + 1)
    return news


def _rows(news: Sequence[Notification]) -> QuerySet[Notification]:
    return Notification.objects.filter(pk__in=[each.pk for each in news])


def _tell(news: Sequence[Notification]) -> bool:
    """Send one mail for ``news`` of one person; say whether it left."""
    user = news[0].user
    if not user.is_active or user.news_emails == EmailChoice.OFF or not has_verified_address(user):
        _rows(news).update(email_due_at=None, email_lease_until=None)
        return False
    if end := quiet_end(user, timezone.now()):
        _rows(news).update(email_due_at=end, email_lease_until=None, email_attempts=F("email_attempts") - 1)
        return False
    try:
        _send(user, f"notification-{news[0].pk}", kind="news", letter=_news_letter(user, news))
    except Exception:
        # Whatever the mail server's side raises, the rows stay due and the next try comes later.
        logger.warning("mail for notification %d did not leave", news[0].pk, exc_info=True)
        _put_off(news)
        return False
    _rows(news).update(emailed_at=timezone.now(), email_lease_until=None)
    return True


def _news_letter(user: User, news: Sequence[Notification]) -> Letter:
    is_named = user.news_emails == EmailChoice.NAMED
    with translation.override(user.language):
        asks = tuple(asks_in_mail(user, [each.ask for each in news], is_named=is_named))
        if not is_named:
            return replace(neutral_letter("/notifications/"), asks=asks)
        lines = [in_words(each) for each in news[:MOST_LINES]]
        return Letter(lines[0], "\n".join(f"- {line}" for line in lines), "/notifications/", asks)


def _put_off(news: Sequence[Notification]) -> None:
    """Try again later, later each time, and give up after TRIES."""
    tries = news[0].email_attempts + 1
    if tries >= TRIES:
        logger.error("mail for notification %d given up after %d tries", news[0].pk, tries)
        _rows(news).update(email_due_at=None, email_lease_until=None)
        return
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1)) * random.uniform(0.5, 1)  # noqa: S311 - spread, not secrecy
    _rows(news).update(email_due_at=timezone.now() + pause, email_lease_until=None)


def send_unread_emails() -> int:
    """Tell people by e-mail of messages that have waited unread for ten minutes; return how many mails left.

    At most one mail per conversation and half hour, none about what an earlier mail told of, and none to whom has read,
    muted, left, blocked, turned mails off or not confirmed their address. Per place: claim it in one statement that
    checks all that again; send; write what the mail told of. A crash between the last two sends once more half an hour
    later, with the same Message-ID.
    """
    sent, after = 0, 0
    until = time.monotonic() + SWEEP_SECONDS
    while places := unread_places(waiting=UNREAD_AFTER, every=UNREAD_EVERY, after=after):
        for place in places:
            if time.monotonic() > until:
                return sent
            if quiet_end(place.user, timezone.now()) is None:
                sent += _remind(place)
        after = places[-1].pk
    return sent


def _claim(place: Participant) -> tuple[int, str] | None:
    """Take a place for one mail; return up to which number it tells and how openly, or None when it is not to be."""
    values: dict[str, Any] = {"place": place.pk, "every": UNREAD_EVERY, "waiting": UNREAD_AFTER}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM.format(apart=apart("place.user_id", "m.sender_id")), values)
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def _remind(place: Participant) -> bool:
    """Send one mail about one conversation, when this sweep is the one that takes it and it is still to be told."""
    claimed = _claim(place)
    if claimed is None:
        return False
    up_to, choice = claimed
    letter = _unread_letter(place, up_to) if choice == EmailChoice.NAMED else None
    try:
        _send(place.user, f"unread-{place.pk}-{up_to}", kind="messages", letter=letter)
    except Exception:
        logger.warning("mail about unread messages did not leave", exc_info=True)
        return False
    Participant.objects.filter(pk=place.pk, emailing_seq=up_to).update(emailed_seq=up_to, emailing_seq=None)
    return True


def _unread_letter(place: Participant, up_to: int) -> Letter | None:
    """Return a mail with names and each writer's first line; None when nothing is left to tell."""
    texts = told_messages(place, up_to)
    if not texts:
        return None
    with translation.override(place.user.language):
        names = list(dict.fromkeys(str(text.sender) for text in texts))
        first = {
            str(text.sender): (text.text.split("\n")[0][:MOST_CHARACTERS] or _("a file")) for text in reversed(texts)
        }
        subject = ngettext("%(name)s wrote to you", "%(name)s and others wrote to you", len(names)) % {"name": names[0]}
        lines = "\n".join(f"{name}: {first[name]}" for name in names[:MOST_LINES])
        return Letter(subject, lines, f"/messages/{place.conversation_id}/")


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """What a mail tells calendars: the iTIP ``method`` (REQUEST, CANCEL) and the iCalendar text."""

    method: str
    text: bytes


def send_neutral(
    *,
    user: User,
    key: str,
    subject: str,
    body: str,
    html: str = "",
    kind: str = "",
    stop: str = "",
    calendar: CalendarPart | None = None,
) -> None:
    """Send one mail of the caller's words; the same ``key`` gives the same Message-ID.

    ``html`` says the same with buttons. A ``calendar`` goes along as an alternative, which mail programs act on, and
    as a file for the others. With a ``kind`` (``news`` or ``messages``) the mail says how to stop that kind with one
    click; ``stop`` is such an address for mails of another kind. Raises whatever the mail server's side raises.
    """
    stop = unsubscribe_url(user, kind) if kind else stop
    mail = mail_to(user.email, key=key, subject=subject, body=body, html=html, stop=stop)
    if calendar:
        mail.attach_alternative(calendar.text.decode(), f"text/calendar; method={calendar.method}")
        mail.attach("invite.ics", calendar.text, "application/ics")
    mail.send()


def unsubscribe_url(user: User, kind: str) -> str:
    """Return the address that stops mails of a kind."""
    return settings.BASE_URL + reverse("messaging:email-off", args=[unsubscribe_token(user, kind)])


def _send(user: User, key: str, *, kind: str, letter: Letter | None) -> None:
    """Send one mail in the reader's language, a neutral one when there is no ``letter``."""
    with translation.override(user.language):
        letter = letter or neutral_letter("/messages/")
        stop = unsubscribe_url(user, kind)
        body, html = plain_of(letter, stop), html_of(letter, stop) if letter.asks else ""
        send_neutral(user=user, key=key, subject=letter.subject, body=body, html=html, kind=kind)
