"""Send people their news by e-mail: what is urgent at once, all else together in one e-mail a day.

Rows say what is due; several sweeps may run at once. Many rows leave in one mail, which waits for a day, so this is not
``core.mails``; pauses and refusals are. Mails are neutral unless their reader wants more.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import EmailChoice
from diaspora_net.core.leases import is_held
from diaspora_net.core.mails import LEASE, TRIES, is_refused, pause_after
from diaspora_net.core.sweeps import in_turns
from messaging.actions.emails import MOST_LINES, letter_to
from messaging.models import DailyMail, Notification
from messaging.queries.asks import MOST_ASKS, REMINDER, asks_in_mail
from messaging.queries.emails import due_notifications, had_mail, has_verified_address, next_day, quiet_end
from messaging.queries.notifications import in_words
from messaging.reports.letters import Ask, Letter, neutral_letter

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """News of one person that this sweep has leased; ``mail`` is their e-mail of the day, None for urgent news.

    None of them when the person has to wait.
    """

    user: User
    news: Sequence[Notification]
    mail: DailyMail | None = None

    @property
    def key(self) -> str:
        """Return what stands in the Message-ID, the same for every try."""
        return f"news-{self.mail.pk}" if self.mail else f"notification-{self.news[0].pk}"

    @property
    def tries(self) -> int:
        """Return how often it did not leave before."""
        return max(each.email_attempts for each in self.news)


def send_notification_emails() -> int:
    """Send the news that is due, one mail per person for all that is due for them; return how many mails left.

    News that is not urgent waits for the next day when the person's mail of the day has left. Per person, in this
    order: lease the rows and count the try; look again whether they may and want to be written to, and whether what is
    reminded of still waits; send; write ``emailed_at``. A crash between the last two sends once more, with the same
    Message-ID.
    """

    def step() -> bool | None:
        batch = _lease_urgent() or _lease_daily()
        return None if batch is None else bool(batch.news) and _tell(batch)

    return in_turns(step)


def _take(*, is_urgent: bool) -> list[Notification]:
    """Lock all that is due for the person whose news of this urgency has waited longest; all of it goes in one mail.

    Rows that another sweep holds are passed over.
    """
    free = due_notifications().select_for_update(skip_locked=True, of=("self",))
    oldest = free.filter(is_urgent=is_urgent).order_by("email_due_at", "pk").first()
    return list(free.filter(user=oldest.user_id).select_related("user").order_by("pk")) if oldest else []


def _rows(news: Sequence[Notification]) -> QuerySet[Notification]:
    return Notification.objects.filter(pk__in=[each.pk for each in news])


def _hold(news: Sequence[Notification], until: datetime) -> None:
    _rows(news).update(email_lease_until=until, email_attempts=F("email_attempts") + 1)


@transaction.atomic
def _lease_urgent() -> Batch | None:
    news = _take(is_urgent=True)
    if not news:
        return None
    _hold(news, timezone.now() + LEASE)
    return Batch(news[0].user, news)


@transaction.atomic
def _lease_daily() -> Batch | None:
    """Take what is due for one person together with their mail of the day, which only one sweep can hold."""
    news = _take(is_urgent=False)
    if not news:
        return None
    user, now = news[0].user, timezone.now()
    mail = _mail_of_the_day(user, now)
    if had_mail(user, now):
        _rows(news).update(email_due_at=next_day(user, now))
        return Batch(user, [])
    if is_held(mail.lease_until, now):
        _rows(news).update(email_lease_until=mail.lease_until)
        return Batch(user, [])
    DailyMail.objects.filter(pk=mail.pk).update(lease_until=now + LEASE)
    _hold(news, now + LEASE)
    return Batch(user, news, mail)


def _mail_of_the_day(user: User, now: datetime) -> DailyMail:
    """Return the person's mail of today, locked; one that was begun on an earlier day and never left is that."""
    begun = DailyMail.objects.filter(user=user, sent_at__isnull=True).order_by("day").first()
    mail = begun or DailyMail.objects.get_or_create(user=user, day=now.astimezone(user.zone).date())[0]
    return DailyMail.objects.select_for_update().get(pk=mail.pk)


def _tell(batch: Batch) -> bool:
    """Send one mail; say whether it left."""
    user, news = batch.user, batch.news
    if not user.is_active or user.news_emails == EmailChoice.OFF or not has_verified_address(user):
        return _let_go(batch, email_due_at=None)
    if end := quiet_end(user, timezone.now()):
        return _let_go(batch, email_due_at=end, email_attempts=F("email_attempts") - 1)
    if batch.tries >= TRIES:  # whoever took it died, or met an error of ours
        return _give_up(batch)
    asks = _asks_of(user, news)
    told = [each for each in news if asks[each.pk] or not each.ask.startswith(REMINDER)]
    if not told:
        return _let_go(batch, email_due_at=None)
    mail = letter_to(user, batch.key, kind="news", letter=_news_letter(user, told, asks))
    try:
        mail.send()
    except OSError as error:  # smtplib's errors are such, too
        logger.warning("mail for notification %d did not leave", news[0].pk, exc_info=True)
        return _put_off(batch, error)
    with transaction.atomic():
        _rows(told).update(emailed_at=timezone.now(), email_lease_until=None)
        _rows(news).filter(emailed_at__isnull=True).update(email_due_at=None, email_lease_until=None)
        if batch.mail:
            DailyMail.objects.filter(pk=batch.mail.pk).update(sent_at=timezone.now(), lease_until=None)
    return True


@transaction.atomic
def _let_go(batch: Batch, **values: object) -> bool:
    """Give back what was leased, changed by ``values``; no mail leaves."""
    _rows(batch.news).update(email_lease_until=None, **values)
    if batch.mail:
        DailyMail.objects.filter(pk=batch.mail.pk).update(lease_until=None)
    return False


def _asks_of(user: User, news: Sequence[Notification]) -> dict[int, list[Ask]]:
    """Return what each piece of news asks of the person now, with its buttons; nothing for what is answered already."""
    is_named = user.news_emails == EmailChoice.NAMED
    with translation.override(user.language):
        return {each.pk: asks_in_mail(user, [each.ask], is_named=is_named) for each in news}


def _news_letter(user: User, news: Sequence[Notification], asks: dict[int, list[Ask]]) -> Letter:
    """Return the mail about news: what waits with its answers, and in words when the reader wants names."""
    asked = tuple(dict.fromkeys(ask for each in news for ask in asks[each.pk]))[:MOST_ASKS]
    with translation.override(user.language):
        letter = neutral_letter("/notifications/")
        others = [each for each in news if not each.ask.startswith(REMINDER)]
        if not others:
            subject = ngettext("%(count)d thing waits for you", "%(count)d things wait for you", len(news))
            words = _("This waits for you. A few minutes are enough, and a no helps as well as a yes:")
            return Letter(subject % {"count": len(news)}, words, "/notifications/", asked)
        if user.news_emails != EmailChoice.NAMED:
            return replace(letter, asks=asked)
        lines = [in_words(each) for each in others[:MOST_LINES]]
        return Letter(lines[0], "\n".join(f"- {line}" for line in lines), "/notifications/", asked)


def _put_off(batch: Batch, error: OSError) -> bool:
    """Try again later, or give up after TRIES and for an address that is refused for good."""
    tries = batch.tries + 1
    if tries >= TRIES or is_refused(error):
        return _give_up(batch)
    return _let_go(batch, email_due_at=timezone.now() + pause_after(tries))


def _give_up(batch: Batch) -> bool:
    logger.error("mail for notification %d was given up", batch.news[0].pk)
    return _let_go(batch, email_due_at=None, email_failed_at=timezone.now())
