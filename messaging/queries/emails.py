"""What is due to leave by e-mail, and who a link in an e-mail speaks for."""

import uuid
from datetime import datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import EmailChoice
from diaspora_net.core.leases import is_free
from messaging.models import DailyMail, Message, Notification, Participant
from messaging.states import MessageKind

MOST_AT_ONCE = 500
# News waits for the next day, for office hours after a weekend, or for the end of quiet hours, and not so long.
LONGEST_WAIT = timedelta(days=14)
MORNING = time(8)
KINDS = ("news", "messages")
_SALT = "messaging.unsubscribe"


def due_notifications() -> QuerySet[Notification]:
    """Return the news that should leave now: due, not sent, not read meanwhile, and nobody is at it.

    What a clock that was ahead has put off for longer than anything is put off leaves now, too.
    """
    now = timezone.now()
    is_due = Q(email_due_at__lte=now) | Q(email_due_at__gt=now + LONGEST_WAIT)
    return Notification.objects.filter(
        is_due, is_free(now, "email_lease_until"), emailed_at__isnull=True, read_at__isnull=True
    )


def next_day(user: User, now: datetime) -> datetime:
    """Return 8 o'clock of the person's next day, on their own clock."""
    tomorrow = now.astimezone(user.zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, MORNING, tzinfo=user.zone)


def had_mail(user: User, now: datetime) -> bool:
    """Say whether the person's e-mail of the day has left. Queries: 1."""
    midnight = now.astimezone(user.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    of_today = Q(day=midnight.date()) | Q(sent_at__gte=midnight, sent_at__lt=midnight + timedelta(days=1))
    return DailyMail.objects.filter(of_today, user=user, sent_at__isnull=False).exists()


def has_verified_address(user: User) -> bool:
    """Say whether the person has shown that the address is theirs. Queries: 1."""
    return bool(EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists())


def unread_places(*, waiting: timedelta, until: timedelta, every: timedelta, after: int) -> list[Participant]:
    """Return places above id ``after`` with a message unread for ``waiting`` to ``until`` that no mail has told of.

    A first look without any lock, so that the sweep need not try everybody; claiming a place looks again at all of it.
    At most MOST_AT_ONCE, by id, with their people. Queries: 1.
    """
    now = timezone.now()
    known = Greatest(OuterRef("read_seq"), OuterRef("emailed_seq"))
    news = Message.objects.filter(
        conversation=OuterRef("conversation"),
        seq__gt=known,
        kind=MessageKind.TEXT,
        created_at__range=(now - until, now - waiting),
    ).exclude(sender=OuterRef("user"))
    return list(
        Participant.objects.filter(
            Q(emailed_at__isnull=True) | Q(emailed_at__lt=now - every),
            Exists(news),
            conversation__last_seq__gt=Greatest(F("read_seq"), F("emailed_seq")),
            pk__gt=after,
            left_at__isnull=True,
            muted_at__isnull=True,
            user__is_active=True,
        )
        .exclude(user__message_emails=EmailChoice.OFF)
        .select_related("user")
        .order_by("pk")[:MOST_AT_ONCE]
    )


def told_messages(place: Participant, up_to: int) -> list[Message]:
    """Return what a mail with names tells of: the first unread texts of others, at most 20. Queries: 1."""
    texts = Message.objects.filter(
        conversation=place.conversation_id,
        seq__gt=max(place.read_seq, place.emailed_seq),
        seq__lte=up_to,
        kind=MessageKind.TEXT,
        deleted_at__isnull=True,
    ).exclude(sender=place.user_id)
    texts = texts.exclude(sender__in=place.user.blocks.values("blocked"))
    return list(texts.select_related("sender").order_by("seq")[:20])


def quiet_end(user: User, now: datetime) -> datetime | None:
    """Return when the quiet hours in which ``now`` falls on the person's clock end; None outside them. Queries: 0."""
    if user.quiet_from is None or user.quiet_until is None:
        return None
    here = now.astimezone(user.zone)
    is_over_midnight = user.quiet_from > user.quiet_until
    is_late, is_early = here.hour >= user.quiet_from, here.hour < user.quiet_until
    if not (is_late or is_early if is_over_midnight else is_late and is_early):
        return None
    end = here.replace(hour=user.quiet_until, minute=0, second=0, microsecond=0)
    return end if end > here else end + timedelta(days=1)


def unsubscribe_token(user: User, kind: str) -> str:
    """Return what stands in a mail's link to stop mails of its kind; it serves nothing else and does not expire."""
    return signing.dumps([str(user.public_id), kind], salt=_SALT)


def unsubscriber(token: str) -> tuple[User, str] | None:
    """Return whom a link speaks for, and the kind of mail; None for what was not signed here. Queries: 0 or 1."""
    try:
        public_id, kind = signing.loads(token, salt=_SALT)
        user = User.objects.filter(public_id=uuid.UUID(public_id)).first()
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    return (user, kind) if user is not None and kind in KINDS else None
