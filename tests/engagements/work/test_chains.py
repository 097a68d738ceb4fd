"""One engagement after the other: planned from the one before, for the same need, shown as a chain."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements.actions import engagements as work
from engagements.actions.agreements import agree_engagement, terms_of
from engagements.actions.chains import plan_next
from engagements.actions.participants import add_participant, remove_participant
from engagements.actions.sessions import log_session
from engagements.models import Engagement, Need, Proposal
from engagements.queries.agreements import latest_version
from engagements.queries.chains import chain_of
from mentors.models import ExpertProfile
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.messaging.test_actions import in_threads
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
PLAN = {"kind": "mentoring", "modality": "remote", "goal": "The ward teaches newcomers.", "hours_planned": 6}


def completed(world: World) -> Engagement:
    return story.after_completion(world).engagement


def places(world: World) -> tuple[int, int]:
    """Return the places taken: of the expert, and of the need."""
    taken = Need.objects.values_list("places_taken", flat=True).get()
    return ExpertProfile.objects.get(pk=world.profile.pk).open_engagements, taken


def test_the_next_one_is_planned_agreed_and_worked_on(world: World) -> None:
    first = completed(world)
    assert places(world) == (0, 1)

    second = plan_next(actor=world.bereket, engagement=first, **PLAN)

    assert (second.state, second.previous_id, second.need_id) == ("agreeing", first.pk, first.need_id)
    assert (second.goal, second.hours_planned, second.kind) == (PLAN["goal"], 6, "mentoring")
    assert second.conversation_id != first.conversation_id
    assert (second.proposal.origin, second.proposal.state) == ("invitation", "converted")
    assert second.proposal.explanation == first.proposal.explanation
    assert second.institution_agreed_at is not None
    assert second.expert_agreed_at is None
    assert places(world) == (1, 1)
    news = Notification.objects.filter(user=world.amina).latest("pk")
    assert news.url == reverse("engagements:engagement", args=[second.reference])
    assert plan_next(actor=world.bereket, engagement=first, **PLAN) == second

    agree_engagement(actor=world.amina, engagement=second)
    second = work.start_engagement(actor=world.amina, engagement=second)
    log_session(actor=world.amina, engagement=second, held_on=timezone.localdate(), minutes=60, kind="mentoring")
    third = plan_next(actor=world.amina, engagement=second, **{**PLAN, "modality": "short_return_visit"})
    assert [one.pk for one in chain_of(second)] == [first.pk, second.pk, third.pk]
    assert third.proposal.origin == "application"
    assert places(world) == (2, 1)


def test_the_people_who_take_part_go_on_with_it(world: World) -> None:
    engagement = story.after_engagement_started(world)
    add_participant(actor=world.bereket, engagement=engagement, name="Leïla Trabelsi", role="counterpart")
    gone = add_participant(actor=world.bereket, engagement=engagement, name="Karim", role="mentee")
    remove_participant(actor=world.bereket, participant=gone)

    second = plan_next(actor=world.amina, engagement=engagement, **PLAN)

    assert [(one.name, one.role) for one in second.participants.all()] == [("Leïla Trabelsi", "counterpart")]


def test_calling_off_gives_back_only_the_place_of_the_expert(world: World) -> None:
    first = completed(world)
    second = plan_next(actor=world.bereket, engagement=first, **PLAN)
    work.cancel_engagement(actor=world.amina, engagement=second, reason="no_time")
    assert places(world) == (0, 1)
    assert Need.objects.get().state == "filled"

    again = plan_next(actor=world.amina, engagement=first, **PLAN)

    assert [one.pk for one in chain_of(first)] == [first.pk, again.pk]
    assert [one.pk for one in chain_of(second)] == [first.pk, second.pk]


def test_what_cannot_follow_is_refused_without_a_trace(world: World) -> None:
    agreeing = story.after_proposal_accepted(world, title="Agreeing")
    with refused(Conflict):
        plan_next(actor=world.amina, engagement=agreeing, **PLAN)
    first = completed(world)
    for person in (world.chidi, world.dana):
        with refused(NotAllowed):
            plan_next(actor=person, engagement=first, **PLAN)
    for wrong in ({"kind": "magic"}, {"modality": "magic"}, {"goal": " "}, {"hours_planned": 0}, {"goal": "x" * 1001}):
        with refused(Invalid):
            plan_next(actor=world.amina, engagement=first, **{**PLAN, **wrong})
    ExpertProfile.objects.update(capacity=1)
    with refused(Conflict):
        plan_next(actor=world.amina, engagement=first, **PLAN)
    ExpertProfile.objects.update(capacity=2)
    plan_next(actor=world.amina, engagement=first, **PLAN)
    with refused(Conflict):
        plan_next(actor=world.bereket, engagement=first, **{**PLAN, "goal": "Something else"})


@pytest.mark.parametrize("why", ["gone", "apart", "untrusted", "withdrawn"])
def test_nothing_follows_when_a_side_is_not_there_any_more(world: World, why: str) -> None:
    first = completed(world)
    if why == "gone":
        User.objects.filter(pk=world.amina.pk).update(is_active=False)
    elif why == "apart":
        block_person(actor=world.amina, person=world.bereket)
    elif why == "untrusted":
        type(world.hospital).objects.update(state="suspended")
    else:
        Need.objects.update(state="withdrawn")
    first = Engagement.objects.get(pk=first.pk)
    with refused(Conflict):
        plan_next(actor=world.bereket, engagement=first, **PLAN)


def test_one_follows_when_both_sides_plan_at_the_same_moment(transactional_db: None) -> None:
    world = make_world()
    first = completed(world)

    def one(number: int) -> object:
        actor = (world.amina, world.bereket)[number % 2]
        return plan_next(actor=actor, engagement=Engagement.objects.get(pk=first.pk), **{**PLAN, "goal": f"{number}"})

    answers = in_threads(one, 4)

    assert sum(isinstance(answer, Engagement) for answer in answers) == 1
    assert Engagement.objects.count() == 2
    assert places(world) == (1, 1)


def test_the_database_refuses_a_second_follower_and_a_circle(world: World) -> None:
    first = completed(world)
    second = plan_next(actor=world.amina, engagement=first, **PLAN)
    other = story.after_proposal_accepted(world, title="Another")
    for wrong, row in ((first, other), (other, other)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Engagement.objects.filter(pk=row.pk).update(previous=wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=second.proposal_id).update(is_follow_up=False)


def test_the_chain_stands_on_each_page_and_the_form_suggests_what_follows(world: World, as_person: SignIn) -> None:
    first = completed(world)
    client = as_person(world.bereket)
    pages = [reverse("engagements:engagement", args=[one.reference]) for one in (first,)]
    plan = reverse("engagements:engagement-next", args=[first.reference])
    assert plan in client.get(pages[0]).content.decode()
    assert plan not in as_person(world.chidi).get(pages[0]).content.decode()
    assert as_person(world.dana).get(plan).status_code == 404
    form = client.get(plan).context["form"]
    assert (form["kind"].value(), form["modality"].value()) == ("short_assignment", "short_return_visit")
    assert form["goal"].value() == first.goal
    refusal = client.post(plan, {**PLAN, "hours_planned": "many"})
    assert refusal.status_code == 422
    assert PLAN["goal"] in refusal.content.decode()

    answer = client.post(plan, PLAN)

    second = Engagement.objects.get(previous=first)
    assert answer["Location"] == reverse("engagements:engagement", args=[second.reference])
    with CaptureQueriesContext(connection) as queries:
        chain_of(second)
    assert len(queries) == 1
    for page, other in ((pages[0], second), (answer["Location"], first)):
        shown = as_person(world.amina).get(page).content.decode()
        assert reverse("engagements:engagement", args=[other.reference]) in shown
        assert 'aria-current="true"' in shown
    assert plan not in client.get(pages[0]).content.decode()


def test_a_visit_goes_on_as_calls_another_visit_and_mentoring_each_with_terms_of_its_own(
    world: World, as_person: SignIn
) -> None:
    """Each is drafted from the one before, and what its planner leaves of the draft is what both agree to."""
    visit = story.after_engagement_started(world, modality="short_return_visit")
    ExpertProfile.objects.update(capacity=4)
    client, last = as_person(world.bereket), visit
    drawn = []
    for way, kind, modality in (
        ("", "advisory", "remote"),
        ("visit", "short_assignment", "short_return_visit"),
        ("mentoring", "mentoring", "remote"),
    ):
        address = reverse("engagements:engagement-next", args=[last.reference])
        form = client.get(address, {"as": way} if way else {}).context["form"]
        draft = {name: str(form[name].value() or "") for name in form.fields}
        assert (draft["kind"], draft["modality"]) == (kind, modality)
        assert last.goal.rstrip(".") in draft["terms_of_reference"]
        assert client.post(address, draft).status_code == 302
        last = Engagement.objects.get(previous=last)
        terms = terms_of(latest_version(last))
        assert (last.kind, terms.terms_of_reference) == (kind, draft["terms_of_reference"])
        drawn.append(terms.terms_of_reference)
        agree_engagement(actor=world.amina, engagement=last)
        last = work.start_engagement(actor=world.amina, engagement=last)
    assert len(set(drawn)) == 3
    assert last.goal.startswith("Whoever carries on")
    assert [one.kind for one in chain_of(visit)][1:] == ["advisory", "short_assignment", "mentoring"]
    assert places(world)[1] == 1
