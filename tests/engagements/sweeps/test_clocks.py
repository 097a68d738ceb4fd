"""Sweeps on a clock that is wrong for a while: far ahead, and set back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from engagements.actions.reminders import remind_waiting
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Need, Proposal
from messaging.models import Notification
from tests import world as story
from tests.engagements.sweeps import naive
from tests.engagements.sweeps.steps import fails_once_reminded, reminded_once
from tests.world import World

pytestmark = pytest.mark.django_db
Sweep = Callable[[], object]
# A Monday, so that the first reminder is due on Wednesday at the same hour, and a proposal ends in two weeks.
MONDAY = datetime(2026, 6, 8, 10, tzinfo=UTC)
YEAR = 365.0


def on(day: float) -> time_machine.travel:
    """Let the clock show so many days after Monday."""
    return time_machine.travel(MONDAY + timedelta(days=day), tick=True)


def swept(sweep: Sweep, *days: float) -> None:
    """Sweep on each of the days that the clock shows, in this order."""
    for day in days:
        with on(day):
            sweep()


def jumped_ahead(world: World, sweep: Sweep) -> None:
    """Let the clock be a year ahead for one sweep, then right; somebody offers help, and waits for three days."""
    swept(sweep, 0, YEAR)
    with on(0.1):
        story.after_proposal_sent(world)
    swept(sweep, 1, 2, 2.2, 3)


def jumped_back(world: World, sweep: Sweep) -> None:
    """Let somebody offer help and wait for two days; then the clock is set back by one, and goes on from there."""
    with on(0):
        story.after_proposal_sent(world)
    swept(sweep, 1, 2.1, 1.1, 2.1, 3)


@pytest.mark.parametrize("jump", [jumped_ahead, jumped_back])
def test_everybody_is_reminded_once_when_the_clock_jumps(world: World, jump: Callable[[World, Sweep], None]) -> None:
    """Rows say since when they wait and of what they were reminded; when a sweep ran last is written nowhere."""
    jump(world, remind_waiting)
    reminded_once(world)


@pytest.mark.parametrize(("jump", "goes_back", "times"), [(jumped_ahead, False, 0), (jumped_back, True, 2)])
def test_control_a_sweep_that_remembers_its_last_run_forgets_or_repeats_when_the_clock_jumps(
    world: World, jump: Callable[[World, Sweep], None], goes_back: bool, times: int
) -> None:
    """Going on from the latest run ever, it tells nobody for a year; going on from the last one, it tells twice."""
    with on(-0.1):
        sweep = naive.SinceLastRun(goes_back=goes_back)
    jump(world, sweep)
    fails_once_reminded(world, times=times)


@pytest.mark.parametrize("goes_back", [True, False])
def test_control_the_same_sweep_reminds_once_on_a_clock_that_goes_right(world: World, goes_back: bool) -> None:
    """So it is the jump that it cannot bear."""
    with on(0):
        sweep = naive.SinceLastRun(goes_back=goes_back)
        story.after_proposal_sent(world)
    swept(sweep, 1, 2.1, 3)
    reminded_once(world)


def not_ended() -> None:
    """Assert that nothing is over."""
    assert (Proposal.objects.get().state, Need.objects.get().state) == ("sent", "published")


def test_a_wrong_clock_ends_nothing_that_nobody_was_warned_of(world: World) -> None:
    """A year ahead for a moment: reminders may go out early, but nothing is closed before a real day has passed."""
    with on(0):
        story.after_proposal_sent(world)
    swept(end_waiting, YEAR)
    swept(remind_waiting, YEAR)
    swept(end_waiting, YEAR)
    swept(remind_waiting, 1, 3, 8)
    swept(end_waiting, 1, 3, 8)
    not_ended()


def test_control_a_sweep_that_ends_by_the_clock_alone_closes_what_nobody_was_warned_of(world: World) -> None:
    """One look at a clock that is a year ahead, and the proposal is over for good."""
    with on(0):
        story.after_proposal_sent(world)
    swept(naive.end_by_the_clock, YEAR)
    with pytest.raises(AssertionError):
        not_ended()
    assert Proposal.objects.get().state == "expired"


def test_what_a_wrong_clock_reminded_of_ends_in_its_time(world: World) -> None:
    """Warned of by a clock that was a year ahead, a proposal does not wait for a year more."""
    with on(0):
        story.after_proposal_sent(world)
    swept(remind_waiting, YEAR)
    swept(end_waiting, YEAR)
    swept(end_waiting, 1, 12, 13.9)
    not_ended()
    swept(end_waiting, 14.5, 15.6)
    assert Proposal.objects.get().state == "expired"
    assert Notification.objects.filter(verb="engagements.proposal.expired").count() == 2
