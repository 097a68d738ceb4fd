"""One's own profile page, and other people's."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from mentors.models import ExpertProfile
from tests.factories import make_expert, make_person

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def without_token(answer) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


def test_without_a_profile_the_page_offers_to_start(world) -> None:
    page = signed_in(world.dana).get(reverse("mentors:me")).content.decode()
    assert reverse("mentors:start", args=["identity"]) in page


def test_at_most_three_missing_things_are_named_with_links() -> None:
    person = make_person("x@example.org", "")
    client = signed_in(person)
    ExpertProfile.objects.create(user=person)
    page = client.get(reverse("mentors:me")).content.decode()
    assert page.count(">Add ") == 3
    answer = client.post(reverse("mentors:profile-publish"))
    assert answer.headers["Location"] == reverse("mentors:start-resume")
    assert ExpertProfile.objects.get(user=person).state == "draft"


def test_pause_and_resume_by_button(world) -> None:
    client = signed_in(world.amina)
    assert "Pause my profile" in client.get(reverse("mentors:me")).content.decode()
    assert client.post(reverse("mentors:profile-pause")).headers["Location"] == reverse("mentors:me")
    assert client.post(reverse("mentors:profile-pause")).status_code == 409
    assert "Let me be found again" in client.get(reverse("mentors:me")).content.decode()
    client.post(reverse("mentors:profile-resume"))
    assert ExpertProfile.objects.get(user=world.amina).state == "published"
    for name in ("publish", "pause", "resume"):
        assert client.get(reverse(f"mentors:profile-{name}")).status_code == 405
        assert signed_in(world.dana).post(reverse(f"mentors:profile-{name}")).status_code == 404


def test_publishing_by_button_leads_to_the_needs() -> None:
    person = make_person("x@example.org", "X")
    make_expert(person, skills={"cardiology": (2, 2)}, is_published=False)
    answer = signed_in(person).post(reverse("mentors:profile-publish"))
    assert answer.headers["Location"] == reverse("engagements:for-you")


def test_an_institution_sees_what_the_preview_promised(world) -> None:
    own = signed_in(world.amina).get(reverse("mentors:me")).content.decode()
    seen = signed_in(world.bereket).get(reverse("mentors:profile", args=[world.profile.reference])).content.decode()
    for words in ("Cardiologist", "cardiology", "Tunisia", "France", "C2 like a first language", "Monday"):
        assert words in own
        assert words in seen
    assert "Lyon" not in seen
    assert world.amina.email not in seen


def test_strangers_get_the_same_404_as_for_nobody(world) -> None:
    client = signed_in(world.dana)
    hidden = client.get(reverse("mentors:profile", args=[world.profile.reference]))
    missing = client.get(reverse("mentors:profile", args=["000000000000"]))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert without_token(hidden) == without_token(missing)
    assert Client().get(reverse("mentors:profile", args=[world.profile.reference])).status_code == 302


def test_a_coordinator_sees_city_and_state(world) -> None:
    ExpertProfile.objects.update(state="paused")
    page = signed_in(world.chidi).get(reverse("mentors:profile", args=[world.profile.reference])).content.decode()
    assert "Lyon" in page
    assert "not published now" in page
    assert signed_in(world.bereket).get(reverse("mentors:profile", args=[world.profile.reference])).status_code == 404
