"""Keep searches over the open needs, and tell of new needs that fit them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.sweeps import in_turns
from diaspora_net.core.transitions import lock
from engagements.actions.mornings import MONDAY, next_morning
from engagements.models import Need, SavedSearch, SearchHit
from engagements.queries.needs import NeedFilters
from engagements.queries.searches import due_searches, untold_needs, wants_news
from engagements.states import SearchAlert
from messaging.actions.notifications import notify

MOST_SEARCHES = 20
LONGEST_NAME = 80
LOOK_EVERY = timedelta(minutes=5)


@transaction.atomic
def save_search(*, actor: User, name: str, filters: NeedFilters, alert: str) -> SavedSearch:
    """Keep a search under a name; alerts tell of needs that open from now on. One that looks for the same is changed.

    Raises Invalid for the name or the alert, Conflict when the person has as many as one may keep. Effects: row.
    """
    _check(name, alert)
    lock(actor)  # who sends the form twice saves one search
    looked_for = {
        "text": filters.text,
        "country": filters.country,
        "language": filters.language,
        "modality": filters.modality,
    }
    if known := SavedSearch.objects.filter(user=actor, **looked_for).first():
        return change_search(actor=actor, search=known, name=name, alert=alert)
    if SavedSearch.objects.filter(user=actor).count() >= MOST_SEARCHES:
        raise Conflict(_("You keep %(limit)d searches already. Delete one first.") % {"limit": MOST_SEARCHES})
    return SavedSearch.objects.create(
        user=actor,
        name=name.strip(),
        **looked_for,
        alert=alert,
        due_at=_next_look(alert, actor),
    )


@transaction.atomic
def change_search(*, actor: User, search: SavedSearch, name: str, alert: str) -> SavedSearch:
    """Rename a search or change its alerts; alerts switched on tell of needs that open from now on.

    Raises Invalid for the name or the alert, NotAllowed for another person's search. Effects: row.
    """
    _check(name, alert)
    search = _lock(actor, search)
    if search.alert == SearchAlert.OFF and alert != SearchAlert.OFF:
        search.alerts_since = timezone.now()
    if search.alert != alert:
        search.alert, search.due_at = alert, _next_look(alert, actor)
    search.name = name.strip()
    search.save(update_fields=["name", "alert", "alerts_since", "due_at"])
    return search


@transaction.atomic
def delete_search(*, actor: User, search: SavedSearch) -> None:
    """Forget a search and its alerts. Raises NotAllowed for another person's search. Effects: rows."""
    _lock(actor, search).delete()


def tell_due_searches() -> int:
    """Look at every search that is due and tell its person of new needs; return how many were told something.

    One transaction each, under the row's lock; rows that another sweep holds are passed over. Effects for each:
    a row for every need told, one piece of news, the time of the next look.
    """
    return in_turns(_look_at_next)


@transaction.atomic
def _look_at_next() -> bool | None:
    """Take one due search; say whether it had something to tell, None when nothing is due."""
    search = due_searches().select_related("user").select_for_update(skip_locked=True, of=("self",)).first()
    if search is None:
        return None
    needs = untold_needs(search) if wants_news(search.user) else []
    if needs:
        SearchHit.objects.bulk_create([SearchHit(search=search, need=need) for need in needs], ignore_conflicts=True)
        _tell(search, needs)
    search.due_at = _next_look(search.alert, search.user)
    search.save(update_fields=["due_at"])
    return bool(needs)


def _tell(search: SavedSearch, needs: list[Need]) -> None:
    """Tell of one need by its title, of several by their number."""
    if len(needs) == 1:
        text = gettext_noop("New need for your search “%(search)s”: %(need)s")
        params = {"search": search.name, "need": needs[0].title}
        url = reverse("engagements:need", args=[needs[0].reference])
    else:
        text = gettext_noop("New needs for your search “%(search)s”: %(count)s")
        params = {"search": search.name, "count": str(len(needs))}
        url = reverse("engagements:search", args=[search.reference])
    notify(
        user=search.user,
        verb="engagements.search.found",
        text=text,
        params=params,
        url=url,
        event_key=f"search-{search.pk}-{'-'.join(str(need.pk) for need in needs[:5])}",
    )


def _next_look(alert: str, user: User) -> datetime | None:
    now = timezone.now()
    if alert == SearchAlert.OFF:
        return None
    return now + LOOK_EVERY if alert == SearchAlert.AT_ONCE else next_morning(now, user.zone, weekday=MONDAY)


def _lock(actor: User, search: SavedSearch) -> SavedSearch:
    mine = SavedSearch.objects.select_for_update().filter(pk=search.pk, user=actor).first()
    if mine is None:
        raise NotAllowed(_("This search is not yours."))
    return mine


def _check(name: str, alert: str) -> None:
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        problem = _("Give it a name of up to %(limit)d characters.") % {"limit": LONGEST_NAME}
        raise Invalid(problem, fields={"name": problem})
    if alert not in SearchAlert.values:
        problem = _("Choose whether you want to be told.")
        raise Invalid(problem, fields={"alert": problem})
