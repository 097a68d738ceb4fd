"""Pages of organisations and their team, as browsers without script use them."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.organisations import add_member
from diaspora_net.accounts.actions.verification import request_documents
from diaspora_net.accounts.models import Membership, User
from diaspora_net.core.errors import NotAllowed
from messaging.models import Notification
from tests.factories import make_organisation, make_person
from tests.world import World, after_verification

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


def test_who_belongs_to_one_organisation_goes_straight_to_what_waits(world: World, as_person: AsPerson) -> None:
    answer = as_person(world.bereket).get("/org/")
    assert answer.headers["Location"] == f"/org/{world.hospital.reference}/needs/"


def test_who_belongs_to_several_or_none_reads_the_list(world: World, as_person: AsPerson) -> None:
    make_organisation(world.bereket, name="Clinique de Tabarka")
    html = as_person(world.bereket).get("/org/").content.decode()
    assert "Clinique de Tabarka" in html
    assert "Jendouba" in html
    assert "Register yours" in as_person(world.dana).get("/org/").content.decode()


def test_request_for_documents_reaches_the_institution_and_its_answer_the_coordinator(
    world: World, as_person: AsPerson
) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    request_documents(actor=world.chidi, organisation=clinic, reason="Please give the number in the public register.")
    client = as_person(world.dana)
    for page in ("", "edit/", "needs/"):
        html = client.get(f"/org/{clinic.reference}/{page}").content.decode()
        assert "Please give the number in the public register." in html
    told = Notification.objects.filter(user=world.chidi, verb="accounts.organisation.applied")
    before = told.count()
    values = {"name": clinic.name, "city": "Tabarka", "time_zone": "Africa/Tunis", "registration_number": "B-117"}
    assert client.post(f"/org/{clinic.reference}/edit/", values).status_code == 302
    clinic.refresh_from_db()
    assert (clinic.state, clinic.registration_number) == ("applied", "B-117")
    assert told.count() == before + 1
    assert "Please give the number" not in client.get(f"/org/{clinic.reference}/").content.decode()


def test_request_for_documents_is_shown_to_members_only(world: World, as_person: AsPerson) -> None:
    clinic = make_organisation(make_person("owner@example.org", "Owner"), name="Clinique de Tabarka")
    request_documents(actor=world.chidi, organisation=clinic, reason="Something private.")
    assert "Something private." not in as_person(world.chidi).get(f"/org/{clinic.reference}/").content.decode()


def test_saving_changes_nothing_about_the_standing_when_nothing_was_asked(world: World, as_person: AsPerson) -> None:
    values = {"name": world.hospital.name, "city": "Béja", "time_zone": "Africa/Tunis"}
    assert as_person(world.bereket).post(f"/org/{world.hospital.reference}/edit/", values).status_code == 302
    world.hospital.refresh_from_db()
    assert (world.hospital.state, world.hospital.city) == ("verified", "Béja")


def test_heading_keeps_the_name_when_a_new_one_is_refused(world: World, as_person: AsPerson) -> None:
    answer = as_person(world.bereket).post(f"/org/{world.hospital.reference}/edit/", {"name": "", "time_zone": "x"})
    assert answer.status_code == 422
    assert f"<h1><bdi>{world.hospital.name}</bdi></h1>" in answer.content.decode()


def test_need_of_an_unverified_institution_is_kept_but_not_sent(world: World, as_person: AsPerson) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    client = as_person(world.dana)
    url = f"/needs/new/?organisation={clinic.reference}"
    html = client.get(url).content.decode()
    assert 'name="send"' not in html
    assert "You can send it once your organisation is verified." in html
    values = {"title": "Train our nurses", "kind": "training", "modality": "remote", "focal_point": world.dana.pk}
    answer = client.post(url, {**values, "save": "1"}, follow=True)
    html = answer.content.decode()
    assert "Saved as a draft." in html
    assert "Send for checking" not in html
    after_verification(world, clinic)
    assert "Send for checking" in client.get(answer.redirect_chain[-1][0]).content.decode()


def membership(world: World, person: User) -> Membership:
    return Membership.objects.get(organisation=world.hospital, user=person)


def test_owner_hands_over_and_leaves(world: World, as_person: AsPerson) -> None:
    add_member(actor=world.bereket, organisation=world.hospital, email="dana@example.org", role="poster")
    client, page = as_person(world.bereket), f"/org/{world.hospital.reference}/"
    own, colleague = membership(world, world.bereket), membership(world, world.dana)
    html = client.get(page).content.decode()
    assert "The only owner stays" in html
    assert f"team/{own.pk}/remove/" not in html
    assert client.post(f"{page}team/{colleague.pk}/role/", {"role": "nonsense"}).status_code == 422
    assert client.post(f"{page}team/{colleague.pk}/role/", {"role": "owner"}).status_code == 302
    colleague.refresh_from_db()
    assert colleague.role == "owner"
    assert client.post(f"{page}team/{own.pk}/remove/").headers["Location"] == "/org/"
    assert membership(world, world.bereket).left_at is not None


def test_roles_are_changed_by_owners_only(world: World, as_person: AsPerson) -> None:
    add_member(actor=world.bereket, organisation=world.hospital, email="dana@example.org", role="poster")
    own = membership(world, world.dana)
    url = f"/org/{world.hospital.reference}/team/{own.pk}/role/"
    assert as_person(world.dana).post(url, {"role": "owner"}).status_code == NotAllowed.status
    assert as_person(world.amina).post(url, {"role": "owner"}).status_code == 404
    own.refresh_from_db()
    assert own.role == "poster"


def test_only_owner_keeps_the_role(world: World, as_person: AsPerson) -> None:
    own = membership(world, world.bereket)
    url = f"/org/{world.hospital.reference}/team/{own.pk}/role/"
    assert as_person(world.bereket).post(url, {"role": "poster"}).status_code == 422
    own.refresh_from_db()
    assert own.role == "owner"


@pytest.mark.parametrize(("page", "queries"), [("/org/", 7), ("organisation", 12)])
@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_when_there_are_more_rows(
    world: World,
    as_person: AsPerson,
    django_assert_num_queries: DjangoAssertNumQueries,
    page: str,
    queries: int,
    count: int,
) -> None:
    for number in range(count):
        clinic = make_organisation(world.bereket, name=f"Clinique {number}")
        after_verification(world, clinic)
        make_person(f"colleague{number}@example.org", f"Colleague {number}")
        add_member(
            actor=world.bereket, organisation=world.hospital, email=f"colleague{number}@example.org", role="poster"
        )
    client = as_person(world.bereket)
    url = f"/org/{world.hospital.reference}/" if page == "organisation" else page
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200
