"""Searches for needs that nobody answers: who is asked when, and when it ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.models import Remit, User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.needs import pause_need
from engagements.actions.nominations import agree_to_nomination
from engagements.actions.proposals import accept_proposal, decline_proposal
from engagements.actions.rescues import ask_due_experts, plan_rescue, stop_rescue
from engagements.models import Need, Proposal, Rescue
from engagements.queries.rescues import next_best, rescues_of
from mentors.models import ExpertProfile
from tests import world as story
from tests.factories import make_expert, make_person
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]
MESSAGE = "The hospital needs help. May I suggest you?"


@pytest.fixture
def experts(world: World) -> list[ExpertProfile]:
    """Return Amina and three others who fit."""
    others = [make_person(f"expert{number}@example.org", f"Expert {number}") for number in range(3)]
    return [world.profile, *(make_expert(person, skills={"interpret-ecg": (3, 5)}) for person in others)]


@pytest.fixture
def need(world: World) -> Need:
    """Return an open need that nobody has answered."""
    return story.after_need_published(world)


def asked(need: Need) -> list[int]:
    return list(Proposal.objects.filter(need=need).order_by("pk").values_list("expert", flat=True))


def make_due() -> None:
    Rescue.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_two_are_asked_at_once_and_the_next_after_the_wait(
    world: World, need: Need, experts: list[ExpertProfile]
) -> None:
    rescue = plan_rescue(actor=world.chidi, need=need, experts=experts, message=MESSAGE)
    assert ask_due_experts() == 2
    assert asked(need) == [experts[0].pk, experts[1].pk]
    assert ask_due_experts() == 0  # not due yet
    rescue.refresh_from_db()
    assert rescue.due_at > timezone.now() + timedelta(days=1)
    make_due()
    assert ask_due_experts() == 1
    make_due()
    assert ask_due_experts() == 1
    assert asked(need) == [expert.pk for expert in experts]
    make_due()
    assert ask_due_experts() == 0
    rescue.refresh_from_db()
    assert rescue.end == "asked_all"
    assert {proposal.origin for proposal in Proposal.objects.all()} == {"nomination"}


def test_nobody_more_is_asked_while_an_expert_has_said_yes(
    world: World, need: Need, experts: list[ExpertProfile]
) -> None:
    plan_rescue(actor=world.chidi, need=need, experts=experts, message=MESSAGE)
    ask_due_experts()
    proposal = agree_to_nomination(actor=world.amina, proposal=Proposal.objects.get(expert=world.profile))
    make_due()
    assert ask_due_experts() == 0
    assert len(asked(need)) == 2
    decline_proposal(actor=world.bereket, proposal=proposal, reason="other_chosen", note="")
    make_due()
    assert ask_due_experts() == 1


def test_search_ends_when_the_need_has_found_somebody(world: World, need: Need, experts: list[ExpertProfile]) -> None:
    rescue = plan_rescue(actor=world.chidi, need=need, experts=experts, message=MESSAGE)
    ask_due_experts()
    proposal = agree_to_nomination(actor=world.amina, proposal=Proposal.objects.get(expert=world.profile))
    accept_proposal(actor=world.bereket, proposal=proposal)
    make_due()
    assert ask_due_experts() == 0
    rescue.refresh_from_db()
    assert (rescue.end, len(asked(need))) == ("filled", 2)


def test_who_cannot_be_asked_is_passed_over_with_the_reason(
    world: World, need: Need, experts: list[ExpertProfile]
) -> None:
    rescue = plan_rescue(actor=world.chidi, need=need, experts=experts, message=MESSAGE)
    ExpertProfile.objects.filter(pk=experts[0].pk).update(state="paused")
    assert ask_due_experts() == 2
    assert asked(need) == [experts[1].pk, experts[2].pk]
    first = rescue.invitees.get(expert=experts[0])
    assert (first.state, first.why) == (
        "skipped",
        "This expert is not available at present, or has no free place.",
    )


def test_search_ends_with_the_coordinators_remit(world: World, need: Need, experts: list[ExpertProfile]) -> None:
    rescue = plan_rescue(actor=world.chidi, need=need, experts=experts, message=MESSAGE)
    Remit.objects.update(ended_at=timezone.now())
    assert ask_due_experts() == 0
    rescue.refresh_from_db()
    assert (rescue.end, asked(need)) == ("refused", [])


def test_stopping_asks_nobody_more_and_twice_changes_nothing(
    world: World, need: Need, experts: list[ExpertProfile]
) -> None:
    rescue = plan_rescue(actor=world.chidi, need=need, experts=experts, message=MESSAGE)
    stop_rescue(actor=world.chidi, rescue=rescue)
    before = AuditEntry.objects.count()
    stop_rescue(actor=world.chidi, rescue=rescue)
    assert ask_due_experts() == 0
    assert AuditEntry.objects.count() == before
    with pytest.raises(NotAllowed):
        stop_rescue(actor=world.bereket, rescue=rescue)


def test_what_makes_no_sense_is_refused_and_writes_nothing(
    world: World, need: Need, experts: list[ExpertProfile]
) -> None:
    before = AuditEntry.objects.count()
    for person in (world.amina, world.bereket, world.dana):
        with pytest.raises(NotAllowed):
            plan_rescue(actor=person, need=need, experts=experts, message=MESSAGE)
    for chosen, message in (([], MESSAGE), (experts * 2, MESSAGE), (experts, " "), (experts, "x" * 1001)):
        with pytest.raises(Invalid):
            plan_rescue(actor=world.chidi, need=need, experts=chosen, message=message)
    assert (Rescue.objects.count(), AuditEntry.objects.count()) == (0, before)
    plan_rescue(actor=world.chidi, need=need, experts=experts, message=MESSAGE)
    with pytest.raises(Conflict):
        plan_rescue(actor=world.chidi, need=need, experts=experts, message=MESSAGE)
    with pytest.raises(IntegrityError, match="rescue_open_once"), transaction.atomic():
        Rescue.objects.create(need=need, planned_by=world.chidi, message=MESSAGE)
    other = pause_need(actor=world.bereket, need=story.after_need_published(world, title="Paused"))
    with pytest.raises(Conflict):
        plan_rescue(actor=world.chidi, need=other, experts=experts, message=MESSAGE)


def test_next_best_are_those_who_fit_and_were_never_asked(
    world: World, need: Need, experts: list[ExpertProfile]
) -> None:
    assert {one.profile for one in next_best(world.chidi, need)} == set(experts)
    plan_rescue(actor=world.chidi, need=need, experts=experts[:2], message=MESSAGE)
    ask_due_experts()
    assert {one.profile for one in next_best(world.chidi, need)} == set(experts[2:])


@pytest.mark.usefixtures("experts")
def test_page_plans_in_the_order_of_the_list_and_shows_who_is_asked(
    world: World, need: Need, as_person: AsPerson
) -> None:
    client, url = as_person(world.chidi), f"/desk/needs/{need.reference}/rescue/"
    html = client.get(url).content.decode()
    assert html.count('type="checkbox" name="experts"') == 4
    assert client.post(url, {"message": "Please"}).status_code == 422
    order = [one.profile.reference for one in next_best(world.chidi, need)]
    answer = client.post(url, {"experts": [order[2], order[0]], "message": MESSAGE})
    assert answer["Location"] == url
    ((rescue,)) = rescues_of(need)
    assert [invitee.expert.reference for invitee in rescue.invitees.all()] == [order[0], order[2]]
    html = client.get(url).content.decode()
    assert "Experts are being asked" in html
    assert "Asked later, if nobody says yes" in html
    assert client.post(url, {"experts": order, "message": MESSAGE}).status_code == 422
    client.post(f"{url}stop/")
    assert "A coordinator stopped it" in client.get(url).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_searches_cost_the_same_when_there_are_more_experts(
    world: World,
    need: Need,
    experts: list[ExpertProfile],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    plan_rescue(actor=world.chidi, need=need, experts=experts[:count], message=MESSAGE)
    ask_due_experts()
    with django_assert_num_queries(2):
        assert len(rescues_of(need)[0].invitees.all()) == count
