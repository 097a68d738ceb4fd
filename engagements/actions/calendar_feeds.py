"""Give people a private address for their calendar, and take it back."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from engagements.models import CalendarFeed


@transaction.atomic
def renew_feed(*, actor: User) -> CalendarFeed:
    """Make the actor's calendar address, a new one each time; earlier ones open nothing any more.

    Effects: row, audit entry.
    """
    feed, is_new = CalendarFeed.objects.get_or_create(user=actor)
    if not is_new:
        CalendarFeed.objects.filter(pk=feed.pk).update(number=F("number") + 1, is_on=True, changed_at=timezone.now())
        feed.refresh_from_db()
    audit.record(actor=actor, verb="engagements.calendar.renewed", obj=feed)
    return feed


@transaction.atomic
def stop_feed(*, actor: User) -> None:
    """Let no address open the actor's calendar any more; safe to repeat. Effects: row, audit entry when it changes."""
    feed = CalendarFeed.objects.filter(user=actor, is_on=True).select_for_update().first()
    if feed is not None:
        CalendarFeed.objects.filter(pk=feed.pk).update(is_on=False, number=F("number") + 1, changed_at=timezone.now())
        audit.record(actor=actor, verb="engagements.calendar.stopped", obj=feed)
