"""What completed engagements add to a pair: those with the wanted skills above all, those with any other a little."""

import math
from typing import NamedTuple

from mentors.recommender.skills import Plan, refusals
from mentors.recommender.types import Candidate
from mentors.recommender.weights import FADING_DAYS, WHOLE, Weights


def faded(days: float) -> float:
    """Return what an engagement that ended ``days`` ago still counts: 1 today, 1/e after ``FADING_DAYS``."""
    return math.exp(-max(0.0, days) / FADING_DAYS)


class Earned(NamedTuple):
    """What past work earns, in units per basis point of a circumstance: with the wanted skills, and with any."""

    similar: int
    other: int


NOTHING = Earned(0, 0)


def past_earned(plan: Plan, candidate: Candidate, weights: Weights) -> Earned:
    """Return what the completed engagements of somebody earn who has any of what the plan wants."""
    if not candidate.completed and not candidate.completed_with_skill:
        return NOTHING
    similar = _similar(plan, candidate)
    recently = candidate.completed if candidate.recently is None else candidate.recently
    work = similar + recently * weights.track_record / WHOLE
    if not work:
        return NOTHING
    typical = weights.past_typical * candidate.evenness
    growth = math.log1p(min(work / typical, weights.past_success_cap))
    units = round(plan.total * weights.past_success * WHOLE * growth)
    by_skill = round(units * similar / work)
    return Earned(by_skill, units - by_skill)


def _similar(plan: Plan, candidate: Candidate) -> float:
    """Return the engagements completed with the wanted skills, faded, less for refusals.

    Each skill counts by the root of its slot's weight: whoever has helped with some of a need has helped with its like.
    """
    done, practice = candidate.completed_with_skill, candidate.practice
    counted = [(wanted.skill, weight) for wanted, weight in plan.slots if done.get(wanted.skill)]
    if not counted:
        return 0.0
    total = sum(
        math.sqrt(weight) * practice.get(skill, done[skill]) / (1 << refusals(candidate, skill))
        for skill, weight in counted
    )
    return total / sum(math.sqrt(weight) for _, weight in plan.slots)
