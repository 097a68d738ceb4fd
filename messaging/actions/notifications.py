"""Tell people news, once per event, and let them say that they have seen it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.leases import is_free
from messaging.actions.pokes import poke
from messaging.models import Notification
from messaging.realtime import Wake, publish, publish_after_commit

EMAIL_SWEEP = "messaging.tasks.email_notifications"


def _poke(user_id: int, *, by_email: bool) -> None:
    """Wake the person's badge and, when news goes by e-mail, the sweep. Never raises, waits for no broker."""
    # The broker is the same Valkey: when it does not take the wake, it is not asked for more.
    if publish([Wake("badge", [user_id])]) and by_email:
        poke(EMAIL_SWEEP)


def notify(
    *,
    user: User,
    verb: str,
    text: str,
    params: dict[str, Any],
    url: str,
    event_key: str,
    by_email: bool = True,
    ask: str = "",
    email_at: datetime | None = None,
    is_urgent: bool = False,
) -> None:
    """Tell ``user`` one piece of news, exactly once per ``event_key``, in the caller's transaction.

    ``text`` is an untranslated message with named placeholders, filled from ``params`` (JSON-ready) in the reader's
    language. ``url`` is a path of this site. ``ask`` names what is asked, so that the e-mail offers the answers. The
    e-mail leaves at once or at ``email_at``, but only one a day unless it ``is_urgent``. Effects: row; after commit the
    badge and, ``by_email``, the e-mail sweep. Queries: 1.
    """
    notify_by_id(
        user_id=user.pk,
        verb=verb,
        text=text,
        params=params,
        url=url,
        event_key=event_key,
        by_email=by_email,
        ask=ask,
        email_at=email_at,
        is_urgent=is_urgent,
    )


def notify_by_id(
    *,
    user_id: int,
    verb: str,
    text: str,
    params: dict[str, Any],
    url: str,
    event_key: str,
    by_email: bool = True,
    ask: str = "",
    email_at: datetime | None = None,
    is_urgent: bool = False,
) -> None:
    """Do what ``notify`` does, for callers that only have an id. Queries: 1."""
    Notification.objects.bulk_create(
        [
            Notification(
                user_id=user_id,
                verb=verb,
                text=str(text),
                params=params,
                url=url,
                ask=ask,
                is_urgent=is_urgent,
                event_key=event_key,
                email_due_at=(email_at or timezone.now()) if by_email else None,
            )
        ],
        ignore_conflicts=True,
    )

    def tell() -> None:
        _poke(user_id, by_email=by_email)

    transaction.on_commit(tell, robust=True)


def hold_back_emails(*, event_key: str) -> int:
    """Let the e-mails about one event that have not left stay here; return how many. Those that a sweep holds leave.

    Runs in the caller's transaction. Effects: rows. Queries: 1.
    """
    is_idle = is_free(timezone.now(), "email_lease_until")
    rows = Notification.objects.filter(is_idle, event_key=event_key, emailed_at__isnull=True)
    return rows.filter(email_due_at__isnull=False).update(email_due_at=None)


@transaction.atomic
def read_notification(*, actor: User, notification: Notification) -> None:
    """Mark one piece of the actor's own news as read; safe to repeat. Queries: 1."""
    if actor.notifications.filter(pk=notification.pk, read_at__isnull=True).update(read_at=timezone.now()):
        publish_after_commit([Wake("badge", [actor.pk])])


@transaction.atomic
def read_all_notifications(*, actor: User) -> int:
    """Mark all of the actor's news as read; return how many were unread. Queries: 1."""
    count = actor.notifications.filter(read_at__isnull=True).update(read_at=timezone.now())
    if count:
        publish_after_commit([Wake("badge", [actor.pk])])
    return count
