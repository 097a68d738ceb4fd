"""Learning goals: added by either side, and how far each is."""

from collections.abc import Callable
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import engagements as work
from engagements.actions.goals import add_goal, move_goal
from engagements.actions.supervision import hold_engagement
from engagements.models import Goal
from engagements.queries.next_steps import next_step_of
from engagements.queries.progress import engagement_page
from engagements.states import GOAL_TRANSITIONS, GoalState
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def test_either_side_sets_goals_while_agreeing_and_working(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    goal = add_goal(actor=world.bereket, engagement=engagement, text="  Read   strips ")
    assert (goal.text, goal.state, goal.settled_at) == ("Read strips", "open", None)
    assert Notification.objects.filter(user=world.amina).latest("pk").verb == "engagements.goal.added"
    entries = AuditEntry.objects.count()

    assert add_goal(actor=world.amina, engagement=engagement, text="Read strips") == goal

    assert AuditEntry.objects.count() == entries
    goal = move_goal(actor=world.amina, goal=goal, to="in_progress")
    goal = move_goal(actor=world.bereket, goal=goal, to="achieved")
    assert goal.settled_at is not None
    assert Notification.objects.filter(user=world.amina).latest("pk").verb == "engagements.goal.achieved"
    goal = move_goal(actor=world.bereket, goal=goal, to="in_progress")
    assert goal.settled_at is None


def test_a_goal_goes_only_where_the_table_leads(world: World) -> None:
    engagement = story.after_engagement_started(world)
    goal = add_goal(actor=world.amina, engagement=engagement, text="Read strips")
    for state, to in product(GoalState.values, [*GoalState.values, "", "magic"]):
        settled = None if state in {"open", "in_progress"} else goal.added_at
        Goal.objects.update(state=state, settled_at=settled)
        if to in GOAL_TRANSITIONS[state]:
            assert move_goal(actor=world.amina, goal=goal, to=to).state == to
        else:
            with refused(InvalidTransition):
                move_goal(actor=world.amina, goal=goal, to=to)
            assert Goal.objects.get().state == state


def test_goals_are_refused_without_a_trace(world: World) -> None:
    engagement = story.after_engagement_started(world)
    goal = add_goal(actor=world.amina, engagement=engagement, text="Read strips")
    for person in (world.chidi, world.dana):
        with refused(NotAllowed):
            add_goal(actor=person, engagement=engagement, text="Another")
        with refused(NotAllowed):
            move_goal(actor=person, goal=goal, to="in_progress")
    for text in (" ", "x" * 301):
        with refused(Invalid):
            add_goal(actor=world.amina, engagement=engagement, text=text)
    for number in range(9):
        add_goal(actor=world.amina, engagement=engagement, text=f"Goal {number}")
    with refused(Conflict):
        add_goal(actor=world.amina, engagement=engagement, text="One too many")
    hold_engagement(actor=world.chidi, engagement=engagement)
    with refused(Conflict):
        move_goal(actor=world.amina, goal=goal, to="in_progress")
    assert Goal.objects.count() == 10


@pytest.mark.parametrize(
    "wrong", [{"state": "achieved"}, {"state": "magic"}, {"text": ""}, {"text": "Other"}], ids=lambda wrong: str(wrong)
)
def test_the_database_refuses_goals_that_cannot_be(world: World, wrong: dict[str, str]) -> None:
    engagement = story.after_proposal_accepted(world)
    add_goal(actor=world.amina, engagement=engagement, text="Other")
    goal = add_goal(actor=world.amina, engagement=engagement, text="Read strips")
    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.filter(pk=goal.pk).update(**wrong)


def test_goals_are_asked_for_when_wrapping_up(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    client, page = as_person(world.amina), reverse("engagements:engagement", args=[engagement.reference])
    add = reverse("engagements:goal-add", args=[engagement.reference])
    assert client.post(add, {"text": "<b>Read</b> strips"}).status_code == 302
    assert "&lt;b&gt;Read&lt;/b&gt; strips" in client.get(page).content.decode()
    work.wrap_up_engagement(actor=world.amina, engagement=engagement)
    assert next_step_of(engagement_page(world.amina, engagement.reference)).url == "#goals"

    goal = Goal.objects.get()
    for to in ("in_progress", "partly"):
        assert client.post(reverse("engagements:goal-move", args=[goal.reference]), {"to": to}).status_code == 302

    assert next_step_of(engagement_page(world.amina, engagement.reference)).url.endswith("/outcome/end/")
    assert "Partly achieved" in client.get(page).content.decode()
