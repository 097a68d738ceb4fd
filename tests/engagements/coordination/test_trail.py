"""Who did what: what coordinators did, for their colleagues and for whom it was about."""

import csv
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.actions.verification import suspend_organisation
from diaspora_net.accounts.models import User
from diaspora_net.core.models import AuditEntry
from engagements.actions.needs import request_changes
from engagements.queries.trail import TrailFilters, acts_about, acts_in_words, trail
from mentors.actions.sightings import note_sighting
from tests import world as story
from tests.factories import make_person
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def verbs(viewer: User, **filters: object) -> list[str]:
    return [entry.verb for entry in trail(viewer, TrailFilters(**filters))]  # type: ignore[arg-type]


@pytest.fixture
def elsewhere(world: World) -> User:
    """Return a coordinator of another country."""
    efua = make_person("efua@example.org", "Efua Mensah", join_role="coordinator")
    grant_remit(actor=None, user=efua, country="GH")
    return efua


def test_an_act_holds_what_was_before_and_after(world: World) -> None:
    need = story.after_need_submitted(world)
    request_changes(actor=world.chidi, need=need, note="Say how many nurses.")

    entry = trail(world.chidi, TrailFilters())[0]

    assert entry.changes["state"] == ["submitted", "changes_requested"]
    act = acts_in_words([entry])[0]
    assert (act.who, act.title, act.done) == ("Chidi Okafor", need.title, "sent back for changes")
    assert ("Being checked", "Changes requested") in [(one.before, one.after) for one in act.told]
    assert "review" in {one.name for one in act.changes} - {one.name for one in act.told}


def test_acts_outside_the_remit_do_not_exist(world: World, elsewhere: User) -> None:
    story.after_need_published(world)

    assert verbs(elsewhere) == []
    assert verbs(world.chidi)[0] == "engagements.need.published"
    assert "accounts.organisation.verified" in verbs(world.chidi)
    for person in (world.amina, world.bereket, world.dana):
        assert verbs(person) == []


def test_only_acts_of_coordinators_are_listed(world: World) -> None:
    story.after_proposal_accepted(world)
    assert set(trail(world.chidi, TrailFilters()).values_list("actor", flat=True)) == {world.chidi.pk, world.esi.pk}


def test_filters_narrow_the_list(world: World) -> None:
    need = story.after_need_published(world)
    suspend_organisation(actor=world.chidi, organisation=world.hospital, reason="A complaint is checked.")
    today = timezone.localdate(timezone=world.chidi.zone)

    assert set(verbs(world.chidi, about="engagements.need")) == {"engagements.need.published"}
    assert verbs(world.chidi, text=need.title[:12]) == ["engagements.need.published"]
    assert verbs(world.chidi, text="no such name") == []
    assert verbs(world.chidi, who=str(world.amina.public_id)) == []
    assert verbs(world.chidi, until=today - timedelta(days=1)) == []
    assert verbs(world.chidi, since=today) == verbs(world.chidi)


@pytest.mark.parametrize("query", ["since=2026-13-01", "since=2026-02-02&until=2026-01-01", "who=nobody", "about=x"])
def test_a_filter_that_makes_no_sense_is_said_so(world: World, as_person: SignIn, query: str) -> None:
    answer = as_person(world.chidi).get(f"{reverse('engagements:trail')}?{query}")
    assert answer.status_code == 422
    assert b"error" in answer.content


@pytest.mark.parametrize("needs", [1, 3])
def test_the_page_costs_the_same_for_one_act_and_for_three(world: World, as_person: SignIn, needs: int) -> None:
    for _turn in range(needs):
        story.after_need_published(world)
    client = as_person(world.chidi)
    client.get(reverse("engagements:trail"))
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(f"{reverse('engagements:trail')}?about=engagements.need")
    assert answer.content.count(b"opened to experts") == needs
    assert len(asked) == TRAIL_QUERIES, [query["sql"][:90] for query in asked]


TRAIL_QUERIES = 12


def test_the_file_holds_what_the_page_shows_and_that_it_was_taken_is_an_act(world: World, as_person: SignIn) -> None:
    need = story.after_need_published(world, title='=HYPERLINK("http://x") Train nurses to read ECGs')
    answer = as_person(world.chidi).post(f"{reverse('engagements:trail-file')}?about=engagements.need")

    rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    assert [(row["What"], row["Done"]) for row in rows] == [(f"'{need.title}", "opened to experts")]
    assert "Being checked → Open" in rows[0]["Before and after"]
    taken = AuditEntry.objects.get(verb="engagements.pipeline.exported")
    assert (taken.actor, taken.changes) == (world.chidi, {"of": "trail", "count": 1})
    assert verbs(world.chidi)[0] == taken.verb


def test_an_expert_reads_who_opened_the_profile_and_how_much_of_it(world: World, as_person: SignIn) -> None:
    page = reverse("mentors:profile", args=[world.profile.reference])
    for person in (world.bereket, world.bereket, world.chidi, world.amina):
        assert as_person(person).get(page).status_code == 200
    assert as_person(world.dana).get(page).status_code == 404

    seen = [(entry.actor, entry.changes["level"]) for entry in acts_about(world.amina)]
    assert seen == [(world.chidi, "coordinator"), (world.bereket, "institution")]
    answer = as_person(world.amina).get(reverse("engagements:own-trail"))
    assert "Bereket Alemu" in answer.content.decode()
    assert "Bereket Alemu" not in as_person(world.dana).get(reverse("engagements:own-trail")).content.decode()


def test_a_profile_is_noted_again_on_the_next_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    note_sighting(actor=world.bereket, profile=world.profile)
    note_sighting(actor=world.bereket, profile=world.profile)
    assert acts_about(world.amina).count() == 1

    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow)
    note_sighting(actor=world.bereket, profile=world.profile)
    assert acts_about(world.amina).count() == 2
