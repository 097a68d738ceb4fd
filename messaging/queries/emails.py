"""What is due to leave by e-mail."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from diaspora_net.accounts.states import EmailChoice
from messaging.models import Message, Notification, Participant
from messaging.states import MessageKind

MOST_AT_ONCE = 500


def due_notifications() -> QuerySet[Notification]:
    """Return the news that should leave now: due, not sent, not read meanwhile, and nobody is at it."""
    now = timezone.now()
    is_free = Q(email_lease_until__isnull=True) | Q(email_lease_until__lt=now)
    return Notification.objects.filter(is_free, email_due_at__lte=now, emailed_at__isnull=True, read_at__isnull=True)


def unread_participants(*, waiting: timedelta, every: timedelta) -> list[Participant]:
    """Return the places of people who want mail and have a message unread for ``waiting``, not told of by mail yet.

    Passes over conversations with a mail within ``every``; at most MOST_AT_ONCE, with their people. Queries: 1.
    """
    now = timezone.now()
    known = Greatest(OuterRef("read_seq"), OuterRef("emailed_seq"))
    news = Message.objects.filter(
        conversation=OuterRef("conversation"),
        seq__gt=known,
        kind=MessageKind.TEXT,
        deleted_at__isnull=True,
        created_at__lt=now - waiting,
    ).exclude(sender=OuterRef("user"))
    return list(
        Participant.objects.filter(
            Q(emailed_at__isnull=True) | Q(emailed_at__lt=now - every),
            Exists(news),
            conversation__last_seq__gt=Greatest(F("read_seq"), F("emailed_seq")),
            left_at__isnull=True,
            user__is_active=True,
        )
        .exclude(user__message_emails=EmailChoice.OFF)
        .select_related("user", "conversation")
        .order_by("pk")[:MOST_AT_ONCE]
    )
