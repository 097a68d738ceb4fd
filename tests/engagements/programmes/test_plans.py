"""The assignment of a cohort: the best total, edited by the coordinator, sent once and only once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, DomainError, Invalid, InvalidTransition, NotAllowed
from engagements.actions.cohorts import place_need
from engagements.actions.members import join_programme
from engagements.actions.pace import DAILY_INVITATIONS
from engagements.actions.plan_sweep import work_due_plans
from engagements.actions.plans import bar_pair, pin_pair, release_pair, request_plan, send_again, send_plan, swap_pair
from engagements.actions.proposals import invite_expert
from engagements.models import Cohort, Need, Plan, PlanEdge, Proposal
from engagements.queries.plans import totals_of
from messaging.models import Notification
from tests import world as cast
from tests.engagements.programmes.story import after_joined, after_need_placed
from tests.engagements.work.refusals import refused
from tests.factories import make_expert, make_person
from tests.threads import at_once
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def another(world: World, cohort: Cohort, name: str, **changes: object) -> User:
    """Somebody else joins, who can do what Amina can, though for fewer years."""
    person = make_person(f"{name.lower()}@example.org", name)
    values = {"skills": {"interpret-ecg": (3, 2)}, "capacity": 1, **changes}
    make_expert(person, **values)
    join_programme(actor=person, programme=cohort.programme)
    return person


def add_need(world: World, cohort: Cohort, title: str, **changes: object) -> Need:
    need = cast.after_need_published(world, title=title, **changes)
    return place_need(actor=world.chidi, cohort=cohort, need=need)


def computed(world: World, cohort: Cohort) -> Plan:
    plan = request_plan(actor=world.chidi, cohort=cohort)
    assert work_due_plans() == 1
    return Plan.objects.get(pk=plan.pk)


def pairs(plan: Plan) -> set[tuple[str, str]]:
    chosen = PlanEdge.objects.filter(plan=plan, is_chosen=True).select_related("need", "expert__user")
    return {(edge.need.title, str(edge.expert.user)) for edge in chosen}


@pytest.fixture
def cohort(world: World) -> Cohort:
    """Amina with one free place, Omar with one, and two needs that both could do."""
    world.profile.capacity = 1
    world.profile.save(update_fields=["capacity"])
    found = after_joined(world).cohort
    another(world, found, "Omar")
    add_need(world, found, "First")
    add_need(world, found, "Second")
    return found


def test_every_need_gets_somebody_and_the_coordinator_is_told(world: World, cohort: Cohort) -> None:
    plan = computed(world, cohort)
    assert (plan.state, plan.needs, plan.done) == ("ready", 2, 2)
    assert {need for need, _expert in pairs(plan)} == {"First", "Second"}
    assert {expert for _need, expert in pairs(plan)} == {"Amina Ben Salah", "Omar"}
    totals = totals_of(plan)
    assert (totals.pairs, totals.total, totals.lost) == (2, plan.best_total, 0)
    assert Notification.objects.filter(user=world.chidi, verb="engagements.plan.computed").count() == 1
    assert work_due_plans() == 0


def test_hard_rules_hold(world: World, cohort: Cohort) -> None:
    add_need(world, cohort, "In Arabic", languages=(("ar", 4),))
    add_need(world, cohort, "On site", modality="on_site")
    cast_away = another(world, cohort, "Left", capacity=1)
    cast_away.is_active = False
    cast_away.save(update_fields=["is_active"])
    plan = computed(world, cohort)
    assert {need for need, _expert in pairs(plan)} == {"First", "Second"}
    assert not PlanEdge.objects.filter(plan=plan, expert__user=cast_away).exists()


def test_edits_keep_take_out_and_swap_and_say_what_it_costs(world: World, cohort: Cohort) -> None:
    plan = computed(world, cohort)
    first = PlanEdge.objects.get(plan=plan, is_chosen=True, need__title="First")
    other = PlanEdge.objects.get(plan=plan, is_chosen=False, need__title="First")
    need, expert, instead = first.need.reference, first.expert.reference, other.expert.reference

    swap_pair(actor=world.chidi, plan=plan, need=need, expert=expert, instead=instead)

    assert ("First", str(other.expert.user)) in pairs(plan)
    assert ("Second", str(first.expert.user)) in pairs(plan)
    with refused(Conflict):
        pin_pair(actor=world.chidi, plan=plan, need=need, expert=expert)
    release_pair(actor=world.chidi, plan=plan, need=need, expert=instead)
    bar_pair(actor=world.chidi, plan=plan, need=need, expert=instead)
    assert "First" not in {title for title, _expert in pairs(plan)}
    assert totals_of(plan).lost > 0
    for one in (expert, instead):
        release_pair(actor=world.chidi, plan=plan, need=need, expert=one)
    assert totals_of(plan).lost == 0

    pin_pair(actor=world.chidi, plan=plan, need=need, expert=instead)
    plan = computed(world, cohort)
    assert ("First", str(other.expert.user)) in pairs(plan)


def test_only_who_runs_the_programme_touches_it(world: World, cohort: Cohort) -> None:
    plan = computed(world, cohort)
    edge = PlanEdge.objects.filter(plan=plan, is_chosen=True)[0]
    pair = {"need": edge.need.reference, "expert": edge.expert.reference}
    for person in (world.amina, world.bereket, world.dana):
        for act in (
            lambda who: request_plan(actor=who, cohort=cohort),
            lambda who: pin_pair(actor=who, plan=plan, **pair),
            lambda who: bar_pair(actor=who, plan=plan, **pair),
            lambda who: release_pair(actor=who, plan=plan, **pair),
            lambda who: swap_pair(actor=who, plan=plan, **pair, instead=pair["expert"]),
            lambda who: send_plan(actor=who, plan=plan, message="Hello"),
            lambda who: send_again(actor=who, plan=plan),
        ):
            with refused(NotAllowed):
                act(person)
    with refused(Conflict):
        pin_pair(actor=world.chidi, plan=plan, need=pair["need"], expert="nobody")
    with refused(Invalid):
        send_plan(actor=world.chidi, plan=plan, message="  ")
    with refused(Conflict):
        send_again(actor=world.chidi, plan=plan)
    assert PlanEdge.objects.filter(plan=plan, is_pinned=True).count() == 0


def test_nothing_to_assign_is_said_at_once(world: World) -> None:
    cohort = after_joined(world).cohort
    with refused(Invalid):
        request_plan(actor=world.chidi, cohort=cohort)
    assert not Plan.objects.exists()


def test_it_is_sent_as_nominations_once(world: World, cohort: Cohort) -> None:
    plan = computed(world, cohort)
    send_plan(actor=world.chidi, plan=plan, message="Please read it.")
    with refused(InvalidTransition):
        send_plan(actor=world.chidi, plan=plan, message="Please read it.")
    assert work_due_plans() == 1
    assert work_due_plans() == 0
    proposals = Proposal.objects.order_by("pk")
    assert [(one.origin, one.state, one.message) for one in proposals] == [
        ("nomination", "sent", "Please read it.")
    ] * 2
    assert Plan.objects.get().state == "sent"
    assert Notification.objects.filter(user=world.bereket, verb__startswith="engagements.proposal").count() == 0
    with refused(Conflict):
        send_again(actor=world.chidi, plan=plan)


def test_what_cannot_be_sent_says_why_and_is_tried_again(world: World, cohort: Cohort) -> None:
    plan = computed(world, cohort)
    amina = PlanEdge.objects.get(plan=plan, is_chosen=True, expert=world.profile)
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    for number in range(DAILY_INVITATIONS):
        need = cast.after_need_published(world, title=f"Other {number}")
        invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Please")
    send_plan(actor=world.chidi, plan=plan, message="Please read it.")
    work_due_plans()
    amina.refresh_from_db()
    assert amina.proposal is None
    assert "asked by several institutions today" in amina.problem
    totals = totals_of(plan)
    assert (totals.sent, totals.failed) == (1, 1)
    Proposal.objects.filter(origin="invitation").update(sent_at=timezone.now() - timedelta(days=2))
    send_again(actor=world.chidi, plan=plan)
    work_due_plans()
    totals = totals_of(plan)
    assert (totals.sent, totals.failed, Proposal.objects.filter(origin="nomination").count()) == (2, 0, 2)


def test_a_worker_that_died_leaves_it_to_the_next_and_not_for_ever(world: World, cohort: Cohort) -> None:
    plan = request_plan(actor=world.chidi, cohort=cohort)
    long_ago = timezone.now() - timedelta(hours=1)
    Plan.objects.filter(pk=plan.pk).update(state="computing", lease_until=long_ago, tries=1)
    assert work_due_plans() == 1
    assert Plan.objects.get().state == "ready"
    Plan.objects.filter(pk=plan.pk).update(state="computing", lease_until=long_ago, tries=3)
    assert work_due_plans() == 0
    assert Plan.objects.get().state == "failed"
    assert request_plan(actor=world.chidi, cohort=cohort).state == "waiting"


def test_the_database_refuses_impossible_plans(world: World, cohort: Cohort) -> None:
    plan = computed(world, cohort)
    edge = PlanEdge.objects.filter(plan=plan, is_chosen=True)[0]
    for values in ({"score": 0}, {"is_barred": True}, {"is_pinned": True, "is_chosen": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanEdge.objects.filter(pk=edge.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.create(cohort=cohort, asked_by=world.chidi)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_each_nomination_once() -> None:
    world = make_world()
    world.profile.capacity = 1
    world.profile.save(update_fields=["capacity"])
    cohort = after_joined(world).cohort
    for number in range(3):
        another(world, cohort, f"Omar{number}")
        add_need(world, cohort, f"Need {number}")
    plan = computed(world, cohort)
    pressed = at_once([lambda: send_plan(actor=world.chidi, plan=plan, message="Please read it.")] * 2)
    outcomes = [one.code if isinstance(one, DomainError) else "sent" for one in pressed]
    at_once([work_due_plans] * 2)
    work_due_plans()
    assert sorted(outcomes) == ["invalid_transition", "sent"]
    assert Proposal.objects.count() == PlanEdge.objects.filter(plan=plan, proposal__isnull=False).count() == 3
    assert Plan.objects.get().state == "sent"


def test_pages_of_an_assignment(world: World, as_person: SignIn, cohort: Cohort) -> None:
    client = as_person(world.chidi)
    answer = client.post(reverse("engagements:plan-request", args=[cohort.reference]))
    plan = Plan.objects.get()
    page = reverse("engagements:plan", args=[plan.reference])
    assert answer.headers["Location"] == page
    assert "0 of 2 needs looked at" in client.get(page).content.decode()
    work_due_plans()
    text = client.get(page).content.decode()
    assert "as good as they can be" in text
    assert "Omar" in text
    edge = PlanEdge.objects.filter(is_chosen=True, need__title="First").get()
    change = reverse("engagements:plan-change", args=[plan.reference])
    sent = {"need": edge.need.reference, "expert": edge.expert.reference}
    client.post(change, {**sent, "act": "pin"})
    assert "Kept by you" in client.get(page).content.decode()
    other = PlanEdge.objects.exclude(pk=edge.pk).get(need=edge.need)
    for expert in (edge.expert, other.expert):
        client.post(change, {"need": edge.need.reference, "expert": expert.reference, "act": "bar"})
    assert "in a hundred below the best" in client.get(page).content.decode()
    send = reverse("engagements:plan-send", args=[plan.reference])
    assert client.post(send, {"message": ""}).status_code == 422
    assert client.post(send, {"message": "Please"}).status_code == 302
    work_due_plans()
    assert "1 of 1 nominations sent" in client.get(page).content.decode()


@pytest.mark.parametrize(("rows", "queries"), [(1, 13), (3, 13)])
def test_the_page_asks_the_same_for_one_need_and_three(
    world: World, as_person: SignIn, django_assert_num_queries: Callable[..., object], rows: int, queries: int
) -> None:
    cohort = after_need_placed(world)
    for number in range(rows - 1):
        another(world, cohort, f"Omar{number}")
        add_need(world, cohort, f"Need {number}")
    page = reverse("engagements:plan", args=[computed(world, cohort).reference])
    client = as_person(world.chidi)
    client.get(page)
    with django_assert_num_queries(queries):
        client.get(page)
