"""Organisations: applying, verification by a coordinator, and the team."""

import pytest
from django.test import Client

from diaspora_net.accounts.actions.organisations import add_member, change_organisation, remove_member
from diaspora_net.accounts.actions.verification import recommend_organisation, request_documents, suspend_organisation
from diaspora_net.accounts.models import Membership, OrganisationDecision
from diaspora_net.accounts.queries.organisations import visible_organisations, working_week
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from messaging.models import Notification
from tests.conftest import without_tokens
from tests.factories import make_organisation, make_person
from tests.world import World

pytestmark = pytest.mark.django_db


def test_applying_makes_an_owner_and_tells_the_coordinator(world: World) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    assert clinic.state == "applied"
    assert Membership.objects.get(organisation=clinic).role == "owner"
    told = Notification.objects.filter(
        verb="accounts.organisation.applied", event_key=f"organisation-applied:{clinic.pk}"
    )
    assert [row.user_id for row in told] == [world.chidi.pk]
    assert AuditEntry.objects.filter(verb="accounts.organisation.applied", object_id=str(clinic.pk)).count() == 1


@pytest.mark.parametrize("who", ["amina", "bereket", "dana"])
def test_deciding_is_refused_and_nothing_written_when_the_person_is_not_its_coordinator(world: World, who: str) -> None:
    clinic = make_organisation(make_person("owner@example.org", "Owner"), name="Clinique de Tabarka")
    before = (OrganisationDecision.objects.count(), AuditEntry.objects.count(), Notification.objects.count())
    for decide in (recommend_organisation, request_documents, suspend_organisation):
        with pytest.raises(NotAllowed):
            decide(actor=world.people[who], organisation=clinic, reason="because")
    clinic.refresh_from_db()
    assert clinic.state == "applied"
    assert before == (OrganisationDecision.objects.count(), AuditEntry.objects.count(), Notification.objects.count())


def test_deciding_is_refused_when_the_coordinator_belongs_to_the_organisation(world: World) -> None:
    own = make_organisation(world.chidi, name="Own clinic")
    with pytest.raises(NotAllowed):
        recommend_organisation(actor=world.chidi, organisation=own, reason="I know it well.")


def test_deciding_is_refused_when_the_country_is_outside_the_remit(world: World) -> None:
    abroad = make_organisation(world.dana, name="Hôpital de Thiès", country="SN")
    with pytest.raises(NotAllowed):
        recommend_organisation(actor=world.chidi, organisation=abroad, reason="because")


def test_deciding_is_refused_without_a_reason(world: World) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    with pytest.raises(Invalid) as refusal:
        recommend_organisation(actor=world.chidi, organisation=clinic, reason="  ")
    assert "reason" in refusal.value.fields


def test_new_name_sends_a_verified_organisation_back_to_verification(world: World) -> None:
    changed = change_organisation(actor=world.bereket, organisation=world.hospital, name="Hôpital royal de Jendouba")
    assert changed.state == "applied"


def test_team_changes_are_for_owners_and_people_who_have_joined(world: World) -> None:
    with pytest.raises(NotAllowed):
        add_member(actor=world.dana, organisation=world.hospital, email="dana@example.org", role="owner")
    with pytest.raises(Invalid):
        add_member(actor=world.bereket, organisation=world.hospital, email="nobody@example.org", role="poster")
    add_member(actor=world.bereket, organisation=world.hospital, email="DANA@example.org", role="poster")
    with pytest.raises(Invalid):
        add_member(actor=world.bereket, organisation=world.hospital, email="dana@example.org", role="poster")


def test_last_owner_cannot_leave(world: World) -> None:
    own = Membership.objects.get(organisation=world.hospital, user=world.bereket)
    with pytest.raises(Invalid):
        remove_member(actor=world.bereket, organisation=world.hospital, membership=own)


def test_visibility_of_an_unverified_organisation(world: World) -> None:
    clinic = make_organisation(make_person("owner@example.org", "Owner"), name="Clinique de Tabarka")
    assert clinic in visible_organisations(world.chidi)
    assert clinic not in visible_organisations(world.dana)
    assert world.hospital in visible_organisations(world.dana)


def test_working_week_follows_the_country(world: World) -> None:
    assert [day for day, _start, _end in working_week(world.hospital.country.code)] == [0, 1, 2, 3, 4]
    assert [day for day, _start, _end in working_week("EG")] == [0, 1, 2, 3, 6]


def test_form_keeps_what_was_typed_when_it_is_wrong(world: World, client: Client) -> None:
    client.force_login(world.dana, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        "/org/new/", {"name": "Clinique de Tabarka", "kind": "hospital", "country": "", "time_zone": "UTC"}
    )
    assert answer.status_code == 422
    assert "Clinique de Tabarka" in answer.content.decode()


def test_unknown_and_forbidden_organisations_answer_with_the_same_bytes(world: World, client: Client) -> None:
    clinic = make_organisation(make_person("owner@example.org", "Owner"), name="Clinique de Tabarka")
    client.force_login(world.dana, backend="django.contrib.auth.backends.ModelBackend")
    forbidden = client.get(f"/org/{clinic.reference}/")
    unknown = client.get("/org/000000000000/")
    assert forbidden.status_code == unknown.status_code == 404
    assert without_tokens(forbidden) == without_tokens(unknown)
