"""Pages of needs and suggestions, as browsers without script use them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.models import User
from engagements.models import Dismissal, Need, Proposal
from mentors.models import Skill
from tests.factories import make_expert, make_person, make_vocabulary
from tests.world import (
    World,
    after_need_drafted,
    after_need_published,
    after_need_submitted,
    after_proposal_sent,
)

AsPerson = Callable[[User | None], Client]


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


@pytest.fixture
def sent_values(world: World) -> dict[str, Any]:
    """Return what the form sends for a complete need."""
    skill = make_vocabulary()["interpret-ecg"]
    return {
        "title": "Train our nurses",
        "skills": [str(skill.pk)],
        f"strength-{skill.pk}": "required",
        f"level-{skill.pk}": "3",
        "kind": "training",
        "modality": "remote",
        "language": "fr",
        "language_2": "ar",
        "language_level": "4",
        "closes_on": "",
        "starts_on": "",
        "hours": "12",
        "places": "1",
        "focal_point": str(world.bereket.pk),
    }


def test_draft_is_kept_when_saved(world: World, as_person: AsPerson, sent_values: dict[str, Any]) -> None:
    client = as_person(world.bereket)
    response = client.post("/needs/new/", sent_values | {"save": "1"})
    need = Need.objects.get()
    assert response.status_code == 302
    assert response.url == f"/needs/{need.reference}/"
    assert (need.state, need.title, need.hours) == ("draft", "Train our nurses", 12)
    assert [(item.tag.slug, item.strength, item.level) for item in need.skill_items.all()] == [
        ("interpret-ecg", "required", 3)
    ]
    assert sorted(need.languages.values_list("language", "level")) == [("ar", 4), ("fr", 4)]


def test_need_goes_to_the_coordinator_when_sent(world: World, as_person: AsPerson, sent_values: dict[str, Any]) -> None:
    as_person(world.bereket).post("/needs/new/", sent_values | {"send": "1"})
    assert Need.objects.get().state == "submitted"


def test_input_is_kept_and_nothing_written_when_something_is_missing(
    world: World, as_person: AsPerson, sent_values: dict[str, Any]
) -> None:
    values = sent_values | {"language": "", "language_2": "", "send": "1", "context": "Forty patients a week"}
    response = as_person(world.bereket).post("/needs/new/", values)
    html = response.content.decode()
    assert response.status_code == 422
    assert not Need.objects.exists()
    assert "There is a problem" in html
    assert '<a href="#id_language">' in html
    assert "Choose the language of the work." in html
    assert 'value="Train our nurses"' in html
    assert "Forty patients a week" in html
    assert "interpret electrocardiograms" in html


def test_skills_are_found_by_the_button_when_there_is_no_script(
    world: World, as_person: AsPerson, sent_values: dict[str, Any]
) -> None:
    values = sent_values | {"q": "cardiologie", "find": "1"}
    response = as_person(world.bereket).post("/needs/new/", values)
    html = response.content.decode()
    cardiology = make_vocabulary()["cardiology"]
    assert response.status_code == 200
    assert f'type="checkbox" name="skills" value="{cardiology.pk}"' in html
    assert 'value="Train our nurses"' in html
    assert "interpret electrocardiograms" in html
    assert not Need.objects.exists()


def test_skill_is_gone_when_removed_without_script(
    world: World, as_person: AsPerson, sent_values: dict[str, Any]
) -> None:
    response = as_person(world.bereket).post("/needs/new/", sent_values | {"remove": sent_values["skills"][0]})
    assert response.status_code == 200
    assert "strength-" + sent_values["skills"][0] not in response.content.decode()


def test_skills_are_suggested_from_the_sentence_when_none_is_chosen(
    world: World, as_person: AsPerson, sent_values: dict[str, Any]
) -> None:
    values = sent_values | {"skills": [], "title": "Train nurses in cardiology", "send": "1"}
    html = as_person(world.bereket).post("/needs/new/", values).content.decode()
    assert 'id="id_skills-error"' in html
    for slug in ("training-nurses", "cardiology"):
        assert f'type="checkbox" name="skills" value="{make_vocabulary()[slug].pk}"' in html


def test_skills_are_suggested_from_what_is_written_when_the_button_asks(
    world: World, as_person: AsPerson, sent_values: dict[str, Any]
) -> None:
    values = sent_values | {"title": "Training of our nurses", "context": "Cardiologie", "find": "sentences", "q": "x"}
    response = as_person(world.bereket).post("/needs/new/", values)
    html = response.content.decode()
    assert response.status_code == 200
    assert "from “Cardiologie”" in html
    assert f'type="checkbox" name="skills" value="{make_vocabulary()["cardiology"].pk}"' in html
    assert Need.objects.count() == 0
    nothing = as_person(world.bereket).post("/needs/new/", sent_values | {"find": "sentences", "title": "Help"})
    assert "names no further skill that we know" in nothing.content.decode()


def test_new_word_becomes_a_suggested_skill_when_typed(
    world: World, as_person: AsPerson, sent_values: dict[str, Any]
) -> None:
    values = sent_values | {"skills": [*sent_values["skills"], "Cold chain upkeep"], "save": "1"}
    as_person(world.bereket).post("/needs/new/", values)
    assert Skill.objects.get(name="Cold chain upkeep").status == "suggested"
    assert Need.objects.get().skill_items.count() == 2


def test_form_is_filled_when_a_need_is_edited(world: World, as_person: AsPerson) -> None:
    need = after_need_drafted(world)
    html = page(as_person(world.bereket), f"/needs/{need.reference}/edit/")
    assert need.title in html
    assert need.deliverable in html
    assert "interpret electrocardiograms" in html


def test_organisation_is_asked_for_when_the_person_speaks_for_none_or_another(
    world: World, as_person: AsPerson
) -> None:
    assert "Register an institution" in page(as_person(world.dana), "/needs/new/")
    page(as_person(world.dana), f"/needs/new/?organisation={world.hospital.reference}", 404)


def test_needs_are_read_without_signing_in_when_open(world: World, as_person: AsPerson) -> None:
    need, hidden = after_need_published(world), after_need_submitted(world, title="Hidden so far")
    html = page(as_person(None), "/needs/")
    assert need.title in html
    assert hidden.title not in html
    assert "I'm interested" in page(as_person(None), f"/needs/{need.reference}/")
    page(as_person(None), f"/needs/{hidden.reference}/", 404)


def test_invisible_need_answers_as_one_that_does_not_exist(world: World, as_person: AsPerson) -> None:
    hidden = after_need_submitted(world)
    client = as_person(world.dana)
    real, made_up = (client.get(f"/needs/{reference}/") for reference in (hidden.reference, "0" * 12))
    token = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
    assert real.status_code == made_up.status_code == 404
    assert token.sub(b"", real.content) == token.sub(b"", made_up.content)


def test_filters_stand_in_the_address_when_used(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    client = as_person(None)
    assert need.title in page(client, "/needs/?country=TN&language=fr&modality=remote&q=nurses")
    html = page(client, "/needs/?language=ar")
    assert need.title not in html
    assert "No open need fits these filters." in html
    page(client, "/needs/?country=XX&language=zz&page=abc")


def test_expert_reads_reasons_and_offers_help(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    client = as_person(world.amina)
    html = page(client, "/for-you/")
    assert need.title in html
    assert "Strong fit" in html
    assert "Interpret electrocardiograms</b>: you listed it (12 years)" in html
    form = page(client, f"/needs/{need.reference}/interest/")
    assert "electrocardiograms (12 years)" in form
    assert client.post(f"/needs/{need.reference}/interest/", {"message": " "}).status_code == 422
    response = client.post(f"/needs/{need.reference}/interest/", {"message": "I can help."})
    proposal = Proposal.objects.get()
    assert response.url == f"/proposals/{proposal.reference}/"
    assert need.title not in page(client, "/for-you/")


def test_need_is_hidden_and_taken_back(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    client = as_person(world.amina)
    assert client.post(f"/needs/{need.reference}/dismiss/", {}).status_code == 422
    assert not Dismissal.objects.exists()
    response = client.post(f"/needs/{need.reference}/dismiss/", {"reason": "no_time"})
    assert f"Hidden: {need.title}" in page(client, response.url)
    assert need.title not in page(client, "/for-you/")
    assert need.title in page(client, "/for-you/hidden/")
    client.post(f"/needs/{need.reference}/restore/")
    assert need.title in page(client, "/for-you/")


def test_empty_feed_says_why(world: World, as_person: AsPerson) -> None:
    assert "/start/expert/identity/" in page(as_person(world.dana), "/for-you/")
    assert "No open need fits your skills" in page(as_person(world.amina), "/for-you/")
    world.profile.state = "paused"
    world.profile.save(update_fields=["state"])
    assert "not published now" in page(as_person(world.amina), "/for-you/")


def test_organisation_invites_who_fits(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    client = as_person(world.bereket)
    html = page(client, f"/needs/{need.reference}/people/")
    assert "Amina Ben Salah" in html
    assert "Interpret electrocardiograms</b>: on their profile (12 years)" in html
    assert "amina@example.org" not in html
    url = f"/needs/{need.reference}/invite/{world.profile.reference}/"
    assert "Dear Amina Ben Salah" in page(client, url)
    client.post(url, {"message": "Please help us."})
    assert Proposal.objects.get().origin == "invitation"
    html = page(client, f"/needs/{need.reference}/people/")
    assert "Nobody fits all of it today." in html
    assert "Amina Ben Salah" in html  # among the invitations now


def test_thin_list_names_the_smallest_changes(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    make_expert(make_person("sn@example.org", "Awa Diop"), skills={"interpret-ecg": (3, 4)}, origins=("SN",))
    client = as_person(world.bereket)
    assert "People from any country of origin: 1 more" in page(client, f"/needs/{need.reference}/people/")
    assert "Awa Diop" in page(client, f"/needs/{need.reference}/people/?wider=origins")


def test_matches_are_not_found_when_they_are_nobodys_business(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    for person in (world.dana, world.amina):
        page(as_person(person), f"/needs/{need.reference}/people/", 404)
        page(as_person(person), f"/needs/{need.reference}/invite/{world.profile.reference}/", 404)


@pytest.mark.parametrize(
    ("step", "data", "state"),
    [
        ("pause", {}, "paused"),
        ("withdraw", {}, "withdrawn"),
        ("close", {"result": "met"}, "closed"),
    ],
)
def test_need_is_run_by_buttons(world: World, as_person: AsPerson, step: str, data: dict[str, str], state: str) -> None:
    need = after_need_published(world)
    client = as_person(world.bereket)
    assert client.get(f"/needs/{need.reference}/{step}/").status_code == 405
    assert as_person(world.dana).post(f"/needs/{need.reference}/{step}/", data).status_code == 403
    assert client.post(f"/needs/{need.reference}/{step}/", data).status_code == 302
    need.refresh_from_db()
    assert need.state == state
    page(client, f"/needs/{need.reference}/")


def test_close_form_stays_open_when_no_result_is_chosen(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    response = as_person(world.bereket).post(f"/needs/{need.reference}/close/", {})
    assert response.status_code == 422
    assert '<details class="fold" open>' in response.content.decode()
    assert f"<title>Error: {need.title}" in response.content.decode()


def test_closed_need_says_how_it_ended(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    html = as_person(world.bereket).post(f"/needs/{need.reference}/close/", {"result": "partly"}, follow=True)
    assert "Partly met" in html.content.decode()


def test_need_that_lacks_something_goes_back_to_its_form_when_submitted(world: World, as_person: AsPerson) -> None:
    need = after_need_drafted(world, languages=())
    response = as_person(world.bereket).post(f"/needs/{need.reference}/submit/", follow=True)
    assert response.redirect_chain[-1][0] == f"/needs/{need.reference}/edit/"
    assert "Choose the language of the work." in response.content.decode()


def test_own_needs_show_their_states_and_what_waits(world: World, as_person: AsPerson) -> None:
    need = after_proposal_sent(world).need
    html = page(as_person(world.bereket), f"/org/{world.hospital.reference}/needs/")
    assert need.title in html
    assert "#proposals" in html
    page(as_person(world.dana), f"/org/{world.hospital.reference}/needs/", 404)


def _fill(world: World, count: int) -> Need:
    """Have ``count`` open needs and ``count`` experts who fit them."""
    for number in range(count - 1):
        make_expert(
            make_person(f"more{number}@example.org", f"More {number}"),
            skills={"interpret-ecg": (3, number), "cardiology": (2, 1)},
        )
    needs = [after_need_published(world, title=f"Need {number}") for number in range(count)]
    return needs[0]


# Lists of fewer than three also look for the smallest changes that give more.
QUERIES = [
    ("nobody", "/needs/", 1, 6),
    ("nobody", "/needs/", 3, 6),
    ("amina", "/needs/", 1, 12),
    ("amina", "/needs/", 3, 12),
    ("amina", "/for-you/", 1, 27),
    ("amina", "/for-you/", 3, 20),
    ("amina", "/for-you/", 5, 20),
    ("bereket", "people", 1, 30),
    ("bereket", "people", 3, 20),
    ("bereket", "people", 5, 20),
    ("bereket", "own", 1, 21),
    ("bereket", "own", 3, 21),
]


@pytest.mark.parametrize(("who", "name", "count", "queries"), QUERIES)
def test_queries_stay_the_same_when_lists_grow(
    world: World,
    as_person: AsPerson,
    django_assert_num_queries: DjangoAssertNumQueries,
    who: str,
    name: str,
    count: int,
    queries: int,
) -> None:
    need = _fill(world, count)
    client = as_person(world.people.get(who))
    named = {"people": f"/needs/{need.reference}/people/", "own": f"/org/{world.hospital.reference}/needs/"}
    url = named.get(name, name)
    page(client, url)
    with django_assert_num_queries(queries):
        page(client, url)
