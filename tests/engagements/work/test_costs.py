"""How many queries the lists cost: the same for one row and for three."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.actions.meetings import propose_meeting
from engagements.actions.proposals import accept_proposal, apply_for_need, invite_expert
from engagements.queries.meetings import meeting_page
from engagements.queries.progress import engagement_page
from engagements.queries.proposals import offers_of, proposals_to_answer, waiting_for
from engagements.queries.work import record_of
from engagements.queries.work_list import work_list
from tests import world as story
from tests.factories import make_expert, make_person
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def cost(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def one_of_everything(world: World, number: int) -> None:
    """Add an invitation and an application of Amina's, and a running engagement of another expert."""
    invite_expert(
        actor=world.bereket, need=story.after_need_published(world), expert=world.profile, message="Would you help?"
    )
    apply_for_need(actor=world.amina, need=story.after_need_published(world), message="I can help.")
    person = make_person(f"expert{number}@example.org", f"Expert {number}", join_role="expert")
    make_expert(person, skills={"interpret-ecg": (3, 5)})
    proposal = apply_for_need(actor=person, need=story.after_need_published(world), message="I can help.")
    accept_proposal(actor=world.bereket, proposal=proposal)


def test_lists_cost_the_same_when_there_are_more_rows(world: World, as_person: SignIn) -> None:
    expert, institution = as_person(world.amina), as_person(world.bereket)
    pages = {
        "offers": lambda: expert.get(reverse("engagements:offers")),
        "engagements": lambda: institution.get(reverse("engagements:engagements")),
    }
    one_of_everything(world, 1)
    for page in pages.values():
        page()
    few = {name: cost(page) for name, page in pages.items()}
    for number in (2, 3):
        one_of_everything(world, number)

    assert {name: cost(page) for name, page in pages.items()} == few
    assert few["engagements"] == few["offers"] + 3


def test_queries_cost_what_their_docstrings_say_when_there_are_rows(world: World) -> None:
    one_of_everything(world, 1)
    engagement = story.after_session_logged(world).engagement

    assert cost(lambda: offers_of(world.amina)) == 1
    assert cost(lambda: list(proposals_to_answer(world.bereket))) == 1
    assert cost(lambda: waiting_for(world.bereket)) == 3
    assert cost(lambda: work_list(world.bereket)) == 2
    assert cost(lambda: record_of(world.amina)) == 3
    assert cost(lambda: engagement_page(world.bereket, engagement.reference)) == 17


def test_an_engagement_costs_the_same_when_it_has_more_appointments(world: World, as_person: SignIn) -> None:
    meeting = story.after_time_agreed(world)
    client, address = as_person(world.bereket), reverse("engagements:engagement", args=[meeting.engagement.reference])
    client.get(address)
    one = cost(lambda: client.get(address))
    for days in (2, 3):
        times = [timezone.now() + timedelta(days=days)]
        propose_meeting(actor=world.bereket, engagement=meeting.engagement, times=times, minutes=30)

    assert cost(lambda: client.get(address)) == one
    assert cost(lambda: meeting_page(world.bereket, meeting.reference)) == 6
    assert cost(lambda: meeting_page(world.amina, meeting.reference)) == 3
