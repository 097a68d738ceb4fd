"""A person's engagements, grouped by who has to act."""

from dataclasses import dataclass

from diaspora_net.accounts.models import User
from engagements.models import Engagement
from engagements.queries.work import own_engagements
from engagements.rules.work import other_side
from engagements.states import ANSWERING_STATES, CHANGEABLE_STATES, RUNNING_STATES, EngagementState, Side


@dataclass(frozen=True)
class WorkList:
    """A person's engagements: waiting for them, running without them, and past ones."""

    waiting: list[Engagement]
    running: list[Engagement]
    past: list[Engagement]


def work_list(viewer: User) -> WorkList:
    """Return the engagements the viewer takes part in, grouped by who has to act. Queries: 1."""
    found = WorkList([], [], [])
    for engagement in own_engagements(viewer):
        if engagement.state not in RUNNING_STATES:
            found.past.append(engagement)
        elif _waits(engagement):
            found.waiting.append(engagement)
        else:
            found.running.append(engagement)
    return found


def _waits(engagement: Engagement) -> bool:
    """Say whether an engagement of ``own_engagements`` waits for a side the viewer takes."""
    row = vars(engagement)
    sides = [side for side, is_taken in ((Side.EXPERT, row["is_own"]), (Side.INSTITUTION, row["speaks"])) if is_taken]
    return any(_waits_for(side, engagement) for side in sides)


def _waits_for(side: Side, engagement: Engagement) -> bool:
    row = vars(engagement)
    other = other_side(side)
    if engagement.state in CHANGEABLE_STATES and row[f"{side.value}_asked"]:
        return True
    if engagement.state == EngagementState.WRAPPING_UP:
        return not row[f"{side.value}_reported"] or bool(row[f"{other.value}_reported"])
    return bool(row[f"{other.value}_logged"]) and engagement.state in ANSWERING_STATES
