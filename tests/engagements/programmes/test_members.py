"""Joining a programme: the rules in words, open doors and applications, places, and who may end what."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, DomainError, Invalid, InvalidTransition, NotAllowed
from engagements.actions.cohorts import add_cohort, change_cohort, move_cohort, move_member
from engagements.actions.members import (
    accept_member,
    decline_member,
    join_programme,
    leave_programme,
    remove_member,
)
from engagements.models import Member
from engagements.queries.eligibility import checks_of_expert, checks_of_organisation, fits
from messaging.models import Notification
from tests import world as cast
from tests.engagements.programmes.story import after_applied, after_joined, after_need_placed, after_started
from tests.engagements.work.refusals import refused
from tests.factories import make_expert, make_organisation, make_person, make_vocabulary
from tests.threads import at_once
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


@pytest.mark.parametrize(
    ("rules", "key", "met"),
    [
        ({"origins": ["TN", "MA"]}, "origins", True),
        ({"origins": ["GH"]}, "origins", False),
        ({"residences": ["FR"]}, "residences", True),
        ({"residences": ["DE"]}, "residences", False),
        ({"languages": ["fr"], "language_level": 5}, "languages", True),
        ({"languages": ["ar"], "language_level": 1}, "languages", False),
        ({"languages": ["en"], "language_level": 6}, "languages", False),
        ({"skills": ["cardiology"]}, "skills", True),
        ({"skills": ["grid-operation"]}, "skills", False),
    ],
)
def test_each_rule_is_told_to_the_expert(world: World, rules: dict[str, object], key: str, met: bool) -> None:
    if "skills" in rules:
        rules = {"skills": [make_vocabulary()[slug] for slug in rules["skills"]]}
    programme = after_started(world, **rules)
    checks = {check.key: check for check in checks_of_expert(programme, world.profile)}
    assert checks[key].is_met == fits(checks.values()) == met
    assert checks[key].asked
    if not met:
        with pytest.raises(Invalid, match=re.escape(checks[key].asked)):
            join_programme(actor=world.amina, programme=programme)
        assert not Member.objects.exists()


def test_a_narrower_skill_is_in_the_family(world: World) -> None:
    omar = make_expert(make_person("omar@example.org", "Omar"), skills={"echocardiography": (3, 4)})
    programme = after_started(world, skills=[make_vocabulary()["cardiology"]])
    assert fits(checks_of_expert(programme, omar))


def test_each_rule_is_told_to_the_institution(world: World) -> None:
    clinic = make_organisation(make_person("owner@example.org", "Olfa"), name="Clinique de Tabarka")
    programme = after_started(world, organisation_kinds=["university"])
    met = {check.key: check.is_met for check in checks_of_organisation(programme, world.hospital)}
    assert met == {"countries": True, "verified": True, "kinds": False}
    met = {check.key: check.is_met for check in checks_of_organisation(after_started(world), clinic)}
    assert met == {"countries": True, "verified": False}
    met = {
        check.key: check.is_met
        for check in checks_of_organisation(after_started(world, sides={"GH": "origin"}), clinic)
    }
    assert met == {"countries": False, "verified": False}


@pytest.mark.parametrize(("begins", "ends", "met"), [(-5, 5, True), (1, 5, False), (-5, -1, False), (0, 0, True)])
def test_applications_have_their_time(world: World, begins: int, ends: int, met: bool) -> None:
    today = timezone.localdate()
    window = {"applies_from": today + timedelta(days=begins), "applies_until": today + timedelta(days=ends)}
    checks = checks_of_expert(after_started(world, **window), world.profile)
    assert fits(checks) == met


def test_an_open_programme_is_joined_at_once_and_left(world: World) -> None:
    member = after_joined(world)
    assert (member.state, member.cohort.programme) == ("member", member.programme)
    with refused(Conflict):
        join_programme(actor=world.amina, programme=member.programme)
    for person in (world.dana, world.bereket, world.chidi):
        with refused(NotAllowed):
            leave_programme(actor=person, member=member)
    assert leave_programme(actor=world.amina, member=member).state == "left"
    assert join_programme(actor=world.amina, programme=member.programme).state == "member"
    hospital = join_programme(actor=world.bereket, programme=member.programme, organisation=world.hospital)
    assert hospital.organisation == world.hospital
    with refused(NotAllowed):
        join_programme(actor=world.dana, programme=member.programme, organisation=world.hospital)
    with refused(NotAllowed):
        join_programme(actor=world.dana, programme=member.programme)


def test_an_application_gets_an_answer(world: World) -> None:
    member = after_applied(world)
    assert Notification.objects.filter(user=world.chidi, verb="engagements.member.applied").count() == 1
    for act in (accept_member, decline_member, remove_member):
        with refused(NotAllowed):
            act(actor=world.amina, member=member)
    accept_member(actor=world.chidi, member=member)
    assert (member.state, member.decided_by) == ("member", world.chidi)
    assert Notification.objects.filter(user=world.amina, verb="engagements.member.accepted").count() == 1
    with refused(InvalidTransition):
        decline_member(actor=world.chidi, member=member)
    remove_member(actor=world.chidi, member=member)
    assert Notification.objects.filter(user=world.amina, verb="engagements.member.removed").count() == 1


def test_a_full_cohort_takes_nobody_and_the_next_one_does(world: World) -> None:
    member = after_joined(world)
    change_cohort(actor=world.chidi, cohort=member.cohort, name="First", places=1)
    omar = make_person("omar@example.org", "Omar")
    make_expert(omar, skills={"cardiology": (3, 4)})
    with refused(Conflict):
        join_programme(actor=omar, programme=member.programme)
    second = add_cohort(actor=world.chidi, programme=member.programme, name="Second")
    other = join_programme(actor=omar, programme=member.programme)
    assert other.cohort == second
    with refused(Conflict):
        move_member(actor=world.chidi, member=other, cohort=member.cohort)
    assert move_member(actor=world.chidi, member=member, cohort=second).cohort == second
    with refused(Invalid):
        add_cohort(actor=world.chidi, programme=member.programme, name="Second")
    for cohort in (second, member.programme.cohorts.get(name="First")):
        move_cohort(actor=world.chidi, cohort=cohort, to="working")
        move_cohort(actor=world.chidi, cohort=cohort, to="finished")
    leave_programme(actor=omar, member=other)
    with refused(Conflict):
        join_programme(actor=omar, programme=member.programme)


def test_the_database_refuses_impossible_members(world: World) -> None:
    member = after_joined(world)
    for values in ({"state": "magic"}, {"expert": None}, {"organisation": world.hospital}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Member.objects.filter(pk=member.pk).update(**values)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_last_place_one_gets_it() -> None:
    world = make_world()
    programme = after_started(world)
    change_cohort(actor=world.chidi, cohort=programme.cohorts.get(), name="One", places=1)
    omar = make_person("omar@example.org", "Omar")
    make_expert(omar, skills={"cardiology": (3, 4)})
    joined = at_once([partial(join_programme, actor=one, programme=programme) for one in (world.amina, omar)])
    assert sorted(one.code if isinstance(one, DomainError) else "in" for one in joined) == ["full", "in"]
    assert Member.objects.count() == 1


def test_pages_of_a_programme(world: World, as_person: SignIn) -> None:
    programme = after_started(world, joining="apply", residences=["FR"])
    page = reverse("engagements:programme", args=[programme.reference])
    assert "Sign in to read whether you fit" in Client().get(page).content.decode()
    assert programme.name in Client().get(reverse("engagements:programmes")).content.decode()
    client = as_person(world.amina)
    text = client.get(page).content.decode()
    assert "You fit this programme." in text
    assert "Living in France" in text
    assert (
        client.post(reverse("engagements:programme-join", args=[programme.reference]), {"message": "Yes"}).status_code
        == 302
    )
    member = Member.objects.get()
    assert (member.message, member.state) == ("Yes", "applied")
    assert "Take the application back" in client.get(page).content.decode()
    coordinator = as_person(world.chidi)
    desk = reverse("engagements:desk-programme", args=[programme.reference])
    assert "Let in" in coordinator.get(desk).content.decode()
    coordinator.post(reverse("engagements:member-decide", args=[member.reference, "accept"]))
    assert "Leave the programme" in client.get(page).content.decode()
    client.post(reverse("engagements:programme-leave", args=[member.reference]))
    assert Member.objects.get().state == "left"
    text = as_person(world.bereket).get(page).content.decode()
    assert "It fits this programme." in text
    as_person(world.bereket).post(
        reverse("engagements:programme-join", args=[programme.reference]), {"organisation": world.hospital.reference}
    )
    assert Member.objects.get(organisation=world.hospital).state == "applied"


def test_who_does_not_fit_reads_why_and_is_not_taken(world: World, as_person: SignIn) -> None:
    programme = after_started(world, origins=["GH"])
    client = as_person(world.amina)
    text = client.get(reverse("engagements:programme", args=[programme.reference])).content.decode()
    assert "A tie to Ghana" in text
    assert "Your profile names Tunisia." in text
    answer = client.post(reverse("engagements:programme-join", args=[programme.reference]))
    assert (answer.status_code, "A tie to Ghana" in answer.content.decode()) == (422, True)
    assert not Member.objects.exists()


@pytest.mark.parametrize(("rows", "queries"), [(1, 22), (3, 22)])
def test_the_page_asks_the_same_for_one_member_and_three(
    world: World, as_person: SignIn, django_assert_num_queries: Callable[..., object], rows: int, queries: int
) -> None:
    cohort = after_need_placed(world)
    for number in range(rows - 1):
        other = make_person(f"other{number}@example.org", f"Other {number}")
        make_expert(other, skills={"cardiology": (3, 4)})
        join_programme(actor=other, programme=cohort.programme)
        cast.after_need_published(world, title=f"Need {number}")
    client = as_person(world.chidi)
    page = reverse("engagements:desk-programme", args=[cohort.programme.reference])
    client.get(page)
    with django_assert_num_queries(queries):
        client.get(page)
