"""What sweeps over imports find due."""

from django.db.models import QuerySet
from django.utils import timezone

from engagements.models import Import, ListedPerson
from engagements.states.imports import KEPT_FOR, WORKED_STATES, ListedState

AT_ONCE = 500


def people_to_ask() -> QuerySet[ListedPerson]:
    """Return the people who have time to answer still, with what a mail to them names."""
    waiting = ListedPerson.objects.filter(state=ListedState.WAITING, expires_at__gt=timezone.now())
    return waiting.select_related("run__brought_by", "organisation")


def ended_people() -> QuerySet[ListedPerson]:
    """Return people who have not answered in time, at most 500."""
    ended = ListedPerson.objects.filter(state=ListedState.WAITING, expires_at__lte=timezone.now())
    return ended.order_by("expires_at", "pk")[:AT_ONCE]


def old_imports() -> QuerySet[Import]:
    """Return imports whose files have been kept long enough; those that are being worked on have a little more."""
    old = Import.objects.filter(brought_at__lte=timezone.now() - KEPT_FOR, forgotten_at__isnull=True)
    return old.exclude(state__in=sorted(WORKED_STATES)).order_by("pk")[:20]
