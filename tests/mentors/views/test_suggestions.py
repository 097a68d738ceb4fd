"""The coordinators' page of proposed skills."""

import pytest
from django.test import Client
from django.urls import reverse

from mentors.actions.skills import propose_skill
from mentors.models import Skill
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def suggestion(world):
    return propose_skill(actor=world.amina, label="clinical cardiology work", language="en")


def test_coordinators_see_what_a_proposed_word_may_mean(world, suggestion) -> None:
    page = signed_in(world.chidi).get(reverse("mentors:suggestions")).content.decode()
    assert "clinical cardiology work" in page
    assert "It is “cardiology”" in page
    page = (
        signed_in(world.chidi)
        .get(reverse("mentors:suggestions"), {"for": suggestion.slug, "q": "négoc"})
        .content.decode()
    )
    assert "It is “negotiation”" in page


def test_accepting_and_merging_by_button(world, suggestion) -> None:
    chidi = signed_in(world.chidi)
    heart = Skill.objects.get(slug="cardiology")
    other = propose_skill(actor=world.amina, label="weaving", language="en")
    assert chidi.post(reverse("mentors:suggestion-accept", args=[other.slug])).status_code == 302
    assert chidi.post(reverse("mentors:suggestion-merge", args=[suggestion.slug, heart.pk])).status_code == 302
    assert chidi.post(reverse("mentors:suggestion-accept", args=[suggestion.slug])).status_code == 404
    statuses = dict(Skill.objects.filter(pk__in=[suggestion.pk, other.pk]).values_list("name", "status"))
    assert statuses == {"clinical cardiology work": "merged", "weaving": "accepted"}
    assert "Nothing waits for you" in chidi.get(reverse("mentors:suggestions")).content.decode()


def test_a_merge_into_something_not_accepted_is_not_found(world, suggestion) -> None:
    other = propose_skill(actor=world.amina, label="weaving", language="en")
    answer = signed_in(world.chidi).post(reverse("mentors:suggestion-merge", args=[suggestion.slug, other.pk]))
    assert answer.status_code == 404
    suggestion.refresh_from_db()
    assert suggestion.status == "suggested"


@pytest.mark.parametrize("name", ["amina", "bereket", "dana"])
def test_for_others_the_page_is_not_there(name, world, suggestion) -> None:
    client = signed_in(world.people[name])
    heart = Skill.objects.get(slug="cardiology")
    assert client.get(reverse("mentors:suggestions")).status_code == 404
    assert client.post(reverse("mentors:suggestion-accept", args=[suggestion.slug])).status_code == 404
    assert client.post(reverse("mentors:suggestion-merge", args=[suggestion.slug, heart.pk])).status_code == 404
    suggestion.refresh_from_db()
    assert suggestion.status == "suggested"


def test_words_with_other_letters_have_working_addresses(world) -> None:
    skill = propose_skill(actor=make_person("x@example.org", "X"), label="نسج / السلال?", language="ar")
    page = signed_in(world.chidi).get(reverse("mentors:suggestions"))
    assert page.status_code == 200
    signed_in(world.chidi).post(reverse("mentors:suggestion-accept", args=[skill.slug]))
    skill.refresh_from_db()
    assert skill.status == "accepted"
