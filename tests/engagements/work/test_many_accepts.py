"""Fifty people press "accept" at the same moment and there are three places: three get in, whatever the order.

``ROUNDS=100 pytest tests/engagements/work/test_many_accepts.py`` repeats it; three rounds run with the other tests.
The control counts before it writes, as one would without thinking of others, and lets more than three in.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import transaction
from django.utils import timezone

from diaspora_net.core.errors import Conflict
from engagements.actions.proposals import accept_proposal
from engagements.models import Engagement, Need, Proposal
from mentors.models import ExpertProfile
from messaging.actions.conversations import open_conversation
from messaging.states import ConversationState
from tests import world as story
from tests.factories import make_expert, make_person
from tests.threads import at_once
from tests.world import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]
PEOPLE, PLACES = 50, 3
ROUNDS = int(os.environ.get("ROUNDS", "3"))


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def offers(world: World, people: list[ExpertProfile]) -> list[Proposal]:
    """Return one offer of each to a new need of three places, past the caps that spare a reader fifty letters."""
    need, now = story.after_need_published(world, places=PLACES), timezone.now()
    return [
        Proposal.objects.create(
            need=need,
            expert=one,
            origin="application",
            sent_by=one.user,
            message="I can help.",
            explanation={},
            conversation=open_conversation(
                participants=[one.user, world.bereket], topic=need.title, state=ConversationState.PROPOSED
            ),
            expires_at=now + timedelta(days=10),
        )
        for one in people
    ]


def experts() -> list[ExpertProfile]:
    people = [make_person(f"expert{n}@example.org", f"Expert {n}", join_role="expert") for n in range(PEOPLE)]
    made = [make_expert(person, skills={"interpret-ecg": (3, 5)}) for person in people]
    ExpertProfile.objects.filter(user__in=people).update(capacity=30)
    return made


def test_exactly_three_get_in_when_fifty_are_accepted_at_once(world: World) -> None:
    people = experts()
    for round_ in range(ROUNDS):
        proposals = offers(world, people)
        results = at_once([accepting(world, proposal) for proposal in proposals])

        need = Need.objects.get(pk=proposals[0].need_id)
        assert (need.state, need.places_taken) == ("filled", PLACES), f"round {round_}"
        assert Engagement.objects.filter(need=need).count() == PLACES
        assert sum(isinstance(result, Engagement) for result in results) == PLACES
        assert sum(isinstance(result, Conflict) for result in results) == PEOPLE - PLACES
        states = sorted(need.proposals.values_list("state", flat=True))
        assert states == ["converted"] * PLACES + ["superseded"] * (PEOPLE - PLACES)
    running = Engagement.objects.count()
    assert running == ROUNDS * PLACES == sum(ExpertProfile.objects.values_list("open_engagements", flat=True))


def accepting(world: World, proposal: Proposal) -> Callable[[], object]:
    return lambda: accept_proposal(actor=world.bereket, proposal=proposal)


def test_more_than_three_get_in_when_one_counts_before_one_writes(world: World) -> None:
    """The control: look whether there is a place, then take it, without a lock."""
    proposals = offers(world, experts())
    looked = Barrier(PEOPLE)

    def accept(proposal: Proposal) -> bool:
        with transaction.atomic():
            free = Engagement.objects.filter(need=proposal.need).count() < PLACES
            looked.wait(timeout=20)
            if free:
                Engagement.objects.create(
                    need=proposal.need,
                    expert=proposal.expert,
                    proposal=proposal,
                    conversation=proposal.conversation,
                    focal_point=world.bereket,
                    kind="training",
                    modality="remote",
                    hours_planned=3,
                )
            return free

    results = at_once([lambda proposal=proposal: accept(proposal) for proposal in proposals])

    assert sum(bool(result) for result in results) == Engagement.objects.count() > PLACES
