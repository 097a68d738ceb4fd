"""Saved searches: kept, changed, deleted, and each new need told once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.actions.people import suspend_person
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements import tasks
from engagements.actions.interest import dismiss_need
from engagements.actions.mornings import is_morning, next_morning
from engagements.actions.searches import MOST_SEARCHES, change_search, delete_search, save_search, tell_due_searches
from engagements.models import SavedSearch, SearchHit
from engagements.queries.needs import NeedFilters
from mentors.actions.profiles import pause_profile
from messaging.models import Notification
from tests.engagements.feedback.test_effects import AsPerson, page
from tests.threads import at_once
from tests.world import World, after_need_published, make_world

NURSES = NeedFilters(text="nurses", country="TN", language="fr", modality="remote")


def make_due() -> None:
    SavedSearch.objects.filter(due_at__isnull=False).update(due_at=timezone.now() - timedelta(minutes=1))


def told(user: User) -> list[str]:
    return [news.text % news.params for news in Notification.objects.filter(user=user, verb="engagements.search.found")]


@pytest.mark.django_db
def test_each_new_need_is_told_once_when_the_sweep_runs_twice(world: World) -> None:
    after_need_published(world, title="Before the search")
    save_search(actor=world.dana, name="Nurses", filters=NURSES, alert="at_once")
    need = after_need_published(world, title="Train nurses in triage")
    after_need_published(world, title="Train doctors", modality="on_site")
    assert tasks.tell_saved_searches() == 0  # not due yet
    make_due()
    assert tasks.tell_saved_searches() == 1
    make_due()
    assert tasks.tell_saved_searches() == 0
    assert told(world.dana) == ["New need for your search “Nurses”: Train nurses in triage"]
    assert [hit.need for hit in SearchHit.objects.all()] == [need]
    assert Notification.objects.get(verb="engagements.search.found").email_due_at is not None


@pytest.mark.django_db
def test_several_new_needs_are_told_by_their_number(world: World, as_person: AsPerson) -> None:
    search = save_search(actor=world.dana, name="Nurses", filters=NURSES, alert="weekly")
    for number in range(3):
        after_need_published(world, title=f"Train nurses {number}")
    make_due()
    tell_due_searches()
    assert told(world.dana) == ["New needs for your search “Nurses”: 3"]
    search.refresh_from_db()
    assert search.due_at is not None
    assert (search.due_at.astimezone(world.dana.zone).weekday(), search.due_at.astimezone(world.dana.zone).hour) == (
        0,
        8,
    )
    answer = as_person(world.dana).get(Notification.objects.get(verb="engagements.search.found").url)
    assert answer.url == "/needs/?q=nurses&country=TN&language=fr&modality=remote"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["paused", "pausing", "suspended", "off"])
def test_nobody_is_told_when_they_are_paused_suspended_or_opted_out(world: World, state: str) -> None:
    search = save_search(actor=world.amina, name="Nurses", filters=NURSES, alert="at_once")
    after_need_published(world)
    if state == "paused":
        pause_profile(actor=world.amina, profile=world.profile)
    elif state == "suspended":
        suspend_person(actor=None, user=world.amina, reason="A report.")
    elif state == "off":
        change_search(actor=world.amina, search=search, name="Nurses", alert="off")
    else:
        later = timezone.localdate() + timedelta(days=20)
        other = after_need_published(world, title="Other")
        dismiss_need(actor=world.amina, need=other, reason="no_time", pauses_until=later)
    make_due()
    assert tell_due_searches() == 0
    assert told(world.amina) == []


@pytest.mark.django_db
def test_what_is_hidden_is_not_told(world: World) -> None:
    save_search(actor=world.amina, name="Nurses", filters=NURSES, alert="at_once")
    hidden = after_need_published(world, title="Train nurses 1")
    dismiss_need(actor=world.amina, need=hidden, reason="not_comfortable")
    after_need_published(world, title="Train nurses 2")
    make_due()
    assert tell_due_searches() == 0


@pytest.mark.django_db
def test_alerts_switched_on_tell_only_of_what_opens_from_then_on(world: World) -> None:
    search = save_search(actor=world.dana, name="Nurses", filters=NURSES, alert="off")
    assert search.due_at is None
    after_need_published(world, title="Train nurses before")
    change_search(actor=world.dana, search=search, name="All nurses", alert="at_once")
    after_need_published(world, title="Train nurses after")
    make_due()
    tell_due_searches()
    assert told(world.dana) == ["New need for your search “All nurses”: Train nurses after"]


@pytest.mark.django_db(transaction=True)
def test_a_need_is_told_once_when_eight_sweeps_run_at_once(transactional_db: None) -> None:
    world = make_world()
    save_search(actor=world.dana, name="Nurses", filters=NURSES, alert="at_once")
    save_search(actor=world.amina, name="Nurses", filters=NURSES, alert="weekly")
    after_need_published(world)
    make_due()
    assert sum(int(str(result)) for result in at_once([tell_due_searches] * 8)) == 2
    assert (len(told(world.dana)), len(told(world.amina))) == (1, 1)


@pytest.mark.django_db
def test_wrong_values_and_other_peoples_searches_are_refused(world: World) -> None:
    search = save_search(actor=world.dana, name="Nurses", filters=NURSES, alert="off")
    for values in ({"name": " ", "alert": "off"}, {"name": "x" * 81, "alert": "off"}, {"name": "x", "alert": "daily"}):
        with pytest.raises(Invalid):
            change_search(actor=world.dana, search=search, **values)
    with pytest.raises(NotAllowed):
        delete_search(actor=world.amina, search=search)
    for number in range(MOST_SEARCHES - 1):
        save_search(actor=world.dana, name=f"Search {number}", filters=NeedFilters(text=f"{number}"), alert="off")
    with pytest.raises(Conflict):
        save_search(actor=world.dana, name="One more", filters=NeedFilters(text="one more"), alert="off")
    assert save_search(actor=world.dana, name="Nurses again", filters=NURSES, alert="at_once") == search


@pytest.mark.django_db
def test_search_is_saved_from_the_list_changed_and_deleted(world: World, as_person: AsPerson) -> None:
    after_need_published(world)
    client = as_person(world.dana)
    assert "/searches/new/?q=nurses&amp;country=TN&amp;" in page(client, "/needs/?q=nurses&country=TN")
    assert "Save this search" not in page(as_person(None), "/needs/?q=nurses")
    url = "/searches/new/?q=nurses&country=TN&language=fr"
    assert "“nurses”, Tunisia, French" in page(client, url)
    assert client.post(url, {"name": "", "alert": "weekly"}).status_code == 422
    assert client.post(url, {"name": "My nurses", "alert": "weekly"}).url == "/searches/"
    search = SavedSearch.objects.get()
    assert (search.text, search.country.code, search.language, search.modality) == ("nurses", "TN", "fr", "")
    assert "My nurses" in page(client, "/searches/")
    edit = f"/searches/{search.reference}/edit/"
    assert "My nurses" in page(client, edit)
    assert client.post(edit, {"name": "Nurses", "alert": "off"}).status_code == 302
    assert "no alerts" in page(client, "/searches/")
    page(as_person(world.amina), edit, 404)
    assert client.get(f"/searches/{search.reference}/").url == "/needs/?q=nurses&country=TN&language=fr"
    client.post(f"/searches/{search.reference}/delete/")
    assert "You have saved no search." in page(client, "/searches/")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_queries_stay_the_same_when_searches_grow(
    world: World, as_person: AsPerson, django_assert_num_queries: Callable[..., object], count: int
) -> None:
    for number in range(count):
        save_search(actor=world.dana, name=f"Search {number}", filters=NeedFilters(text=f"{number}"), alert="off")
    client: Client = as_person(world.dana)
    page(client, "/searches/")
    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        page(client, "/searches/")


def test_morning_is_the_readers_own_when_clocks_change() -> None:
    paris, tunis = ZoneInfo("Europe/Paris"), ZoneInfo("Africa/Tunis")
    friday = datetime(2026, 3, 27, 12, tzinfo=UTC)  # Paris goes to summer time on the 29th
    assert next_morning(friday, paris, weekday=0) == datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert next_morning(friday, tunis, weekday=0) == datetime(2026, 3, 30, 7, tzinfo=UTC)
    monday = datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert next_morning(monday, paris, weekday=0) == datetime(2026, 4, 6, 6, tzinfo=UTC)
    assert next_morning(monday, tunis, weekday=0) == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert next_morning(monday, paris) == datetime(2026, 3, 31, 6, tzinfo=UTC)
    assert is_morning(monday, paris)
    assert not is_morning(monday, tunis)
    assert not is_morning(datetime(2026, 3, 30, 9, tzinfo=UTC), paris)
