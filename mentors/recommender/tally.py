"""The points of many pairs without their reasons: what a ranking sorts by, as most of it is never read.

``units`` are those that the ledger of the same pair reaches, to the last one; a property test holds the two against
each other. What pairs have in common, such as a language, a format or the strength of a level, is worked out once for
everybody it fits.
"""

from mentors.recommender.circumstances import Circumstances
from mentors.recommender.ledger import UNITS_PER_POINT
from mentors.recommender.past import past_earned
from mentors.recommender.skills import Plan, others_by_facet, skill_credits
from mentors.recommender.types import Candidate, Facet
from mentors.recommender.weights import WHOLE


class Tally:
    """Adds up the pairs of one prepared wish."""

    def __init__(self, plan: Plan, circumstances: Circumstances) -> None:
        self._plan, self._circumstances = plan, circumstances
        self._facets = {wanted.slot: wanted.facet for wanted, _ in plan.slots}
        self._terms = {
            skill: [(term.slot, term.weight, plan.levels[term.slot]) for term in terms]
            for skill, terms in plan.terms.items()
        }

    def points(self, candidate: Candidate) -> int:
        """Return the points of a pair, as its match has them."""
        return self.units(candidate) // UNITS_PER_POINT

    def units(self, candidate: Candidate) -> int:
        """Return the exact units of a pair, as its ledger has them."""
        kept = self._kept(candidate)
        if not kept:
            return 0
        if candidate.completed or candidate.completed_with_skill:
            kept += sum(past_earned(self._plan, candidate, self._plan.weights))
        return kept * (WHOLE + self._circumstances.share(candidate))

    def _kept(self, candidate: Candidate) -> int:
        """Return what the slots earn after refusals and breadth."""
        if candidate.activity or candidate.completed_with_skill or candidate.declined_with_skill:
            nets, others = self._proven(candidate)
        else:
            nets, others = self._declared(candidate)
        facets, left = self._facets, self._plan.left
        return sum([net * left[others.get(facets[slot], 0)] for slot, net in nets.items()])

    def _proven(self, candidate: Candidate) -> tuple[dict[int, int], dict[Facet, int]]:
        """Return what fills each slot best, less what refusals cost, and the unrelated skills by facet."""
        earned = skill_credits(candidate, self._plan)
        nets = {slot: credit.units - credit.lost for slot, credit in earned.items()}
        return nets, others_by_facet(candidate, self._plan)

    def _declared(self, candidate: Candidate) -> tuple[dict[int, int], dict[Facet, int]]:
        """Return the same for somebody of whom only the profile is known: nothing proven, nothing refused."""
        terms, strengths, others = self._terms, self._plan.strengths, dict(candidate.breadth)
        nets: dict[int, int] = {}
        for skill, offered in candidate.skills.items():
            for slot, weight, level in terms.get(skill, ()):
                units = weight * strengths[offered.level, offered.years, offered.recognised, level]
                if units > nets.get(slot, 0):
                    nets[slot] = units
            if skill in terms:
                others[offered.facet] = max(0, others.get(offered.facet, 0) - 1)
        return nets, others
