"""A person's engagements, grouped by who has to act."""

from dataclasses import dataclass

from diaspora_net.accounts.models import User
from engagements.models import Engagement
from engagements.queries.work import own_engagements
from engagements.queries.work_clocks import clocks_of_work
from engagements.rules.work import other_side
from engagements.states import ANSWERING_STATES, CHANGEABLE_STATES, RUNNING_STATES, EngagementState, Side


@dataclass(frozen=True)
class WorkList:
    """A person's engagements: waiting for them, running without them, and past ones."""

    waiting: list[Engagement]
    running: list[Engagement]
    past: list[Engagement]


def work_list(viewer: User) -> WorkList:
    """Return the engagements the viewer takes part in, grouped by who has to act. Queries: 2.

    Those that wait carry ``clock``, the most urgent thing that waits for the viewer, or None.
    """
    found = WorkList([], [], [])
    engagements = own_engagements(viewer)
    clocks = clocks_of_work(engagements)
    for engagement in engagements:
        if engagement.state not in RUNNING_STATES:
            found.past.append(engagement)
        elif _waits(engagement):
            mine = _sides(engagement)
            vars(engagement)["clock"] = next((c for side, c in clocks.get(engagement.pk, ()) if side in mine), None)
            found.waiting.append(engagement)
        else:
            found.running.append(engagement)
    return found


def _waits(engagement: Engagement) -> bool:
    """Say whether an engagement of ``own_engagements`` waits for a side the viewer takes."""
    return any(_waits_for(side, engagement) for side in _sides(engagement))


def _sides(engagement: Engagement) -> list[Side]:
    row = vars(engagement)
    return [side for side, is_taken in ((Side.EXPERT, row["is_own"]), (Side.INSTITUTION, row["speaks"])) if is_taken]


def _waits_for(side: Side, engagement: Engagement) -> bool:
    row = vars(engagement)
    other = other_side(side)
    if engagement.state in CHANGEABLE_STATES and row[f"{side.value}_asked"]:
        return True
    if engagement.state == EngagementState.WRAPPING_UP:
        return not row[f"{side.value}_reported"] or bool(row[f"{other.value}_reported"])
    return bool(row[f"{other.value}_logged"]) and engagement.state in ANSWERING_STATES
