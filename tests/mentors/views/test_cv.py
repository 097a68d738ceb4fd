"""Starting from a CV: what is found is looked over before anything is saved, and nothing of the document stays."""

import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from diaspora_net.core.models import AuditEntry
from mentors.documents import LARGEST
from mentors.models import ExpertProfile, ProfileSkill, Skill
from tests.factories import make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db
CV = """Amina Ben Salah
Head of cardiology 2016-2024, Lyon. Cardiology clinic.
Trained nurses in the emergency ward
"""
ADDRESS = "/start/expert/cv/"


@pytest.fixture
def dana(world: World, as_person: object) -> Client:
    make_vocabulary()
    return as_person(world.dana)


def document(data: bytes | str, name: str = "cv.txt") -> dict[str, SimpleUploadedFile]:
    return {"document": SimpleUploadedFile(name, data.encode() if isinstance(data, str) else data)}


def ticked(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'name="skills" value="(\d+)"[^>]* checked', html)]


@pytest.mark.parametrize("sent", [{"text": CV}, document(CV)], ids=["pasted", "document"])
def test_skills_are_shown_with_their_lines_and_nothing_is_saved(dana: Client, sent: dict[str, object]) -> None:
    before = AuditEntry.objects.count()
    answer = dana.post(ADDRESS, sent)
    html = answer.content.decode()
    concepts = make_vocabulary()
    assert answer.status_code == 200
    assert ticked(html) == [concepts["training-nurses"].pk, concepts["cardiology"].pk]
    assert "Head of cardiology 2016-2024, Lyon. Cardiology clinic." in html
    assert "Trained nurses in the emergency ward" in html
    assert "Amina" not in html
    assert (AuditEntry.objects.count(), ExpertProfile.objects.filter(user__email="dana@example.org").count()) == (
        before,
        0,
    )


def test_what_is_kept_goes_onto_the_profile_when_the_review_is_sent(dana: Client) -> None:
    heart = make_vocabulary()["cardiology"].pk
    html = dana.post(ADDRESS, {"text": CV}).content.decode()
    assert f'action="{reverse("mentors:start", args=["skills"])}"' in html
    sent = {"skills": [str(heart)], f"level-{heart}": "3", f"years-{heart}": "8"}
    for pk in ticked(html):
        sent.setdefault(f"level-{pk}", "2")  # what was unticked is sent without its box
    answer = dana.post(reverse("mentors:start", args=["skills"]), sent)
    assert answer.headers["Location"] == reverse("mentors:start", args=["languages"])
    assert list(
        ProfileSkill.objects.filter(content_object__user__email="dana@example.org").values_list("tag", "level")
    ) == [(heart, 3)]


def test_skills_of_the_profile_stay_ticked_and_are_not_found_again(world: World, as_person: object) -> None:
    html = as_person(world.amina).post(ADDRESS, {"text": CV + "\nGrid operation"}).content.decode()
    found, kept = html.split("On your profile already")
    assert ticked(found) == [make_vocabulary()["grid-operation"].pk]
    assert sorted(ticked(kept)) == sorted(world.profile.skill_items.values_list("tag", flat=True))
    assert 'value="12"' in kept


def test_no_more_is_ticked_than_is_plenty(dana: Client) -> None:
    for number in range(12):
        name = f"skill{chr(97 + number)}"
        skill = Skill.objects.create(name=name, slug=name)
        skill.labels.create(language="en", kind="preferred", text=name, search=name)
    html = dana.post(ADDRESS, {"text": "\n".join(Skill.objects.values_list("name", flat=True))}).content.decode()
    assert len(ticked(html)) == 8
    assert html.count('type="checkbox"') == 12 + 6


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({}, "Choose a document, or paste"),
        ({"text": "  "}, "Choose a document, or paste"),
        (document(b"%PDF-1.7 broken", "cv.pdf"), "copy its text and paste it below"),
        (document(b"", "cv.pdf"), "holds no text"),
        (document(b"\x89PNG", "cv.pdf"), "We read PDF, Word"),
        (document(b"a" * (LARGEST + 1)), "at most 5 MB are read"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(dana: Client, sent: dict[str, object], problem: str) -> None:
    answer = dana.post(ADDRESS, sent)
    assert answer.status_code == 422
    assert problem in answer.content.decode()


def test_pasted_text_is_kept_when_the_document_is_refused(dana: Client) -> None:
    answer = dana.post(ADDRESS, {"text": "Cardiology in Lyon", **document(b"\x89PNG")})
    assert "Cardiology in Lyon" in answer.content.decode()


def test_second_document_waits_until_the_first_is_read(dana: Client, world: World) -> None:
    cache.set(f"mentors.cv.{world.dana.pk}", True, 60)
    answer = dana.post(ADDRESS, document(CV))
    assert answer.status_code == 422
    assert "still being read" in answer.content.decode()
    cache.clear()
    assert dana.post(ADDRESS, document(CV)).status_code == 200
    assert dana.post(ADDRESS, document(CV)).status_code == 200


def test_text_without_skills_leads_on(dana: Client) -> None:
    html = dana.post(ADDRESS, {"text": "Lorem ipsum dolor"}).content.decode()
    assert "names no skill that we know" in html
    assert reverse("mentors:start", args=["skills"]) in html


def test_the_form_shows_and_the_skills_step_leads_to_it(dana: Client) -> None:
    assert 'enctype="multipart/form-data"' in dana.get(ADDRESS).content.decode()
    assert ADDRESS in dana.get(reverse("mentors:start", args=["skills"])).content.decode()
