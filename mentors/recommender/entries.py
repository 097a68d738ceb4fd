"""How the skill part of a pair enters the ledger: slots, levels, refusals, breadth, past successes."""

from collections.abc import Mapping
from functools import lru_cache

from mentors.recommender.ledger import UNITS_PER_POINT, Ledger
from mentors.recommender.past import past_earned
from mentors.recommender.skills import (
    Credit,
    Plan,
    evidence,
    meets,
    others_by_facet,
    relation_name,
)
from mentors.recommender.types import Candidate, Facet, Offered, ReasonKind, Scalar, Strength, Wanted
from mentors.recommender.weights import WHOLE, Weights

SQUARE = WHOLE * WHOLE
# An enum's attributes take longer to look up than what is done with them here.
REQUIRED, WORDS = Strength.REQUIRED, {strength: strength.value for strength in Strength}
SAME, RELATED, MISSING = ReasonKind.SKILL_SAME, ReasonKind.SKILL_RELATED, ReasonKind.SKILL_MISSING


def enter_slot(
    ledger: Ledger, wanted: Wanted, weight: int, credit: Credit | None, candidate: Candidate, weights: Weights
) -> None:
    """Enter what fills a slot, or that nothing does, and count it when it meets a must-have."""
    if credit is None:
        ledger.add(MISSING, 0, _gap(wanted.strength, weight), wanted.skill)
        return
    facts: dict[str, Scalar] = {"strength": WORDS[wanted.strength]}
    ledger.required_met += wanted.strength == REQUIRED and meets(wanted, credit)
    if count := evidence(candidate, credit.term.skill):
        facts["count"] = count
    relation = relation_name(credit)
    if relation is None and credit.offered is not None:
        _enter_same(ledger, wanted, weight, credit, credit.offered, facts, weights)
    else:
        _enter_related(ledger, wanted, credit, relation, facts)
    if credit.lost:
        declined: dict[str, Scalar] = {"count": candidate.declined_with_skill[credit.term.skill]}
        ledger.add(ReasonKind.DECLINED, -credit.lost * SQUARE, declined, credit.term.skill)


@lru_cache(maxsize=10_000)
def _gap(strength: Strength, weight: int) -> Mapping[str, Scalar]:
    """Return the facts of a slot that nothing fills, which are the same for everybody who does not fill it."""
    return {"strength": WORDS[strength], "worth": weight * 100 * SQUARE // UNITS_PER_POINT}


def _enter_same(
    ledger: Ledger,
    wanted: Wanted,
    weight: int,
    credit: Credit,
    offered: Offered,
    facts: dict[str, Scalar],
    weights: Weights,
) -> None:
    """Enter the wanted skill itself, and its level as a reason of its own when one was asked."""
    facts |= {"level": offered.level, "years": offered.years, "recognised": offered.recognised}
    if wanted.level is None:
        ledger.add(SAME, credit.units * SQUARE, facts, wanted.skill)
        return
    levels: dict[str, Scalar] = {"strength": facts["strength"], "level": offered.level, "wanted": wanted.level}
    if offered.level >= wanted.level:
        by_level = weight * weights.level_step * (offered.level - 1)
        ledger.add(SAME, (credit.units - by_level) * SQUARE, facts, wanted.skill)
        ledger.add(ReasonKind.LEVEL_OK, by_level * SQUARE, levels, wanted.skill)
    else:
        ledger.add(SAME, credit.units * SQUARE, facts, wanted.skill)
        levels["worth"] = (weight * 100 - credit.units) * SQUARE // UNITS_PER_POINT
        ledger.add(ReasonKind.LEVEL_BELOW, 0, levels, wanted.skill)


def _enter_related(
    ledger: Ledger, wanted: Wanted, credit: Credit, relation: str | None, facts: dict[str, Scalar]
) -> None:
    """Enter the skill that stands in for the wanted one."""
    if credit.offered is not None:
        facts |= {"level": credit.offered.level, "years": credit.offered.years}
    ledger.add(RELATED, credit.units * SQUARE, facts, wanted.skill, credit.term.skill, relation)


def enter_breadth(ledger: Ledger, plan: Plan, candidate: Candidate, earned: Mapping[int, Credit]) -> int:
    """Enter the cost of breadth by facet; return what all slots keep, in units per basis point of a circumstance."""
    others = others_by_facet(candidate, plan)
    nets: dict[Facet, int] = {}
    for wanted, _ in plan.slots:
        if credit := earned.get(wanted.slot):
            nets[wanted.facet] = nets.get(wanted.facet, 0) + credit.units - credit.lost
    kept = 0
    for facet, net in nets.items():
        left = plan.left[others.get(facet, 0)]
        kept += net * left
        if units := net * (WHOLE - left):
            facts: dict[str, Scalar] = {"facet": str(facet), "count": others[facet]}
            ledger.add(ReasonKind.BREADTH, -units * WHOLE, facts)
    return kept


def enter_past(ledger: Ledger, plan: Plan, candidate: Candidate, weights: Weights) -> int:
    """Enter the completed engagements, with the wanted skills and with any; breadth takes nothing from them.

    Returns what they earn, in units per basis point of a circumstance.
    """
    earned = past_earned(plan, candidate, weights)
    if earned.similar:
        most = max(candidate.completed_with_skill.get(wanted.skill, 0) for wanted, _ in plan.slots)
        ledger.add(ReasonKind.PAST_SUCCESS, earned.similar * WHOLE, {"count": most})
    if earned.other:
        ledger.add(ReasonKind.TRACK_RECORD, earned.other * WHOLE, {"count": candidate.completed})
    return sum(earned)
