"""Send what goes by e-mail. Rows say what is due; several sweeps may run at once and each mail leaves once.

Mails are neutral on purpose: no names, no topics, no text. A mailbox may be shared, and a mail cannot be taken back.
"""

import logging
import random
import time
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import EmailChoice
from messaging.models import Notification, Participant
from messaging.queries.emails import due_notifications, unread_participants

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
    if not (user.is_active and user.news_emails != EmailChoice.OFF):
        _rows(news).update(email_due_at=None, email_lease_until=None)
        return False
    try:
        _send(user, f"notification-{news[0].pk}", path="/notifications/")
    except Exception:
        # Whatever the mail server's side raises, the rows stay due and the next try comes later.
        logger.warning("mail for notification %d did not leave", news[0].pk, exc_info=True)
        _put_off(news)
        return False
    _rows(news).update(emailed_at=timezone.now(), email_lease_until=None)
    return True


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

    At most one mail per conversation and half hour, none about what an earlier mail told of, and none to whom has read.
    """
    sent = 0
    until = time.monotonic() + SWEEP_SECONDS
    for place in unread_participants(waiting=UNREAD_AFTER, every=UNREAD_EVERY):
        if time.monotonic() > until:
            break
        sent += _remind(place)
    return sent


def _remind(place: Participant) -> bool:
    """Send one mail about one conversation, when this sweep is the one that takes it and it is still unread."""
    now = timezone.now()
    newest = place.conversation.last_seq
    is_free = Q(emailed_at__isnull=True) | Q(emailed_at__lt=now - UNREAD_EVERY)
    unread = Participant.objects.filter(is_free, pk=place.pk, read_seq=place.read_seq, left_at__isnull=True)
    if not unread.update(emailed_at=now):
        return False
    try:
        _send(place.user, f"unread-{place.pk}-{newest}", path="/messages/")
    except Exception:
        logger.warning("mail about unread messages did not leave", exc_info=True)
        return False
    Participant.objects.filter(pk=place.pk).update(emailed_seq=newest)
    return True


def send_neutral(*, user: User, key: str, subject: str, body: str) -> None:
    """Send one mail of the caller's words, which name nobody; the same ``key`` gives the same Message-ID.

    Raises whatever the mail server's side raises.
    """
    headers = {
        "Message-ID": f"<{key}@{urlsplit(settings.BASE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    EmailMessage(subject, body, to=[user.email], headers=headers).send()


def _send(user: User, key: str, *, path: str) -> None:
    """Send one neutral mail in the reader's language."""
    with translation.override(user.language):
        subject = _("There is news for you at Diaspora Net")
        body = _(
            "Hello,\n\n"
            "There is news for you at Diaspora Net. Sign in to read it:\n"
            "%(link)s\n\n"
            "You can turn these e-mails off in your settings:\n"
            "%(settings)s\n"
        ) % {"link": settings.BASE_URL + path, "settings": settings.BASE_URL + "/settings/"}
        send_neutral(user=user, key=key, subject=subject, body=body)
