"""The whole main job through the pages, as people without JavaScript do it: from joining to the certificate."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.states import REQUIRED_CHECKS
from diaspora_net.core.models import AuditEntry
from engagements.models import Certificate, Engagement, Need, Proposal
from messaging.models import Message
from tests.conftest import without_tokens
from tests.factories import make_person, make_vocabulary
from tests.world import World, after_need_published, after_proposal_accepted

SignIn = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db


def page(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def sent(answer: HttpResponse) -> str:
    """Return where a form that was accepted leads to."""
    problems = re.findall(r"form-errors-title.*?</ul>", answer.content.decode(), re.DOTALL)
    assert answer.status_code in {302, 303}, (answer.status_code, problems)
    return str(answer["Location"])


def test_publishing_a_profile_takes_four_short_steps_and_ends_at_needs_that_fit(
    as_person: SignIn, world: World
) -> None:
    nadia = make_person("nadia@example.org", "Nadia Haddad")
    skills = make_vocabulary()
    client = as_person(nadia)
    ecg = str(skills["interpret-ecg"].pk)
    identity = {"full_name": "Nadia Haddad", "headline": "Nurse, 9 years", "residence": "CA", "origin_1": "TN"}
    assert sent(client.post("/start/expert/identity/", identity)) == "/start/expert/skills/"
    chosen = {"skills": [ecg], f"level-{ecg}": "4", f"years-{ecg}": "9"}
    assert sent(client.post("/start/expert/skills/", chosen)) == "/start/expert/languages/"
    spoken = {"language_0": "fr", "level_0": "6", "language_1": "ar", "level_1": "6"}
    assert sent(client.post("/start/expert/languages/", spoken)) == "/start/expert/give/"
    giving = {
        "hours_per_month": "4",
        "capacity": "2",
        "kinds": ["training"],
        "modalities": ["remote"],
        "audience": "organisations",
        "time_zone": "America/Toronto",
        "availability": ["0-480-720"],
        "publish": "1",
    }
    assert sent(client.post("/start/expert/give/", giving)) == "/for-you/"
    nadia.refresh_from_db()
    assert nadia.expert_profile.state == "published"
    assert nadia.time_zone == "America/Toronto"


def test_posting_a_need_takes_one_page_and_a_coordinators_check(as_person: SignIn, world: World) -> None:
    skills = make_vocabulary()
    institution, coordinator = as_person(world.bereket), as_person(world.chidi)
    ecg = str(skills["interpret-ecg"].pk)
    written = {
        "title": "Train our nurses to read electrocardiograms",
        "skills": [ecg],
        f"strength-{ecg}": "required",
        "kind": "training",
        "modality": "remote",
        "language": "fr",
        "hours": "12",
        "focal_point": str(world.bereket.pk),
        "knowledge_transfer": "Two head nurses teach the next group.",
        "send": "1",
    }
    sent(institution.post(f"/needs/new/?organisation={world.hospital.reference}", written))
    need = Need.objects.get()
    assert need.state == "submitted"
    assert need.title in page(coordinator.get("/desk/"))
    assert need.title in page(coordinator.get(f"/desk/needs/{need.reference}/"))
    ticked = {"scope_is_clear": "on", "knowledge_stays": "on", "staff_are_ready": "on", "urgency_is_known": "on"}
    assert sent(coordinator.post(f"/desk/needs/{need.reference}/publish/", ticked)) == "/desk/"
    need.refresh_from_db()
    assert need.state == "published"
    people = page(institution.get(f"/needs/{need.reference}/people/"))
    assert "Amina Ben Salah" in people
    assert "must-have" in people
    assert need.title in page(as_person(world.amina).get("/for-you/"))


def test_from_application_to_certificate(as_person: SignIn, world: World) -> None:

    need = after_need_published(world)
    expert, institution, coordinator = as_person(world.amina), as_person(world.bereket), as_person(world.chidi)
    assert "electrocardiograms" in page(expert.get(f"/needs/{need.reference}/interest/"))
    sent(expert.post(f"/needs/{need.reference}/interest/", {"message": "I have trained nurses for twelve years."}))
    proposal = Proposal.objects.get()
    assert "twelve years" in page(institution.get(f"/proposals/{proposal.reference}/"))
    sent(institution.post(f"/proposals/{proposal.reference}/accept/"))
    engagement = Engagement.objects.get()
    assert engagement.conversation_id == proposal.conversation_id
    talk = f"/messages/{engagement.conversation_id}/"
    sent(expert.post(talk, {"text": "Bonjour, quand commençons-nous ?", "client_id": str(uuid.uuid4())}))
    assert "quand commençons-nous" in page(institution.get(talk))
    for client in (expert, institution):
        body = page(client.get(f"/engagements/{engagement.reference}/"))
        seen = re.search(r'name="seen" value="([^"]*)"', body)
        sent(client.post(f"/engagements/{engagement.reference}/agree/", {"seen": seen.group(1) if seen else ""}))
    sent(expert.post(f"/engagements/{engagement.reference}/start/"))
    session = {"held_on": str(engagement.created_at.date()), "minutes": "90", "kind": "training", "people_present": "6"}
    sent(expert.post(f"/engagements/{engagement.reference}/sessions/", session))
    logged = engagement.sessions.get()
    assert expert.post(f"/sessions/{logged.reference}/confirm/").status_code == 403
    sent(institution.post(f"/sessions/{logged.reference}/confirm/"))
    sent(institution.post(f"/engagements/{engagement.reference}/wrap-up/"))
    outcome = {
        "result": "achieved",
        "effects": ["knowledge"],
        "text": "Six nurses read them now.",
        "people_reached": "6",
    }
    for client in (expert, institution):
        sent(client.post(f"/engagements/{engagement.reference}/outcome/end/", outcome))
    sent(institution.post(f"/engagements/{engagement.reference}/complete/"))
    certificate = Certificate.objects.get()
    public = page(Client().get(f"/verify/{certificate.code}/"))
    assert "Amina Ben Salah" in public
    paper = expert.get(f"/certificates/{certificate.code}/certificate.pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.getvalue().startswith(b"%PDF")
    assert f"<bdi>{need.title}</bdi>" in page(coordinator.get("/desk/pipeline/?step=completed"))
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"engagements.proposal.accepted", "engagements.engagement.completed"} <= verbs


def test_two_coordinators_verify_an_institution_with_their_reasons(as_person: SignIn, world: World) -> None:
    newcomer = as_person(world.dana)
    applied = {"name": "Clinique de Tabarka", "kind": "hospital", "country": "TN", "time_zone": "Africa/Tunis"}
    sent(newcomer.post("/org/new/", applied))
    clinic = Organisation.objects.get(name="Clinique de Tabarka")
    coordinator = as_person(world.chidi)
    assert "Clinique de Tabarka" in page(coordinator.get("/desk/"))
    case, reason = f"/desk/organisations/{clinic.reference}/", {"reason": "Register of the ministry, called back."}
    assert coordinator.post(f"{case}recommend/", reason).status_code == 422
    found = {f"result_{item}": "passed" for item in REQUIRED_CHECKS}
    sent(coordinator.post(f"{case}checks/", found | {f"note_{item}": "Seen." for item in REQUIRED_CHECKS}))
    assert coordinator.post(f"{case}recommend/", {"reason": ""}).status_code == 422
    assert sent(coordinator.post(f"{case}recommend/", reason)) == "/desk/"
    assert coordinator.post(f"{case}verify/", reason).status_code == 403
    second = as_person(world.esi)
    assert "Clinique de Tabarka" in page(second.get("/desk/"))
    assert sent(second.post(f"{case}verify/", reason)) == "/desk/"
    clinic.refresh_from_db()
    assert clinic.state == "verified"


def test_stranger_meets_the_same_404_everywhere(as_person: SignIn, world: World) -> None:

    engagement = after_proposal_accepted(world)
    stranger = as_person(world.dana)
    addresses = {
        f"/engagements/{engagement.reference}/": "/engagements/000000000000/",
        f"/proposals/{engagement.proposal.reference}/": "/proposals/000000000000/",
        f"/messages/{engagement.conversation_id}/": f"/messages/{uuid.uuid4()}/",
        f"/experts/{world.profile.reference}/": "/experts/000000000000/",
    }
    for forbidden, unknown in addresses.items():
        one, other = stranger.get(forbidden), stranger.get(unknown)
        assert (one.status_code, other.status_code) == (404, 404)
        assert without_tokens(one) == without_tokens(other)
    assert Message.objects.count() >= 1
