"""Send e-mails: of unread messages here, of news in ``news_emails``. Several sweeps may run at once, each mail leaves
once.

Mails are neutral unless their reader wants more: no names, no topics, no text. A mailbox may be shared, and a mail
cannot be taken back.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import EmailChoice
from diaspora_net.core.mails import is_refused
from diaspora_net.core.sweeps import SWEEP_SECONDS
from messaging.models import Participant
from messaging.queries.emails import quiet_end, told_messages, unread_places, unsubscribe_token
from messaging.reports.letters import Letter, html_of, mail_to, neutral_letter, plain_of
from messaging.rules import apart

logger = logging.getLogger(__name__)

UNREAD_AFTER = timedelta(minutes=10)
UNREAD_EVERY = timedelta(minutes=30)
# What could not be told for so long is old news.
UNREAD_UNTIL = timedelta(days=14)
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
            AND m.created_at < statement_timestamp() - %(waiting)s AND m.created_at > statement_timestamp() - %(until)s
            AND NOT {apart}
    )
RETURNING place.emailing_seq, person.message_emails
"""


def send_unread_emails() -> int:
    """Tell people by e-mail of messages that have waited unread for ten minutes; return how many mails left.

    At most one mail per conversation and half hour, none about what an earlier mail told of or is older than two weeks,
    and none to whom has read, muted, left, blocked, turned mails off or not confirmed their address. Per place: claim
    it in one statement that checks all that again; send; write what the mail told of. A crash between the last two
    sends once more half an hour later, with the same Message-ID. No row owes such a mail, it follows from what is
    unread, so the claim is the lease and half an hour the pause; an address that refuses hears of newer messages only.
    """
    sent, after = 0, 0
    until = time.monotonic() + SWEEP_SECONDS
    while places := unread_places(waiting=UNREAD_AFTER, until=UNREAD_UNTIL, every=UNREAD_EVERY, after=after):
        for place in places:
            if time.monotonic() > until:
                return sent
            if quiet_end(place.user, timezone.now()) is None:
                sent += _remind(place)
        after = places[-1].pk
    return sent


def _claim(place: Participant) -> tuple[int, str] | None:
    """Take a place for one mail; return up to which number it tells and how openly, or None when it is not to be."""
    values: dict[str, Any] = {"place": place.pk, "every": UNREAD_EVERY, "waiting": UNREAD_AFTER, "until": UNREAD_UNTIL}
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
    is_sent = True
    try:
        letter_to(place.user, f"unread-{place.pk}-{up_to}", kind="messages", letter=letter).send()
    except OSError as error:  # smtplib's errors are such, too
        logger.warning("mail about unread messages did not leave", exc_info=True)
        if not is_refused(error):
            return False
        is_sent = False
    Participant.objects.filter(pk=place.pk, emailing_seq=up_to).update(emailed_seq=up_to, emailing_seq=None)
    return is_sent


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


def neutral_mail(
    *,
    user: User,
    key: str,
    subject: str,
    body: str,
    html: str = "",
    kind: str = "",
    stop: str = "",
    calendar: CalendarPart | None = None,
) -> EmailMultiAlternatives:
    """Return a mail of the caller's words that is ready to leave; the same ``key`` gives the same Message-ID.

    ``html`` says the same with buttons. A ``calendar`` goes along as an alternative, which mail programs act on, and
    as a file for the others. With a ``kind`` (``news`` or ``messages``) the mail says how to stop that kind with one
    click; ``stop`` is such an address for mails of another kind.
    """
    stop = unsubscribe_url(user, kind) if kind else stop
    mail = mail_to(user.email, key=key, subject=subject, body=body, html=html, stop=stop)
    if calendar:
        mail.attach_alternative(calendar.text.decode(), f"text/calendar; method={calendar.method}")
        mail.attach("invite.ics", calendar.text, "application/ics")
    return mail


def unsubscribe_url(user: User, kind: str) -> str:
    """Return the address that stops mails of a kind."""
    return settings.BASE_URL + reverse("messaging:email-off", args=[unsubscribe_token(user, kind)])


def letter_to(user: User, key: str, *, kind: str, letter: Letter | None) -> EmailMultiAlternatives:
    """Return a mail in the reader's language that is ready to leave, a neutral one when there is no ``letter``."""
    with translation.override(user.language):
        letter = letter or neutral_letter("/messages/")
        stop = unsubscribe_url(user, kind)
        body, html = plain_of(letter, stop), html_of(letter, stop) if letter.asks else ""
        return neutral_mail(user=user, key=key, subject=letter.subject, body=body, html=html, kind=kind)
