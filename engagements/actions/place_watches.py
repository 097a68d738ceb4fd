"""Wait until a need reads offers again, and be told once."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, NotAllowed
from diaspora_net.core.transitions import lock
from engagements.models import Need, PlaceWatch
from engagements.queries.pace import is_full_of_offers
from engagements.rules.needs import is_open
from engagements.states import OPEN_NEED_STATES, WATCHED_STATES
from mentors.queries.profiles import own_profile
from mentors.states import ProfileState
from messaging.actions.notifications import notify

AT_ONCE = 500


@transaction.atomic
def watch_place(*, actor: User, need: Need) -> PlaceWatch:
    """Ask to be told when the need reads offers again; asking twice is asking once.

    Raises NotAllowed without a published profile, Conflict when there is nothing to wait for. Effects: row, audit.
    """
    profile = own_profile(actor)
    if profile is None or profile.state != ProfileState.PUBLISHED:
        raise NotAllowed(_("Publish your profile first; then you can offer your help."))
    present = lock(need)
    if present.state not in WATCHED_STATES:
        raise Conflict(_("This need is closed."))
    if is_open(present) and not is_full_of_offers(present):
        raise Conflict(_("There is a place: offer your help now."))
    watch, _is_new = PlaceWatch.objects.get_or_create(need=need, expert=profile)
    if watch.told_at is not None:
        PlaceWatch.objects.filter(pk=watch.pk).update(since=timezone.now(), told_at=None)
        watch.refresh_from_db()
    audit.record(actor=actor, verb="engagements.need.place_watched", obj=need)
    return watch


@transaction.atomic
def unwatch_place(*, actor: User, need: Need) -> None:
    """Wait no longer. Effects: row."""
    PlaceWatch.objects.filter(need=need, expert__user=actor).delete()


def tell_due_watches() -> int:
    """Tell those who wait for needs that read offers again, each once; return how many. At most 500 in one run.

    Each in a transaction of its own which claims the row, so two sweeps at once tell nobody twice. Effects: row, news.
    """
    waiting = PlaceWatch.objects.filter(told_at__isnull=True, need__state__in=sorted(OPEN_NEED_STATES))
    told = 0
    for watch in waiting.select_related("need", "expert").order_by("since", "pk")[:AT_ONCE]:
        if is_open(watch.need) and not is_full_of_offers(watch.need):
            told += _tell(watch)
    return told


@transaction.atomic
def _tell(watch: PlaceWatch) -> bool:
    now = timezone.now()
    if not PlaceWatch.objects.filter(pk=watch.pk, told_at__isnull=True).update(told_at=now):
        return False
    notify(
        user=watch.expert.user,
        verb="engagements.need.place_free",
        text=gettext_noop("“%(need)s” reads offers again. Offer your help if it still suits you."),
        params={"need": watch.need.title},
        url=reverse("engagements:need", args=[watch.need.reference]),
        event_key=f"place:{watch.pk}:{watch.since.isoformat()}",
    )
    return True
