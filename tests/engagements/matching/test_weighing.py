"""A coordinator says what must be so and what does not count; the address keeps it, nobody else's list changes."""

import pytest
from django.test import Client

from engagements.models import Need
from engagements.queries.recommendations import experts_for_need, people_for_need
from mentors.models import ExpertProfile
from mentors.recommender.factors import Factor, Stance
from tests.conftest import without_tokens
from tests.factories import make_expert, make_person
from tests.world import World, after_need_published

SKILLS = {"interpret-ecg": (3, 4), "training-nurses": (2, 2)}
MUST_FORMAT = {Factor.FORMAT: Stance.MUST}


@pytest.fixture
def need(world: World) -> Need:
    return after_need_published(world)


@pytest.fixture
def others(world: World) -> dict[str, ExpertProfile]:
    """Return three more experts, each of whom lacks one thing that the need asks for."""
    lacking: dict[str, dict[str, object]] = {
        "french": {"languages": (("en", 6),)},
        "remote": {"modalities": ("hybrid",)},
        "tunisia": {"origins": ("SN",)},
    }
    return {
        name: make_expert(make_person(f"{name}@example.org", f"No {name}"), skills=SKILLS, **values)
        for name, values in lacking.items()
    }


def names(world: World, need: Need, **stances: str) -> set[str]:
    chosen = {Factor(name): Stance(value) for name, value in stances.items()}
    return {one.profile.user.full_name for one in people_for_need(world.chidi, need, stances=chosen).suggestions}


def test_must_takes_out_and_ignore_lets_in(world: World, need: Need, others: dict[str, ExpertProfile]) -> None:
    amina = "Amina Ben Salah"
    assert names(world, need) == {amina, "No remote"}
    assert names(world, need, format="must") == {amina}
    assert names(world, need, language="ignore") == {amina, "No remote", "No french"}
    assert names(world, need, country="ignore") == {amina, "No remote", "No tunisia"}
    assert names(world, need, country="ignore", language="ignore", format="must") == {amina, "No french", "No tunisia"}
    assert names(world, need, record="must") == set()


def test_list_says_what_would_loosen_it(world: World, need: Need, others: dict[str, ExpertProfile]) -> None:
    people = people_for_need(world.chidi, need, stances={**MUST_FORMAT, Factor.KIND: Stance.MUST})
    assert people.loosened == {Factor.FORMAT: 1}


def test_nobody_elses_list_changes(world: World, need: Need, others: dict[str, ExpertProfile]) -> None:
    people = people_for_need(world.bereket, need, stances=MUST_FORMAT)
    assert people.suggestions == experts_for_need(world.bereket, need)
    assert (people.factors, people.stances, people.loosened) == ((), {}, {})


def page(client: Client, need: Need, query: str = "") -> str:
    answer = client.get(f"/needs/{need.reference}/people/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_page_states_the_weighing_and_offers_it_back(
    world: World, need: Need, others: dict[str, ExpertProfile], as_person: object
) -> None:
    client = as_person(world.chidi)
    html = page(client, need, "?format=must&hours=ignore&nonsense=must&kind=perhaps")
    assert "Must be so: Way of working." in html
    assert "Does not count: Shared hours." in html
    assert "<b>Remote</b>, as they offer it (a must in this list)" in html
    assert "working time a week" not in html
    assert "Way of working not a must: 1 more" in html
    assert '<option value="must" selected>' in html
    assert 'href="?hours=ignore&amp;nonsense=must&amp;kind=perhaps"' in html
    assert "Must be so" not in page(client, need).split("<form")[0]


def test_institution_sees_the_usual_list_whatever_the_address_says(world: World, need: Need, as_person: object) -> None:
    client = as_person(world.bereket)
    usual = without_tokens(client.get(f"/needs/{need.reference}/people/"))
    assert without_tokens(client.get(f"/needs/{need.reference}/people/?format=must&language=ignore")) == usual
    assert b"What counts in this list" not in usual


def test_all_who_fit_are_shown_when_there_are_more_than_ten(world: World, need: Need, as_person: object) -> None:
    for number in range(11):
        make_expert(make_person(f"e{number}@example.org", f"Expert {number}"), skills=SKILLS)
    client = as_person(world.bereket)
    short = page(client, need)
    assert "The 10 people who fit best." in short
    assert "?all=1" in short
    whole = page(client, need, "?all=1")
    assert "12 people fit." in whole
    assert "?all=1" not in whole


def test_missing_skill_can_be_asked_about(world: World, need: Need, as_person: object) -> None:
    make_expert(make_person("e@example.org", "Expert"), skills={"interpret-ecg": (4, 9)})
    html = page(as_person(world.bereket), need)
    [link] = {part.split('"')[0] for part in html.split('href="') if "?ask=" in part.split('"')[0]}
    form = as_person(world.bereket).get(link).content.decode()
    assert "Have you worked with this, too: train nurses?" in form
    assert "Have you worked" not in as_person(world.bereket).get(link.replace("ask=", "ask=999")).content.decode()
