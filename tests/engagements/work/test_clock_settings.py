"""What a programme sets of its clocks is what counts, in Python and in the database, for every kind and every part."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db.models import F

from engagements.models import Need, Programme, Proposal
from engagements.queries.waiting_clocks import days
from engagements.queries.waiting_rows import OF_PROPOSAL, rows_to_remind, waiting_rows
from engagements.states.clocks import CLOCKS, Clock, WaitingKind, clock_of
from tests import world as story
from tests.factories import make_programme
from tests.world import World

pytestmark = pytest.mark.django_db


def test_all_of_a_clock_moves_with_its_target() -> None:
    assert clock_of(WaitingKind.REPLY) == clock_of(WaitingKind.REPLY, {"hours": 9}) == Clock(3, 2, 5, 10)
    assert clock_of(WaitingKind.REPLY, {"reply": 6}) == Clock(6, 4, 10, 20)
    assert clock_of(WaitingKind.REPLY, {"reply": 1}) == Clock(1, 1, 2, 4)
    for kind in CLOCKS:
        for target in (1, 2, 7, 90):
            clock = clock_of(kind, {kind.value: target})
            assert (clock.target, clock.first <= clock.second <= clock.end) == (target, True)


@pytest.mark.parametrize("target", [None, 1, 2, 7, 90])
def test_the_database_counts_by_what_a_programme_sets(world: World, target: int | None) -> None:
    story.after_proposal_sent(world)
    for kind in WaitingKind:
        waits = {kind.value: target} if target else {}
        programme = make_programme(world.chidi, waits=waits)
        Need.objects.update(programme=programme)
        parts = {f"own_{part}": days(kind, part, OF_PROPOSAL) for part in Clock._fields}
        row = Proposal.objects.annotate(**parts).values_list(*parts).get()
        assert Clock(*row) == clock_of(kind, waits)


def test_a_form_of_a_programme_changes_when_its_institution_is_reminded(world: World) -> None:
    """A Monday, so that the days before the weekend are those of the calendar."""
    with time_machine.travel(datetime(2026, 6, 8, 10, tzinfo=UTC), tick=False):
        story.after_proposal_sent(world)
        assert waiting_rows(WaitingKind.REPLY).values_list("step_target", flat=True).get() == 3
        Need.objects.update(programme=make_programme(world.chidi, waits={"reply": 1}))
    with time_machine.travel(datetime(2026, 6, 9, 11, tzinfo=UTC), tick=False):
        assert rows_to_remind(WaitingKind.REPLY).filter(step_target=1, step_first=F("step_due_at")).count() == 1
        Programme.objects.update(waits={})
        assert not rows_to_remind(WaitingKind.REPLY).exists()
