"""Two coordinators verify an organisation: what each may say, and that the database holds it against everybody."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import Http404
from django.utils import timezone

from diaspora_net.accounts.actions.organisations import change_organisation
from diaspora_net.accounts.actions.people import end_remit, grant_remit, suspend_person
from diaspora_net.accounts.actions.verification import (
    recommend_organisation,
    request_documents,
    return_recommendation,
    suspend_organisation,
    verify_organisation,
)
from diaspora_net.accounts.models import Membership, Organisation, OrganisationDecision, User, Verification
from diaspora_net.accounts.queries.verification import (
    get_organisation_to_check,
    opinions_of,
    seconds_for,
    seconds_of,
)
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.models import AuditEntry
from messaging.models import Notification
from tests.factories import check_everything, make_organisation, make_person
from tests.threads import at_once
from tests.world import World, after_verification

pytestmark = pytest.mark.django_db
WHY = "Register of the ministry, called back."


@pytest.fixture
def clinic(world: World) -> Organisation:
    return checked(world, make_organisation(make_person("owner@example.org", "Olfa"), name="Clinique de Tabarka"))


def checked(world: World, place: Organisation) -> Organisation:
    check_everything(world.chidi, place)
    return place


def recommended(world: World, clinic: Organisation) -> Verification:
    return recommend_organisation(actor=world.chidi, organisation=clinic, reason=WHY)


def colleague(country: str = "TN", name: str = "Femi") -> User:
    person = make_person(f"{name.lower()}@example.org", name)
    grant_remit(actor=None, user=person, country=country)
    return person


# ── What each of the two may say ────────────────────────────────────────────────────────────────────────────────────
def test_one_recommends_and_another_verifies_for_a_year(world: World, clinic: Organisation) -> None:
    recommended(world, clinic)
    clinic.refresh_from_db()
    assert clinic.state == "applied"
    told = Notification.objects.filter(verb="accounts.organisation.recommended", params__organisation=clinic.name)
    assert [row.user_id for row in told] == [world.esi.pk]
    verify_organisation(actor=world.esi, organisation=clinic, reason="Found the number myself.")
    clinic.refresh_from_db()
    assert (clinic.state, clinic.verified_until) == ("verified", timezone.localdate() + timedelta(days=365))
    word = Verification.objects.get(organisation=clinic)
    assert (clinic.verification, word.recommended_by, word.decided_by) == (word, world.chidi, world.esi)
    entry = AuditEntry.objects.get(verb="accounts.organisation.verified", object_id=str(clinic.pk))
    assert entry.changes["state"] == ["applied", "verified"]


def written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Verification, OrganisationDecision, AuditEntry, Notification))


def test_who_recommended_does_not_decide(world: World, clinic: Organisation) -> None:
    recommended(world, clinic)
    before = written()
    with pytest.raises(NotAllowed, match="another coordinator"):
        verify_organisation(actor=world.chidi, organisation=clinic, reason=WHY)
    clinic.refresh_from_db()
    assert (clinic.state, written()) == ("applied", before)


def test_nobody_verifies_what_nobody_recommended(world: World, clinic: Organisation) -> None:
    before = written()
    with pytest.raises(Conflict):
        verify_organisation(actor=world.esi, organisation=clinic, reason=WHY)
    assert written() == before


@pytest.mark.parametrize("who", ["amina", "bereket", "dana", "esi"])
def test_only_a_coordinator_of_the_country_recommends(world: World, clinic: Organisation, who: str) -> None:
    person = world.esi if who == "esi" else world.people[who]
    before = written()
    with pytest.raises(NotAllowed):
        recommend_organisation(actor=person, organisation=clinic, reason=WHY)
    assert written() == before


def test_a_coordinator_of_elsewhere_decides_only_while_the_country_has_no_other(
    world: World, clinic: Organisation
) -> None:
    recommended(world, clinic)
    femi = colleague()
    assert list(seconds_for(clinic, world.chidi)) == [femi]
    with pytest.raises(NotAllowed):
        verify_organisation(actor=world.esi, organisation=clinic, reason=WHY)
    end_remit(actor=None, user=femi, country="TN")
    assert list(seconds_for(clinic, world.chidi)) == [world.esi]
    verify_organisation(actor=world.esi, organisation=clinic, reason=WHY)


def test_members_of_the_organisation_give_no_opinion(world: World, clinic: Organisation) -> None:
    Membership.objects.create(organisation=clinic, user=world.esi, role="counterpart")
    recommended(world, clinic)
    with pytest.raises(NotAllowed):
        verify_organisation(actor=world.esi, organisation=clinic, reason=WHY)
    assert list(seconds_for(clinic, world.chidi)) == []
    assert seconds_of({clinic.pk: world.chidi.pk}) == {clinic.pk: []}


def test_many_are_asked_as_one_is(world: World, clinic: Organisation) -> None:
    places = [clinic, make_organisation(world.dana, name="Hôpital de Kigali", country="RW")]
    femi = colleague("RW")
    firsts = {clinic.pk: world.chidi, places[1].pk: femi}
    told = seconds_of({pk: first.pk for pk, first in firsts.items()})
    assert told == {place.pk: list(seconds_for(place, firsts[place.pk])) for place in places}
    assert told[places[1].pk] == [world.esi]


def test_a_recommendation_is_given_back_with_a_question_and_given_anew(world: World, clinic: Organisation) -> None:
    first = recommended(world, clinic)
    with pytest.raises(Invalid):
        return_recommendation(actor=world.esi, organisation=clinic, reason=" ")
    return_recommendation(actor=world.esi, organisation=clinic, reason="Who answered when you called?")
    told = Notification.objects.get(verb="accounts.organisation.returned")
    assert told.user_id == world.chidi.pk
    entry = AuditEntry.objects.get(verb="accounts.organisation.returned")
    assert (entry.changes["before"], entry.changes["after"]) == ("recommended", "withdrawn")
    recommended(world, clinic)
    first.refresh_from_db()
    assert (first.state, first.decided_by) == ("withdrawn", world.esi)
    verify_organisation(actor=world.esi, organisation=clinic, reason=WHY)


def test_one_takes_ones_own_recommendation_back(world: World, clinic: Organisation) -> None:
    recommended(world, clinic)
    return_recommendation(actor=world.chidi, organisation=clinic, reason="The number is another's.")
    assert Verification.objects.get(organisation=clinic).state == "withdrawn"
    assert not Notification.objects.filter(verb="accounts.organisation.returned").exists()


@pytest.mark.parametrize("decide", [request_documents, suspend_organisation])
def test_other_decisions_close_the_recommendation(
    world: World, clinic: Organisation, decide: Callable[..., object]
) -> None:
    recommended(world, clinic)
    decide(actor=world.chidi, organisation=clinic, reason="The letter is forged, it seems.")
    assert Verification.objects.get(organisation=clinic).state == "withdrawn"
    recommended(world, clinic)
    clinic.refresh_from_db()
    assert clinic.state == "applied"
    verify_organisation(actor=world.esi, organisation=clinic, reason=WHY)


@pytest.mark.parametrize("leave", ["remit", "person"])
def test_a_recommendation_of_who_left_counts_no_more_but_is_no_dead_end(
    world: World, clinic: Organisation, leave: str
) -> None:
    recommended(world, clinic)
    femi = colleague()
    if leave == "remit":
        end_remit(actor=None, user=world.chidi, country="TN")
    else:
        end_remit(actor=None, user=world.chidi, country="TN")
        suspend_person(actor=None, user=world.chidi, reason="Left.")
    assert opinions_of(femi, clinic).is_stale
    with pytest.raises(Conflict, match="no longer"):
        verify_organisation(actor=femi, organisation=clinic, reason=WHY)
    recommend_organisation(actor=femi, organisation=clinic, reason=WHY)
    verify_organisation(actor=world.esi, organisation=clinic, reason=WHY)


def test_two_recommendations_of_one_organisation_are_refused(world: World, clinic: Organisation) -> None:
    recommended(world, clinic)
    with pytest.raises(Conflict, match="Chidi"):
        recommend_organisation(actor=colleague(), organisation=clinic, reason=WHY)


def test_who_is_verified_is_not_recommended(world: World) -> None:
    with pytest.raises(InvalidTransition):
        recommended(world, world.hospital)


def test_a_new_name_needs_two_again(world: World) -> None:
    renamed = change_organisation(actor=world.bereket, organisation=world.hospital, name="Hôpital royal de Jendouba")
    with pytest.raises(Conflict):
        verify_organisation(actor=world.esi, organisation=renamed, reason=WHY)
    after_verification(world, renamed)


# ── Who sees it, and says so plainly ────────────────────────────────────────────────────────────────────────────────
def test_who_decides_from_elsewhere_sees_it_until_it_is_decided(world: World, clinic: Organisation) -> None:
    with pytest.raises(Http404):
        get_organisation_to_check(world.esi, clinic.reference)
    recommended(world, clinic)
    assert get_organisation_to_check(world.esi, clinic.reference) == clinic
    verify_organisation(actor=world.esi, organisation=clinic, reason=WHY)
    with pytest.raises(Http404):
        get_organisation_to_check(world.esi, clinic.reference)


def test_page_says_who_is_next(world: World, clinic: Organisation, as_person: Callable[..., Any]) -> None:
    page, chidi, esi = f"/desk/organisations/{clinic.reference}/", as_person(world.chidi), as_person(world.esi)
    assert 'type="submit">Recommend</button>' in chidi.get(page).content.decode()
    assert chidi.post(f"{page}recommend/", {"reason": WHY}).status_code == 302
    html = chidi.get(page).content.decode()
    assert "Verify for a year" not in html
    assert "<bdi>Esi Mensah</bdi>" in html
    assert "No other coordinator of Tunisia may" in html
    assert chidi.post(f"{page}verify/", {"reason": WHY}).status_code == 403
    html = esi.get(page).content.decode()
    assert "your second opinion is asked for" in html
    assert "Suspend" not in html
    assert esi.post(f"{page}verify/", {"reason": ""}).status_code == 422
    assert esi.post(f"{page}verify/", {"reason": WHY}).status_code == 302
    clinic.refresh_from_db()
    assert clinic.state == "verified"


def test_page_says_what_to_do_when_nobody_else_coordinates(
    world: World, clinic: Organisation, as_person: Callable[..., Any]
) -> None:
    end_remit(actor=None, user=world.esi, country="RW")
    recommended(world, clinic)
    html = as_person(world.chidi).get(f"/desk/organisations/{clinic.reference}/").content.decode()
    assert "Nobody else coordinates here yet" in html
    assert "grant_remit" in html
    grant_remit(actor=None, user=world.dana, country="KE")
    assert get_organisation_to_check(world.dana, clinic.reference) == clinic


# ── The rule in the database ────────────────────────────────────────────────────────────────────────────────────────
ATTACKS = {
    "one person confirms their own": "UPDATE accounts_verification SET state = 'confirmed', decided_by_id = "
    "recommended_by_id, decided_at = now() WHERE id = {word}",
    "nobody confirms": "UPDATE accounts_verification SET state = 'confirmed' WHERE id = {word}",
    "somebody without a remit confirms": "UPDATE accounts_verification SET state = 'confirmed', decided_at = now(), "
    "decided_by_id = {dana} WHERE id = {word}",
    "another name is put under the recommendation": "UPDATE accounts_verification SET recommended_by_id = {esi} "
    "WHERE id = {word}",
    "another name is put under it while confirming": "UPDATE accounts_verification SET recommended_by_id = {esi}, "
    "state = 'confirmed', decided_by_id = {chidi}, decided_at = now() WHERE id = {word}",
    "it is moved to another organisation": "UPDATE accounts_verification SET organisation_id = {hospital} "
    "WHERE id = {word}",
    "it is born confirmed": "INSERT INTO accounts_verification (organisation_id, state, recommended_by_id, "
    "recommendation, recommended_at, decided_by_id, decided_at) VALUES ({hospital}, 'confirmed', {chidi}, 'x', now(), "
    "{esi}, now())",
    "somebody without a remit recommends": "INSERT INTO accounts_verification (organisation_id, state, "
    "recommended_by_id, recommendation, recommended_at) VALUES ({hospital}, 'recommended', {dana}, 'x', now())",
    "a second recommendation": "INSERT INTO accounts_verification (organisation_id, state, recommended_by_id, "
    "recommendation, recommended_at) VALUES ({clinic}, 'recommended', {chidi}, 'x', now())",
    "the state is written": "UPDATE accounts_organisation SET state = 'verified', verified_at = now(), verified_until "
    "= current_date + 9 WHERE id = {clinic}",
    "with the open recommendation": "UPDATE accounts_organisation SET state = 'verified', verified_at = now(), "
    "verified_until = current_date + 9, verification_id = {word} WHERE id = {clinic}",
    "with another's verification": "UPDATE accounts_organisation SET state = 'verified', verified_at = now(), "
    "verified_until = current_date + 9, verification_id = {other} WHERE id = {clinic}",
    "by way of renewal": "UPDATE accounts_organisation SET state = 'renewal_due', verified_until = current_date + 9 "
    "WHERE id = {clinic}",
    "by way of lapsing": "UPDATE accounts_organisation SET state = 'lapsed', verified_until = current_date + 9 "
    "WHERE id = {clinic}",
    "verified from the start": "INSERT INTO accounts_organisation (reference, name, kind, country, city, time_zone, "
    "website, registration_number, about, is_government, state, verified_at, verified_until, created_at, applied_at) "
    "VALUES ('abcdefghijkl', 'Fake', 'ngo', 'TN', '', 'UTC', '', '', '', false, 'verified', now(), current_date + 9, "
    "now(), now())",
    "a year more": "UPDATE accounts_organisation SET verified_until = verified_until + 365 WHERE id = {hospital}",
    "the old one forgotten": "UPDATE accounts_organisation SET verification_id = NULL WHERE id = {hospital}",
    "the confirmed one deleted": "DELETE FROM accounts_verification WHERE id = {other}",
    "the confirmed one reopened": "UPDATE accounts_verification SET state = 'recommended', decided_by_id = NULL, "
    "decided_at = NULL WHERE id = {other}",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_refuses(world: World, clinic: Organisation, attack: str) -> None:
    word = recommended(world, clinic)
    assert world.hospital.verification
    ids = {
        "word": word.pk,
        "clinic": clinic.pk,
        "hospital": world.hospital.pk,
        "other": world.hospital.verification.pk,
        **{name: person.pk for name, person in world.people.items()},
        "esi": world.esi.pk,
    }
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTACKS[attack].format(**ids) + "; SET CONSTRAINTS ALL IMMEDIATE")
    clinic.refresh_from_db()
    assert clinic.state == "applied"


def test_the_database_lets_two_people_do_what_it_refuses_one(world: World, clinic: Organisation) -> None:
    """The same statements by two people pass: what refuses the attacks is the rule, not a typing error."""
    word = recommended(world, clinic)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_verification SET state = 'confirmed', decided_at = now(), decided_by_id = %s "
            "WHERE id = %s",
            [world.esi.pk, word.pk],
        )
        cursor.execute(
            "UPDATE accounts_organisation SET state = 'verified', verified_at = now(), verified_until = current_date + "
            "9, verification_id = %s WHERE id = %s",
            [word.pk, clinic.pk],
        )
    clinic.refresh_from_db()
    assert clinic.state == "verified"


def test_the_database_does_not_take_an_old_verification_twice(world: World) -> None:
    """Neither the last one nor an older one brings a renamed organisation back."""
    renamed = change_organisation(actor=world.bereket, organisation=world.hospital, name="Another name")
    old = renamed.verification_id
    after_verification(world, renamed)
    renamed = change_organisation(actor=world.bereket, organisation=renamed, name="A third name")
    for word in (old, renamed.verification_id):
        with pytest.raises(DatabaseError), transaction.atomic():
            Organisation.objects.filter(pk=renamed.pk).update(state="verified", verification=word)


def test_without_its_triggers_the_database_lets_one_person_do_it(world: World, clinic: Organisation) -> None:
    """The control: the refusals above come from these triggers and this constraint."""
    word = recommended(world, clinic)
    confirm = (
        "UPDATE accounts_verification SET state = 'confirmed', decided_at = now(), decided_by_id = recommended_by_id "
        f"WHERE id = {word.pk}"
    )
    verify = (
        "UPDATE accounts_organisation SET state = 'verified', verified_at = now(), verified_until = current_date "
        f"WHERE id = {clinic.pk}"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TRIGGER accounts_verification_two ON accounts_verification")
        cursor.execute("DROP TRIGGER accounts_organisation_two ON accounts_organisation")
        cursor.execute("ALTER TABLE accounts_verification DROP CONSTRAINT verification_by_two")
        for attack in (confirm, verify):
            cursor.execute(attack)
            assert cursor.rowcount == 1
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_is_refused(world: World) -> None:
    clinic = checked(world, make_organisation(make_person("owner@example.org", "Olfa"), name="Clinique de Tabarka"))
    recommended(world, clinic)
    femi, gift = colleague(), colleague(name="Gift")

    def act(actor: User, decide: Callable[..., object]) -> object:
        return decide(actor=actor, organisation=Organisation.objects.get(pk=clinic.pk), reason=WHY)

    acts = ((femi, verify_organisation), (gift, verify_organisation), (gift, return_recommendation))
    came = at_once([partial(act, *one) for one in acts])
    assert sum(isinstance(one, Conflict) for one in came) == 2
    assert Verification.objects.filter(organisation=clinic).exclude(state="recommended").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_recommendations_at_once_one_is_refused(world: World) -> None:
    clinic = checked(world, make_organisation(make_person("owner@example.org", "Olfa"), name="Clinique de Tabarka"))

    def act(actor: User) -> object:
        return recommend_organisation(actor=actor, organisation=Organisation.objects.get(pk=clinic.pk), reason=WHY)

    came = at_once([partial(act, person) for person in (world.chidi, colleague())])
    assert sum(isinstance(one, Conflict) for one in came) == 1
