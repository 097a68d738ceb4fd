"""What each answer to a suggestion changes in the next list, and that taking it back takes back all of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Invalid, NotAllowed
from engagements.actions.interest import dismiss_need, end_pause, restore_need, save_need, unsave_need
from engagements.actions.needs import Readiness, draft_need, publish_need, submit_need
from engagements.models import Dismissal, Need, SavedNeed
from engagements.queries.recommendations import experts_for_need, needs_for_expert
from tests.factories import make_organisation, make_person, need_values
from tests.world import World, after_need_published, after_verification

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def listed(world: World) -> set[Need]:
    return {one.need for one in needs_for_expert(world.amina, world.profile)}


def need_elsewhere(world: World) -> Need:
    """Publish a need of another verified institution."""
    owner = make_person("olfa@example.org", "Olfa")
    clinic = make_organisation(owner, name="Clinique de Tabarka")
    after_verification(world, clinic)
    draft = draft_need(actor=owner, organisation=clinic, values=need_values(owner, title="At the clinic"))
    submitted = submit_need(actor=owner, need=draft)
    return publish_need(actor=world.chidi, need=submitted, checklist=Readiness(True, True, True, True))


def points(world: World, need: Need) -> int:
    return next(one.match.points for one in needs_for_expert(world.amina, world.profile) if one.need == need)


def test_not_my_field_lowers_what_asks_for_the_same_skills(world: World) -> None:
    one, other = after_need_published(world, title="One"), after_need_published(world, title="Other")
    before = points(world, other)
    dismiss_need(actor=world.amina, need=one, reason="not_my_field")
    assert listed(world) == {other}
    assert points(world, other) < before
    assert {r.kind for s in needs_for_expert(world.amina, world.profile) for r in s.reasons} >= {"declined"}
    restore_need(actor=world.amina, need=one)
    assert listed(world) == {one, other}
    assert points(world, other) == before


def test_wrong_level_hides_this_need_and_changes_nothing_else(world: World) -> None:
    one, other = after_need_published(world, title="One"), after_need_published(world, title="Other")
    before = points(world, other)
    dismiss_need(actor=world.amina, need=one, reason="wrong_level")
    assert listed(world) == {other}
    assert points(world, other) == before


def test_not_this_organisation_hides_all_its_needs_and_only_those(world: World) -> None:
    one, other = after_need_published(world, title="One"), after_need_published(world, title="Other")
    elsewhere = need_elsewhere(world)
    dismiss_need(actor=world.amina, need=one, reason="not_comfortable")
    assert listed(world) == {elsewhere}
    assert experts_for_need(world.bereket, other) == []
    assert [found.profile for found in experts_for_need(world.chidi, elsewhere)] == [world.profile]
    restore_need(actor=world.amina, need=one)
    assert listed(world) == {one, other, elsewhere}
    assert [found.profile for found in experts_for_need(world.bereket, other)] == [world.profile]


def test_no_time_pauses_all_suggestions_until_the_day(world: World) -> None:
    one, other = after_need_published(world, title="One"), after_need_published(world, title="Other")
    tomorrow = timezone.localdate() + timedelta(days=1)
    dismiss_need(actor=world.amina, need=one, reason="no_time", pauses_until=tomorrow)
    assert listed(world) == set()
    assert [found.profile for found in experts_for_need(world.bereket, other)] == [world.profile]
    Dismissal.objects.update(pauses_until=timezone.localdate())
    assert listed(world) == {other}


def test_pause_ends_when_it_is_ended_or_its_need_is_taken_back(world: World) -> None:
    one, other = after_need_published(world, title="One"), after_need_published(world, title="Other")
    later = timezone.localdate() + timedelta(days=30)
    dismiss_need(actor=world.amina, need=one, reason="no_time", pauses_until=later)
    end_pause(actor=world.amina)
    assert listed(world) == {other}
    dismiss_need(actor=world.amina, need=one, reason="no_time", pauses_until=later)
    restore_need(actor=world.amina, need=one)
    assert listed(world) == {one, other}


def test_an_answer_is_refused_when_it_makes_no_sense(world: World) -> None:
    need = after_need_published(world)
    with pytest.raises(Invalid):
        dismiss_need(actor=world.amina, need=need, reason="nonsense")
    with pytest.raises(Invalid):
        dismiss_need(actor=world.amina, need=need, reason="no_time", pauses_until=timezone.localdate())
    for act in (save_need, unsave_need, restore_need):
        with pytest.raises(NotAllowed):
            act(actor=world.dana, need=need)
    assert not Dismissal.objects.exists()


def test_the_page_says_what_each_answer_changes(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    client = as_person(world.amina)
    html = page(client, f"/needs/{need.reference}/dismiss/")
    assert "“interpret electrocardiograms” counts half as much for you" in html
    assert "train nurses" not in html
    assert "and you from its lists; nobody is told" in html
    assert client.post(f"/needs/{need.reference}/dismiss/", {"reason": "no_time", "pause": "3"}).status_code == 422
    answer = client.post(f"/needs/{need.reference}/dismiss/", {"reason": "no_time", "pause": "30"})
    html = page(client, answer.url)
    assert f"Hidden: {need.title}" in html
    assert "You wanted no suggestions before" in html
    assert "no suggestions before" in page(client, "/for-you/hidden/")
    client.post("/for-you/resume/")
    assert "You wanted no suggestions before" not in page(client, "/for-you/")


def test_hidden_list_says_that_an_institution_is_hidden(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    client = as_person(world.amina)
    client.post(f"/needs/{need.reference}/dismiss/", {"reason": "not_comfortable"})
    assert "all its needs are hidden" in page(client, "/for-you/hidden/")
    client.post(f"/needs/{need.reference}/restore/")
    assert "You have hidden nothing." in page(client, "/for-you/hidden/")


def test_need_is_saved_for_later_and_taken_off(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    client = as_person(world.amina)
    assert "You have saved nothing." in page(client, "/for-you/saved/")
    assert f"/needs/{need.reference}/save/" in page(client, f"/needs/{need.reference}/")
    for _turn in range(2):
        assert client.post(f"/needs/{need.reference}/save/").status_code == 302
    assert SavedNeed.objects.count() == 1
    assert need.title in page(client, "/for-you/saved/")
    assert f"/needs/{need.reference}/unsave/" in page(client, f"/needs/{need.reference}/")
    Need.objects.update(state="closed")
    assert need.title not in page(client, "/for-you/saved/")
    Need.objects.update(state="published")
    client.post(f"/needs/{need.reference}/unsave/")
    assert "You have saved nothing." in page(client, "/for-you/saved/")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("url", "queries"), [("/for-you/saved/", 13), ("/for-you/hidden/", 8)])
def test_queries_stay_the_same_when_lists_grow(
    world: World,
    as_person: AsPerson,
    django_assert_num_queries: Callable[..., object],
    count: int,
    url: str,
    queries: int,
) -> None:
    for number in range(count):
        need = after_need_published(world, title=f"Need {number}")
        save_need(actor=world.amina, need=need)
        dismiss_need(actor=world.amina, need=need, reason="wrong_level")
    client = as_person(world.amina)
    page(client, url)
    with django_assert_num_queries(queries):  # type: ignore[attr-defined]
        page(client, url)
