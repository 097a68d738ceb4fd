"""Saved views of the pipeline: who sees them, what they tell and when, what is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.models import Remit, User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.pipeline_views import (
    MOST_VIEWS,
    delete_view,
    save_view,
    tell_due_views,
    watch_view,
)
from engagements.models import PipelineView, ViewAlert
from engagements.queries.pipeline import PipelineFilters
from engagements.queries.pipeline_views import filters_of, get_view, visible_views
from messaging.models import Notification
from tests import world as story
from tests.factories import make_person
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]
NEEDS = PipelineFilters(of="needs")


def coordinator(name: str, country: str) -> User:
    person = make_person(f"{name.lower()}@example.org", name, join_role="coordinator")
    grant_remit(actor=None, user=person, country=country)
    return person


def keep(world: World, name: str = "Needs", audience: str = "me", alert: str = "off") -> PipelineView:
    return save_view(actor=world.chidi, name=name, audience=audience, filters=NEEDS, alert=alert)


def written() -> tuple[int, int, int]:
    return PipelineView.objects.count(), ViewAlert.objects.count(), AuditEntry.objects.count()


def make_due() -> None:
    ViewAlert.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_view_keeps_the_filters_and_opens_with_them(world: World, as_person: AsPerson) -> None:
    client = as_person(world.chidi)
    answer = client.post(
        "/desk/views/new/?of=needs&as=board&step=open&late=on", {"name": "Stuck", "audience": "team", "alert": "daily"}
    )
    view = PipelineView.objects.get()
    assert answer["Location"] == f"/desk/views/{view.reference}/"
    assert filters_of(view) == PipelineFilters(of="needs", step="open", late=True)
    answer = client.get(f"/desk/views/{view.reference}/")
    assert answer["Location"] == "/desk/pipeline/?of=needs&step=open&late=on&as=board"
    html = client.get(answer["Location"]).content.decode()
    assert 'aria-current="true"><bdi>Stuck</bdi>' in html
    assert AuditEntry.objects.get(verb="engagements.view.saved").changes["audience"] == "team"


def test_views_are_seen_by_whom_they_are_for(world: World) -> None:
    colleague, elsewhere = coordinator("Olfa", "TN"), coordinator("Moussa", "SN")
    views = {audience: keep(world, audience, audience) for audience in ("me", "team", "all")}
    assert set(visible_views(world.chidi)) == set(views.values())
    assert set(visible_views(colleague)) == {views["team"], views["all"]}
    assert set(visible_views(elsewhere)) == {views["all"]}
    for person in (world.amina, world.bereket, world.dana):
        assert not visible_views(person).exists()
        with pytest.raises(Http404):
            get_view(person, views["all"].reference)


def test_alert_tells_how_many_are_new_and_each_once(world: World) -> None:
    story.after_need_submitted(world, title="Known")
    view = keep(world, alert="at_once")
    make_due()
    assert tell_due_views() == 0
    story.after_need_submitted(world, title="New")
    story.after_need_submitted(world, title="New, too")
    assert tell_due_views() == 0  # not due yet
    make_due()
    assert tell_due_views() == 1
    news = Notification.objects.get(verb="engagements.view.grew")
    assert (news.user, news.params, news.url) == (
        world.chidi,
        {"view": "Needs", "count": "2"},
        f"/desk/views/{view.reference}/",
    )
    make_due()
    assert tell_due_views() == 0
    assert tell_due_views() == 0


def test_alert_of_a_shared_view_reads_the_readers_own_countries(world: World) -> None:
    elsewhere = coordinator("Moussa", "SN")
    watch_view(actor=elsewhere, view=keep(world, audience="all"), when="at_once")
    story.after_need_submitted(world, title="In Tunisia")
    make_due()
    assert tell_due_views() == 0
    assert not Notification.objects.filter(verb="engagements.view.grew").exists()


def test_alert_ends_with_the_right_to_see_the_view(world: World) -> None:
    colleague = coordinator("Olfa", "TN")
    view = keep(world, audience="team", alert="daily")
    watch_view(actor=colleague, view=view, when="daily")
    Remit.objects.filter(user=colleague).update(ended_at=timezone.now())
    make_due()
    story.after_need_submitted(world)
    assert tell_due_views() == 1
    assert [alert.user for alert in ViewAlert.objects.all()] == [world.chidi]


def test_daily_alert_looks_in_the_readers_morning(world: World) -> None:
    User.objects.filter(pk=world.chidi.pk).update(time_zone="Africa/Tunis")
    world.chidi.refresh_from_db()
    keep(world, alert="daily")
    due = ViewAlert.objects.get().due_at.astimezone(world.chidi.zone)
    assert (due.hour, due.minute) == (8, 0)
    assert due > timezone.now()


def test_what_is_no_view_is_refused_and_writes_nothing(world: World) -> None:
    keep(world)
    before = written()
    with pytest.raises(NotAllowed):
        save_view(actor=world.dana, name="Mine", audience="me", filters=NEEDS)
    for values in ({"name": " "}, {"name": "x" * 61}, {"audience": "world"}, {"name": "Needs"}):
        with pytest.raises(Invalid):
            save_view(**{"actor": world.chidi, "name": "Other", "audience": "me", "filters": NEEDS, **values})
    with pytest.raises(Invalid):
        save_view(actor=world.chidi, name="Other", audience="me", filters=NEEDS, alert="hourly")
    assert written() == before
    for number in range(MOST_VIEWS - 1):
        keep(world, f"View {number}")
    with pytest.raises(Conflict):
        keep(world, "One more")


def test_only_its_owner_deletes_a_view_and_only_its_readers_watch_it(world: World, as_person: AsPerson) -> None:
    colleague = coordinator("Olfa", "TN")
    mine, shared = keep(world, "Mine"), keep(world, "Shared", "team")
    before = written()
    with pytest.raises(NotAllowed):
        delete_view(actor=colleague, view=shared)
    with pytest.raises(NotAllowed):
        watch_view(actor=colleague, view=mine, when="daily")
    assert as_person(colleague).post(f"/desk/views/{shared.reference}/delete/").status_code == 403
    assert as_person(colleague).get(f"/desk/views/{mine.reference}/").status_code == 404
    assert written() == before
    html = as_person(colleague).get("/desk/views/").content.decode()
    assert "saved by <bdi>Chidi Okafor</bdi>" in html
    assert "Mine" not in html
    client = as_person(world.chidi)
    client.post(f"/desk/views/{shared.reference}/watch/", {"alert": "at_once"})
    assert ViewAlert.objects.get().view == shared
    client.post(f"/desk/views/{shared.reference}/watch/", {"alert": "off"})
    assert not ViewAlert.objects.exists()
    client.post(f"/desk/views/{shared.reference}/delete/")
    assert list(PipelineView.objects.all()) == [mine]


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_views_costs_the_same_when_there_are_more(
    world: World, as_person: AsPerson, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        keep(world, f"View {number}", alert="daily")
    client = as_person(world.chidi)
    client.get("/desk/views/")
    with django_assert_num_queries(9):
        assert client.get("/desk/views/").status_code == 200
