"""What sweeps over imports find due."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from engagements.models import Import, ListedPerson
from engagements.states.imports import KEPT_FOR, WORKED_STATES, ListedState

AT_ONCE = 500


def due_mails() -> QuerySet[ListedPerson]:
    """Return the people to whom a mail is due, with what it names."""
    now = timezone.now()
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    due = ListedPerson.objects.filter(is_free, state=ListedState.WAITING, mail_at__lte=now, expires_at__gt=now)
    return due.select_related("run__brought_by", "organisation").order_by("mail_at", "pk")


def ended_people() -> QuerySet[ListedPerson]:
    """Return people who have not answered in time, at most 500."""
    ended = ListedPerson.objects.filter(state=ListedState.WAITING, expires_at__lte=timezone.now())
    return ended.order_by("expires_at", "pk")[:AT_ONCE]


def old_imports() -> QuerySet[Import]:
    """Return imports whose files have been kept long enough; those that are being worked on have a little more."""
    old = Import.objects.filter(brought_at__lte=timezone.now() - KEPT_FOR, forgotten_at__isnull=True)
    return old.exclude(state__in=sorted(WORKED_STATES)).order_by("pk")[:20]
