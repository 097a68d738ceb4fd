"""The points of many pairs without their reasons: what a ranking sorts by, as most of it is never read.

``units`` are those that the ledger of the same pair reaches, to the last one; a property test holds the two against
each other. What pairs have in common, such as a language, a format or the strength of a level, is worked out once for
everybody it fits.
"""

from collections.abc import Hashable

from mentors.recommender.circumstances import PARTS
from mentors.recommender.ledger import UNITS_PER_POINT
from mentors.recommender.past import past_earned
from mentors.recommender.skills import Plan, breadth_left, others_by_facet, skill_credits, strength_of
from mentors.recommender.types import Candidate, Facet, Offered, Wish
from mentors.recommender.weights import WHOLE, Weights


class Tally:
    """Adds up the pairs of one prepared wish."""

    def __init__(self, wish: Wish, plan: Plan, weights: Weights) -> None:
        self._wish, self._plan, self._weights = wish, plan, weights
        self._levels = {wanted.slot: wanted.level for wanted, _ in plan.slots}
        self._facets = {wanted.slot: wanted.facet for wanted, _ in plan.slots}
        self._parts = [(part.reads, part.find, dict[Hashable, int]()) for part in PARTS]
        self._strengths: dict[Hashable, int] = {}
        self._left: dict[int, int] = {}

    def points(self, candidate: Candidate) -> int:
        """Return the points of a pair, as its match has them."""
        return self.units(candidate) // UNITS_PER_POINT

    def units(self, candidate: Candidate) -> int:
        """Return the exact units of a pair, as its ledger has them."""
        kept = self._kept(candidate)
        if not kept:
            return 0
        return (kept + sum(past_earned(self._plan, candidate, self._weights))) * (WHOLE + self._share(candidate))

    def _kept(self, candidate: Candidate) -> int:
        """Return what the slots earn after refusals and breadth."""
        has_past = candidate.activity or candidate.completed_with_skill or candidate.declined_with_skill
        nets, others = self._proven(candidate) if has_past else self._declared(candidate)
        kept = 0
        for slot, net in nets.items():
            count = others.get(self._facets[slot], 0)
            left = self._left.get(count)
            if left is None:
                left = self._left[count] = breadth_left(count, self._weights)
            kept += net * left
        return kept

    def _proven(self, candidate: Candidate) -> tuple[dict[int, int], dict[Facet, int]]:
        """Return what fills each slot best, less what refusals cost, and the unrelated skills by facet."""
        earned = skill_credits(candidate, self._plan, self._weights)
        nets = {slot: credit.units - credit.lost for slot, credit in earned.items()}
        return nets, others_by_facet(candidate, self._plan)

    def _declared(self, candidate: Candidate) -> tuple[dict[int, int], dict[Facet, int]]:
        """Return the same for somebody of whom only the profile is known: nothing proven, nothing refused."""
        terms, skills, others = self._plan.terms, candidate.skills, dict(candidate.breadth)
        nets: dict[int, int] = {}
        for skill in terms.keys() & skills.keys():
            offered = skills[skill]
            others[offered.facet] = max(0, others.get(offered.facet, 0) - 1)
            for term in terms[skill]:
                units = term.weight * self._strength(candidate, offered, self._levels[term.slot])
                if units > nets.get(term.slot, 0):
                    nets[term.slot] = units
        return nets, others

    def _strength(self, candidate: Candidate, offered: Offered, asked: int | None) -> int:
        key = offered.level, offered.years, offered.recognised, asked
        strength = self._strengths.get(key)
        if strength is None:
            strength = self._strengths[key] = strength_of(candidate, offered, asked, self._weights)
        return strength

    def _share(self, candidate: Candidate) -> int:
        """Return the basis points that all circumstances add."""
        total = 0
        for reads, find, known in self._parts:
            key = reads(candidate)
            share = known.get(key)
            if share is None:
                found = find(self._wish, candidate, self._weights)
                share = known[key] = sum(one.share for one in found)
            total += share
        return total
