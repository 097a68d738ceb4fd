"""The rescue queue: needs nobody answers, and who could be asked next."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from engagements.actions.proposals import decline_proposal, invite_expert
from engagements.models import Need
from engagements.queries.rescue import next_best, rescue_queue
from tests import world as story
from tests.factories import make_expert, make_person
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_need_is_rescued_when_it_is_late_or_all_have_declined(world: World) -> None:
    story.after_need_published(world, title="In time")
    story.after_need_published(world, title="Late")
    Need.objects.filter(title="Late").update(published_at=timezone.now() - timedelta(days=30))
    declined = story.after_need_published(world, title="Declined")
    proposal = invite_expert(actor=world.bereket, need=declined, expert=world.profile, message="Would you help us?")
    assert [one.step.title for one in rescue_queue(world.chidi)] == ["Late"]
    decline_proposal(actor=world.amina, proposal=proposal, reason="no_time")
    found = {one.step.title: (one.declined, one.expired) for one in rescue_queue(world.chidi)}
    assert found == {"Late": (0, 0), "Declined": (1, 0)}
    for stranger in (world.amina, world.bereket):
        with pytest.raises(Http404):
            rescue_queue(stranger)


def test_the_next_best_are_those_nobody_has_asked(world: World) -> None:
    need = story.after_need_published(world)
    others = [
        make_expert(make_person(f"e{number}@example.org", f"E {number}"), skills={"interpret-ecg": (3, 3)})
        for number in range(6)
    ]
    proposal = invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help us?")
    decline_proposal(actor=world.amina, proposal=proposal, reason="no_time")
    for viewer in (world.chidi, world.bereket):
        best = [suggestion.profile for suggestion in next_best(viewer, need)]
        assert len(best) == 5
        assert set(best) <= set(others)
    with pytest.raises(Http404):
        next_best(world.dana, need)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_however_long_it_is(
    world: World, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        story.after_need_published(world, title=f"Need {number}")
    Need.objects.update(published_at=timezone.now() - timedelta(days=30))
    with django_assert_num_queries(5):
        assert len(rescue_queue(world.chidi)) == count
