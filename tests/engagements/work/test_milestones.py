"""Milestones: planned with a day by either side, from templates too, and whether they were reached."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.milestones import add_milestone, add_milestones_from, move_milestone, settle_milestone
from engagements.actions.supervision import hold_engagement
from engagements.models import Engagement, Milestone
from engagements.payloads.starting_points import STARTING_POINTS
from engagements.queries.progress import engagement_page
from engagements.states import MILESTONE_TRANSITIONS, MilestoneState
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def soon(days: int = 7) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_either_side_plans_and_reaches_milestones(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    Engagement.objects.update(last_activity_at=timezone.now() - timedelta(days=30))
    milestone = add_milestone(actor=world.bereket, engagement=engagement, text=" The  first draft ", due_on=soon())
    assert (milestone.text, milestone.state, milestone.settled_at) == ("The first draft", "planned", None)
    assert Notification.objects.filter(user=world.amina).latest("pk").verb == "engagements.milestone.added"
    assert Engagement.objects.get().last_activity_at > timezone.now() - timedelta(hours=1)
    entries = AuditEntry.objects.count()

    assert add_milestone(actor=world.amina, engagement=engagement, text="The first draft", due_on=soon(9)) == milestone
    assert AuditEntry.objects.count() == entries

    assert move_milestone(actor=world.amina, milestone=milestone, due_on=soon(9)).due_on == soon(9)
    entries = AuditEntry.objects.count()
    move_milestone(actor=world.amina, milestone=milestone, due_on=soon(9))
    assert AuditEntry.objects.count() == entries

    milestone = settle_milestone(actor=world.amina, milestone=milestone, to="reached")
    assert milestone.settled_by == world.amina
    assert Notification.objects.filter(user=world.bereket).latest("pk").verb == "engagements.milestone.reached"
    with refused(Conflict):
        move_milestone(actor=world.amina, milestone=milestone, due_on=soon(3))


def test_the_history_tells_milestones_in_their_place(world: World) -> None:
    engagement = story.after_engagement_started(world)
    milestone = add_milestone(actor=world.bereket, engagement=engagement, text="The first draft", due_on=soon())
    last = engagement_page(world.amina, engagement.reference).timeline[-1]
    assert (str(last.text), last.what, last.who, last.at.date()) == ("Planned", "The first draft", "", soon())
    move_milestone(actor=world.amina, milestone=milestone, due_on=soon(-2))
    late = [event for event in engagement_page(world.amina, engagement.reference).timeline if event.what]
    assert [str(event.text) for event in late] == ["Late"]

    settle_milestone(actor=world.amina, milestone=milestone, to="reached")

    last = engagement_page(world.chidi, engagement.reference).timeline[-1]
    assert (str(last.text), last.what, last.who) == ("Reached", "The first draft", "Amina Ben Salah")


@pytest.mark.parametrize("key", [point.key for point in STARTING_POINTS])
def test_every_template_plans_its_milestones_once(world: World, key: str) -> None:
    engagement = story.after_proposal_accepted(world)
    begins = soon(70)
    Engagement.objects.update(starts_on=begins)

    added = add_milestones_from(actor=world.amina, engagement=engagement, key=key)

    assert len(added) >= 3
    assert min(one.due_on for one in added) >= begins
    assert [one.due_on for one in added] == sorted(one.due_on for one in added)
    told = Notification.objects.filter(user=world.bereket, verb="engagements.milestone.added").count()
    assert told == 1
    assert add_milestones_from(actor=world.bereket, engagement=engagement, key=key) == []
    assert Milestone.objects.count() == len(added)


def test_a_milestone_goes_only_where_the_table_leads(world: World) -> None:
    engagement = story.after_engagement_started(world)
    milestone = add_milestone(actor=world.amina, engagement=engagement, text="A draft", due_on=soon())
    for state, to in product(MilestoneState.values, [*MilestoneState.values, "", "magic"]):
        is_open = state == "planned"
        settled: dict[str, Any] = {"settled_at": None if is_open else milestone.added_at}
        Milestone.objects.update(state=state, settled_by=None if is_open else world.amina, **settled)
        if to in MILESTONE_TRANSITIONS[state]:
            assert settle_milestone(actor=world.amina, milestone=milestone, to=to).state == to
        else:
            with refused(InvalidTransition):
                settle_milestone(actor=world.amina, milestone=milestone, to=to)
            assert Milestone.objects.get().state == state


def test_milestones_are_refused_without_a_trace(world: World) -> None:
    engagement = story.after_engagement_started(world)
    milestone = add_milestone(actor=world.amina, engagement=engagement, text="A draft", due_on=soon())
    for person in (world.chidi, world.dana):
        with refused(NotAllowed):
            add_milestone(actor=person, engagement=engagement, text="Another", due_on=soon())
        with refused(NotAllowed):
            add_milestones_from(actor=person, engagement=engagement, key="train-team")
        with refused(NotAllowed):
            move_milestone(actor=person, milestone=milestone, due_on=soon(9))
        with refused(NotAllowed):
            settle_milestone(actor=person, milestone=milestone, to="reached")
    for text, day in ((" ", soon()), ("x" * 201, soon()), ("Fine", soon(4000)), ("Fine", date.min)):
        with refused(Invalid):
            add_milestone(actor=world.amina, engagement=engagement, text=text, due_on=day)
    with refused(Invalid):
        add_milestones_from(actor=world.amina, engagement=engagement, key="magic")
    for number in range(19):
        add_milestone(actor=world.amina, engagement=engagement, text=f"Step {number}", due_on=soon())
    with refused(Conflict):
        add_milestone(actor=world.amina, engagement=engagement, text="One too many", due_on=soon())
    with refused(Conflict):
        add_milestones_from(actor=world.amina, engagement=engagement, key="train-team")
    hold_engagement(actor=world.chidi, engagement=engagement)
    with refused(Conflict):
        settle_milestone(actor=world.amina, milestone=milestone, to="reached")
    assert Milestone.objects.count() == 20


@pytest.mark.parametrize(
    "wrong", [{"state": "reached"}, {"state": "magic"}, {"text": ""}, {"text": "Other"}], ids=lambda wrong: str(wrong)
)
def test_the_database_refuses_milestones_that_cannot_be(world: World, wrong: dict[str, str]) -> None:
    engagement = story.after_proposal_accepted(world)
    add_milestone(actor=world.amina, engagement=engagement, text="Other", due_on=soon())
    milestone = add_milestone(actor=world.amina, engagement=engagement, text="A draft", due_on=soon())
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.filter(pk=milestone.pk).update(**wrong)


def test_milestones_are_planned_on_the_page_and_cost_one_query(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    client, page = as_person(world.amina), reverse("engagements:engagement", args=[engagement.reference])
    add = reverse("engagements:milestone-add", args=[engagement.reference])
    client.get(page)
    refusal = client.post(add, {"text": "A <b>draft</b>", "due_on": "soon"})
    assert refusal.status_code == 422
    assert "A &lt;b&gt;draft&lt;/b&gt;" in refusal.content.decode()
    assert not Milestone.objects.exists()
    assert client.post(add, {"text": "A draft", "due_on": soon(-1)}).status_code == 302
    with CaptureQueriesContext(connection) as one:
        assert "Late" in client.get(page).content.decode()
    template = reverse("engagements:milestones-add", args=[engagement.reference])
    assert client.post(template, {"template": "train-team"}).status_code == 302
    with CaptureQueriesContext(connection) as more:
        client.get(page)
    assert len(more) == len(one)

    milestone = Milestone.objects.order_by("due_on")[0]
    move = reverse("engagements:milestone-move", args=[milestone.reference])
    assert client.post(move, {"due_on": "magic"}).status_code == 422
    assert client.post(move, {"due_on": soon(5)}).status_code == 302
    settle = reverse("engagements:milestone-settle", args=[milestone.reference])
    assert client.post(settle, {"to": "reached"}).status_code == 302
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.state) == (soon(5), "reached")
    assert as_person(world.dana).post(settle, {"to": "planned"}).status_code == 404
