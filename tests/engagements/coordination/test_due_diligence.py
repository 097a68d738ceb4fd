"""Due diligence: documents and who may have them, the checklist, and what the organisation sees is asked of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.due_diligence import record_check, require_checks
from diaspora_net.accounts.actions.organisations import answer_request
from diaspora_net.accounts.actions.people import end_remit, grant_remit
from diaspora_net.accounts.actions.verification import (
    recommend_organisation,
    request_documents,
    return_recommendation,
    verify_organisation,
)
from diaspora_net.accounts.models import DueDiligenceCheck, Membership, Organisation, RequiredChecks, User, Verification
from diaspora_net.accounts.queries.due_diligence import checklist_of
from diaspora_net.accounts.states import REQUIRED_CHECKS, CheckItem
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.organisation_documents import MOST_DOCUMENTS, add_document, remove_document
from engagements.models import OrganisationDocument
from engagements.queries.organisation_documents import document_lines, get_document, still_asked
from messaging.actions.file_checks import check_files
from messaging.actions.files import Arrival
from messaging.models import File
from tests.core.uploads.corpus import picture
from tests.factories import check_everything, make_organisation, make_person
from tests.world import World, after_verification

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]
TEXT = b"Journal officiel, 12 mars: est cree un hopital."


@pytest.fixture
def olfa() -> User:
    return make_person("olfa@example.org", "Olfa")


@pytest.fixture
def clinic(world: World, olfa: User) -> Organisation:
    return make_organisation(olfa, name="Clinique de Tabarka")


def paper(actor: User, place: Organisation, name: str = "decree.txt", kind: str = "registration") -> Any:
    content = TEXT + name.encode()
    return add_document(actor=actor, organisation=place, kind=kind, arrival=Arrival(name, len(content), [content]))


# ── Documents ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_document_is_checked_before_anybody_can_have_it(
    world: World, clinic: Organisation, olfa: User, as_person: AsPerson
) -> None:
    found = paper(olfa, clinic)
    page = f"/documents/{found.reference}/"
    assert as_person(world.chidi).get(page).status_code == 404
    assert check_files() == 1
    answer = as_person(world.chidi).get(page)
    assert answer.content == TEXT + b"decree.txt"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store, private"
    entry = AuditEntry.objects.get(verb="engagements.document.opened")
    assert (entry.actor, entry.object_id) == (world.chidi, str(clinic.pk))
    as_person(olfa).get(page)
    assert AuditEntry.objects.filter(verb="engagements.document.opened").count() == 1


def test_a_bad_file_is_not_accepted_and_is_asked_for_still(world: World, clinic: Organisation, olfa: User) -> None:
    request_documents(actor=world.chidi, organisation=clinic, reason="The decree.", asked=["registration"])
    clinic.refresh_from_db()
    fake = Arrival("decree.pdf", 5, [b"hello"])
    add_document(actor=olfa, organisation=clinic, kind="registration", arrival=fake)
    assert still_asked(clinic, document_lines(olfa, clinic)) == []
    check_files()
    (line,) = document_lines(olfa, clinic)
    assert line.line.problem.startswith("The content is not what the name says.")
    assert still_asked(clinic, document_lines(olfa, clinic)) == ["Registration or founding act"]
    with pytest.raises(Invalid):
        add_document(actor=olfa, organisation=clinic, kind="registration", arrival=Arrival("x.exe", 3, [b"MZ1"]))
    with pytest.raises(Invalid):
        add_document(actor=olfa, organisation=clinic, kind="passport", arrival=Arrival("x.txt", 3, [b"abc"]))
    assert OrganisationDocument.objects.count() == 1


def reads(person: User, document: OrganisationDocument) -> bool:
    try:
        return bool(get_document(person, document.reference))
    except Http404:
        return False


def test_only_its_people_its_coordinators_and_who_gives_the_second_opinion_have_documents(
    world: World, clinic: Organisation, olfa: User
) -> None:
    found = paper(olfa, clinic)
    check_everything(world.chidi, clinic)
    everybody = [olfa, world.chidi, world.esi, world.amina, world.bereket, world.dana]
    assert [reads(person, found) for person in everybody] == [True, True, False, False, False, False]
    recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")
    assert [reads(person, found) for person in everybody] == [True, True, True, False, False, False]
    verify_organisation(actor=world.esi, organisation=clinic, reason="Called back, too.")
    assert [reads(person, found) for person in everybody] == [True, True, False, False, False, False]
    Membership.objects.filter(user=olfa).update(left_at="2026-01-01T00:00Z")
    end_remit(actor=None, user=world.chidi, country="TN")
    assert [reads(person, found) for person in everybody] == [False] * 6


@pytest.mark.parametrize("who", ["amina", "bereket", "dana", "esi"])
def test_others_add_nothing(world: World, clinic: Organisation, who: str) -> None:
    person = world.esi if who == "esi" else world.people[who]
    with pytest.raises(NotAllowed):
        paper(person, clinic)
    assert (OrganisationDocument.objects.count(), File.objects.count()) == (0, 0)


def test_the_same_file_is_added_once_and_there_is_a_most(world: World, clinic: Organisation, olfa: User) -> None:
    assert paper(olfa, clinic) == paper(olfa, clinic)
    found = paper(world.chidi, clinic, "register.txt")
    assert (found.is_found, found.added_by) == (True, world.chidi)
    for number in range(MOST_DOCUMENTS - 2):
        File.objects.update(started_at="2026-01-01T00:00Z")  # so many in an hour are refused for themselves
        paper(olfa, clinic, f"{number}.txt")
    with pytest.raises(Conflict):
        paper(olfa, clinic, "one more.txt")


def test_who_added_a_document_removes_it_until_a_decision_rests_on_it(
    world: World, clinic: Organisation, olfa: User
) -> None:
    found = paper(olfa, clinic)
    with pytest.raises(NotAllowed):
        remove_document(actor=world.chidi, document=found)
    check_everything(world.chidi, clinic)
    recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")
    with pytest.raises(Conflict):
        remove_document(actor=olfa, document=found)
    return_recommendation(actor=world.esi, organisation=clinic, reason="Whose decree is it?")
    remove_document(actor=olfa, document=found)
    assert File.objects.get(pk=found.file_id).state == "gone"
    kept = paper(olfa, clinic, "kept.txt")
    recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")
    verify_organisation(actor=world.esi, organisation=clinic, reason="Called back, too.")
    with pytest.raises(Conflict):
        remove_document(actor=olfa, document=kept)


# ── What is asked of the organisation ───────────────────────────────────────────────────────────────────────────────
def test_organisation_sees_what_is_asked_and_gives_it(
    world: World, clinic: Organisation, olfa: User, as_person: AsPerson
) -> None:
    desk = f"/desk/organisations/{clinic.reference}/"
    values = {"reason": "The register has another address.", "asked": ["registration", "address"]}
    assert as_person(world.chidi).post(f"{desk}request-documents/", values).status_code == 302
    client, page = as_person(olfa), f"/org/{clinic.reference}/verification/"
    html = client.get(page).content.decode()
    assert "The register has another address." in html
    for label in ("Registration or founding act", "Proof of address"):
        assert f"<li>{label}</li>" in html
    assert f'href="{page}"' in client.get(f"/org/{clinic.reference}/").content.decode()
    for kind in ("registration", "address"):
        upload = SimpleUploadedFile(f"{kind}.png", picture("PNG"))
        assert client.post(page, {"kind": kind, "upload": upload}).status_code == 302
    html = client.get(page).content.decode()
    assert "All papers that were named are here." in html
    assert client.post(f"{page}send/").status_code == 302
    clinic.refresh_from_db()
    assert clinic.state == "applied"
    assert "Nothing is asked of you now." in client.get(page).content.decode()
    assert "registration.png" in as_person(world.chidi).get(desk).content.decode()
    with pytest.raises(Conflict):
        answer_request(actor=olfa, organisation=clinic)


def test_upload_without_a_file_says_so_and_keeps_the_choice(
    clinic: Organisation, olfa: User, as_person: AsPerson
) -> None:
    answer = as_person(olfa).post(f"/org/{clinic.reference}/verification/", {"kind": "tax"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Choose a file first." in html
    assert '<option value="tax" selected>' in html


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("org", 10), ("desk", 24)])
def test_pages_cost_the_same_with_more_documents(
    world: World,
    clinic: Organisation,
    olfa: User,
    as_person: AsPerson,
    django_assert_num_queries: DjangoAssertNumQueries,
    page: str,
    queries: int,
    count: int,
) -> None:
    for number in range(count):
        paper(olfa, clinic, f"{number}.txt")
        make_organisation(olfa, name=f"Clinique de Tabarca {'I' * number}")
        record_check(actor=world.chidi, organisation=clinic, item=CheckItem.values[number], result="passed", note="Ok.")
    check_files()
    url = f"/org/{clinic.reference}/verification/" if page == "org" else f"/desk/organisations/{clinic.reference}/"
    client = as_person(olfa if page == "org" else world.chidi)
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200


# ── The checklist ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_checks_are_written_by_name_and_day_and_kept(world: World, clinic: Organisation, as_person: AsPerson) -> None:
    page = f"/desk/organisations/{clinic.reference}/"
    client = as_person(world.chidi)
    values = {"result_callback": "concern", "note_callback": "The number rings in another country."}
    assert client.post(f"{page}checks/", values).status_code == 302
    values |= {"result_callback": "passed", "note_callback": "The ministry's number: they know it."}
    assert client.post(f"{page}checks/", values).status_code == 302
    assert client.post(f"{page}checks/", values).status_code == 302  # nothing new, so nothing is written
    rows = DueDiligenceCheck.objects.filter(organisation=clinic).order_by("pk")
    assert [(row.item, row.result, row.checked_by) for row in rows] == [
        ("callback", "concern", world.chidi),
        ("callback", "passed", world.chidi),
    ]
    entry = AuditEntry.objects.filter(verb="accounts.organisation.checked").latest("pk")
    assert (entry.changes["before"], entry.changes["after"]) == ("concern", "passed")
    html = client.get(page).content.decode()
    assert "The ministry&#x27;s number: they know it." in html


def test_a_result_asks_for_its_note_and_nothing_typed_is_lost(
    world: World, clinic: Organisation, as_person: AsPerson
) -> None:
    values = {"result_callback": "passed", "note_mandate": "Seen the letter."}
    answer = as_person(world.chidi).post(f"/desk/organisations/{clinic.reference}/checks/", values)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Say where you looked and what you found." in html
    assert "Choose what you found." in html
    assert "Seen the letter." in html
    assert not DueDiligenceCheck.objects.filter(organisation=clinic).exists()


@pytest.mark.parametrize("left_out", sorted(REQUIRED_CHECKS))
def test_nobody_recommends_before_every_required_check(world: World, clinic: Organisation, left_out: str) -> None:
    for item in sorted(REQUIRED_CHECKS - {left_out}):
        record_check(actor=world.chidi, organisation=clinic, item=item, result="passed", note="Seen.")
    for result in ("", "concern"):
        if result:
            record_check(actor=world.chidi, organisation=clinic, item=left_out, result=result, note="Odd.")
        with pytest.raises(Invalid, match="Check these first"):
            recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")
    assert not Verification.objects.filter(organisation=clinic).exists()
    record_check(actor=world.chidi, organisation=clinic, item=left_out, result="not_needed", note="A public body.")
    recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")


def test_checks_are_made_anew_after_a_verification(world: World, clinic: Organisation) -> None:
    after_verification(world, clinic)
    clinic.refresh_from_db()
    assert not any(line.is_missing for line in checklist_of(clinic))
    Organisation.objects.filter(pk=clinic.pk).update(state="applied")
    clinic.refresh_from_db()
    assert {line.item for line in checklist_of(clinic) if line.is_missing} == REQUIRED_CHECKS


@pytest.mark.parametrize("who", ["amina", "bereket", "dana", "esi"])
def test_others_check_nothing(world: World, clinic: Organisation, who: str) -> None:
    person = world.esi if who == "esi" else world.people[who]
    before = AuditEntry.objects.count()
    with pytest.raises(NotAllowed):
        record_check(actor=person, organisation=clinic, item="callback", result="passed", note="Seen.")
    assert AuditEntry.objects.count() == before


def test_second_coordinator_adds_what_they_found(world: World, clinic: Organisation) -> None:
    check_everything(world.chidi, clinic)
    recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")
    record_check(actor=world.esi, organisation=clinic, item="address", result="passed", note="On the map.")
    found = {line.item: line.found for line in checklist_of(clinic)}
    assert found[CheckItem.ADDRESS] is not None
    assert found[CheckItem.ADDRESS].checked_by == world.esi


# ── What a country requires ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_country_asks_for_more_or_less_but_never_without_the_two(
    world: World, clinic: Organisation, as_person: AsPerson
) -> None:
    client = as_person(world.chidi)
    assert client.post("/desk/checks/TN/", {"items": ["address"], "kept": "1"}).status_code == 302
    required = {line.item for line in checklist_of(clinic) if line.is_required}
    assert required == {CheckItem.ADDRESS, CheckItem.CALLBACK, CheckItem.IMPERSONATION}
    entry = AuditEntry.objects.get(verb="accounts.checks.required")
    assert entry.changes["after"] == {"items": "address, callback, impersonation"}
    assert client.get("/desk/checks/SN/").status_code == 404
    with pytest.raises(Invalid):
        require_checks(actor=world.chidi, country="TN", items=["address"])
    with pytest.raises(NotAllowed):
        require_checks(actor=world.esi, country="TN", items=CheckItem.values)
    assert RequiredChecks.objects.count() == 1


def test_two_who_check_from_one_country_see_the_same_case(world: World, clinic: Organisation) -> None:
    femi = make_person("femi@example.org", "Femi")
    grant_remit(actor=None, user=femi, country="TN")
    record_check(actor=femi, organisation=clinic, item="callback", result="passed", note="Called.")
    assert [line.found.checked_by for line in checklist_of(clinic) if line.found] == [femi]
