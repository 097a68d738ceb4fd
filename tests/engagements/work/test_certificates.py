"""Certificates: what is frozen on them, the file, and the public check."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from engagements.actions.certificates import issue_certificate, revoke_certificate
from engagements.actions.engagements import end_engagement_early
from engagements.actions.needs import NeedSkillEntry
from engagements.actions.sessions import confirm_session
from engagements.models import Certificate, Engagement, Need
from engagements.queries.certificates import clean_code
from engagements.reports.certificate import render_certificate
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.factories import make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
CHECK_URL = "http://localhost:8000/verify/000000000000/"


def test_facts_stay_as_they_were_when_names_change_afterwards(world: World) -> None:
    concepts = make_vocabulary()
    skills = (
        NeedSkillEntry(concepts["interpret-ecg"], "required", None),
        NeedSkillEntry(concepts["grid-operation"], "optional", None),
        NeedSkillEntry(concepts["negotiation"], "preferred", None),
    )
    certificate = story.after_completion(world, skills=skills)
    day = certificate.issued_at.date().isoformat()
    User.objects.filter(pk=world.amina.pk).update(full_name="Somebody Else")
    Need.objects.update(title="Something else")

    certificate.refresh_from_db()

    assert certificate.facts == {
        "holder": "Amina Ben Salah",
        "organisation": "Hôpital régional de Jendouba",
        "country": "TN",
        "title": "Train our nurses to read electrocardiograms",
        "kind": "training",
        "modality": "remote",
        "first_day": day,
        "last_day": day,
        "minutes": 90,
        "sessions": 1,
        "skills": [
            {"label": "interpret electrocardiograms", "uri": "", "minutes": 90},
        ],
        "transferable": [{"label": "negotiation", "uri": ""}],
    }


def test_only_one_is_valid_when_it_is_asked_for_again(world: World) -> None:
    certificate = story.after_completion(world)
    with refused(Conflict):
        issue_certificate(actor=world.amina, engagement=certificate.engagement)
    with refused(NotAllowed):
        issue_certificate(actor=world.dana, engagement=certificate.engagement)


def test_confirmed_hours_are_certified_when_the_work_ended_early(world: World) -> None:
    session = story.after_session_logged(world)
    with refused(Conflict):
        issue_certificate(actor=world.amina, engagement=session.engagement)
    engagement = end_engagement_early(actor=world.amina, engagement=session.engagement, reason="circumstances")
    with refused(Conflict):
        issue_certificate(actor=world.amina, engagement=engagement)
    confirm_session(actor=world.bereket, session=session)
    assert issue_certificate(actor=world.amina, engagement=engagement).facts["minutes"] == 90


def test_only_the_coordinator_withdraws_it_when_there_is_a_reason(world: World) -> None:
    certificate = story.after_completion(world)
    for person in (world.amina, world.bereket, world.dana):
        with refused(NotAllowed):
            revoke_certificate(actor=person, certificate=certificate, reason="No")
    with refused(Invalid):
        revoke_certificate(actor=world.chidi, certificate=certificate, reason=" ")

    revoke_certificate(actor=world.chidi, certificate=certificate, reason="The hours were not held.")

    with refused(InvalidTransition):
        revoke_certificate(actor=world.chidi, certificate=certificate, reason="Again")
    assert issue_certificate(actor=world.chidi, engagement=certificate.engagement).code != certificate.code


def test_the_file_is_small_and_repeatable_when_names_are_arabic(world: World) -> None:
    certificate = story.after_completion(world)
    certificate.facts["holder"] = "أمينة بن صالح"

    file = render_certificate(certificate, check_url=CHECK_URL)

    assert file.startswith(b"%PDF-")
    assert len(file) < 200_000
    assert file == render_certificate(certificate, check_url=CHECK_URL)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_names_and_code_can_be_read_back_when_the_text_is_extracted(world: World, tmp_path: Path) -> None:
    certificate = story.after_completion(world)
    path = tmp_path / "certificate.pdf"
    path.write_bytes(render_certificate(certificate, check_url=CHECK_URL))

    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout

    assert "Amina Ben Salah" in text
    assert "Hôpital régional de Jendouba" in text
    assert "1 h 30 min" in text
    assert " ".join(certificate.code[place : place + 4] for place in (0, 4, 8)) in text
    assert "not a formal recognition" in " ".join(text.split())


def test_long_texts_stay_on_one_page_when_everything_is_long(world: World) -> None:
    certificate = story.after_completion(world)
    certificate.facts.update(
        holder="M" * 60 + " " + "N" * 59,
        organisation="Ministère " * 16,
        title="Long title " * 12,
        skills=[{"label": f"{number} communicate about care", "uri": "", "minutes": 60} for number in range(20)],
        transferable=[{"label": "communicate across cultures", "uri": ""} for _number in range(6)],
    )
    file = render_certificate(certificate, check_url=CHECK_URL)
    assert file.count(b"/Type /Page\n") == 1


def test_anybody_gets_the_file_when_the_certificate_is_valid(world: World, as_person: SignIn) -> None:
    certificate = story.after_completion(world)
    address = reverse("engagements:certificate-pdf", args=[certificate.code])

    answer = as_person(None).get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")

    revoke_certificate(actor=world.chidi, certificate=certificate, reason="The hours were not held.")
    assert as_person(None).get(address).status_code == 404


def test_the_check_page_says_valid_withdrawn_or_unknown_when_asked(world: World, as_person: SignIn) -> None:
    certificate = story.after_completion(world)
    visitor = as_person(None)
    address = reverse("engagements:certificate", args=[certificate.code])

    page = visitor.get(address).content.decode()
    assert "This certificate is valid" in page
    assert "Amina Ben Salah" in page
    assert "amina@example.org" not in page

    revoke_certificate(actor=world.chidi, certificate=certificate, reason="The hours were not held.")
    page = visitor.get(address).content.decode()
    assert "This certificate was withdrawn" in page
    assert "Amina Ben Salah" not in page
    assert "The hours were not held." not in page

    unknown = visitor.get(reverse("engagements:certificate", args=["000000000000"]))
    assert unknown.status_code == 404
    assert "Check the spelling" in unknown.content.decode()


def test_the_form_forgives_typing_when_a_code_is_entered(world: World, as_person: SignIn) -> None:
    certificate = story.after_completion(world)
    Certificate.objects.update(code="0a1b2c3d4v5f")
    visitor = as_person(None)

    found = visitor.get(reverse("engagements:verify"), {"code": " OAlB-2c3D 4U5f "})

    assert found["Location"] == "/verify/0a1b2c3d4v5f/"
    assert visitor.get(reverse("engagements:verify")).status_code == 200
    assert visitor.get(reverse("engagements:verify"), {"code": ""}).status_code == 422
    assert visitor.get(visitor.get(reverse("engagements:verify"), {"code": "../x"})["Location"]).status_code == 404
    assert certificate.engagement_id == Engagement.objects.get().pk


@pytest.mark.parametrize("typed", ["0A1B", "oaib", "O A L B", "0a-1b"])
def test_the_same_code_is_meant_when_it_is_typed_differently(typed: str) -> None:
    assert clean_code(typed) == "0a1b"
