"""The one score of a pair and the two orders made of it.

    skill points     = for each slot the best of weight × strength; a related skill earns at most 0.6 of an exact one
    kept points      = skill points of each facet × what breadth leaves of them
    past points      = the logarithm of the work completed with the wanted skills, and a little of any other
    points           = (kept + past points) × (1 + the bounded shares of all circumstances)
    attainable       = points of every wanted skill at full strength, typical breadth and all that is asked
    score            = points / attainable, at most 1

Every factor is a reason with its own points, and the reasons' points sum to the points. Without any wanted or related
skill nothing is earned. All arithmetic is on integers; ties fall by a daily hash, so that no number of an expert is an
advantage.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from hashlib import blake2b

from mentors.recommender.circumstances import Circumstances, asked
from mentors.recommender.entries import enter_breadth, enter_past, enter_slot
from mentors.recommender.ledger import UNITS_PER_POINT, Ledger
from mentors.recommender.skills import (
    Plan,
    Term,
    breadth_left,
    breadth_of,
    idf,
    posting_weight,
    prepare,
    query_terms,
    query_weight,
    skill_credits,
)
from mentors.recommender.tally import Tally
from mentors.recommender.types import Candidate, Fit, Match, Strength, Wish
from mentors.recommender.weights import DEFAULT, WHOLE, Weights

__all__ = [
    "DEFAULT",
    "Pairs",
    "Term",
    "Weights",
    "attainable_points",
    "breadth_of",
    "fit_of",
    "idf",
    "posting_weight",
    "query_terms",
    "query_weight",
    "rank",
    "rank_wishes",
    "score_pair",
]


def score_pair(wish: Wish, candidate: Candidate, weights: Weights = DEFAULT) -> Match:
    """Score and explain one pair; the same whoever asks and whichever others are ranked beside it."""
    return Pairs(wish, weights).match(candidate)


def rank(
    wish: Wish,
    candidates: Iterable[Candidate],
    *,
    limit: int = 50,
    day: date | str,
    weights: Weights = DEFAULT,
) -> list[Match]:
    """Return the matches of ``candidates``, best first by points, at most ``limit``; ties fall by a hash of ``day``."""
    pairs = Pairs(wish, weights)
    scored = [(pairs.points(candidate), candidate) for candidate in candidates]
    how_many = Counter(points for points, _candidate in scored)
    order = sorted(
        (-points, _lot(day, candidate.expert) if how_many[points] > 1 else b"", place, candidate)
        for place, (points, candidate) in enumerate(scored)
    )
    return [pairs.match(candidate) for _points, _lot_drawn, _place, candidate in order[:limit]]


def rank_wishes(
    candidate: Candidate,
    wishes: Iterable[tuple[int, Wish]],
    *,
    limit: int = 50,
    day: date | str,
    weights: Weights = DEFAULT,
) -> list[tuple[int, Match]]:
    """Return (need, match) for an expert's (need, wish) pairs, best first by share of the attainable points."""
    asked = [(need, Pairs(wish, weights)) for need, wish in wishes]
    order = sorted(
        (-pairs.points(candidate) / max(1, pairs.attainable), _lot(day, need), place)
        for place, (need, pairs) in enumerate(asked)
    )
    best = [asked[place] for _share, _lot_drawn, place in order[:limit]]
    return [(need, pairs.match(candidate)) for need, pairs in best]


def attainable_points(wish: Wish, weights: Weights = DEFAULT) -> int:
    """Return the points that make a score of 1: full strength everywhere, typical breadth, all that is asked."""
    return _attainable(wish, prepare(wish, weights), weights)


def fit_of(required_met: int, required_wanted: int, score: float, weights: Weights = DEFAULT) -> Fit:
    """Return the first fit word whose share of must-haves and score are reached; the share is whole without any."""
    share = required_met / required_wanted if required_wanted else 1.0
    for fit, least_share, least_score in weights.fits:
        if share >= least_share and score >= least_score:
            return fit
    return Fit.STRETCH


def _lot(day: date | str, number: int) -> bytes:
    """Return what breaks ties: the same all day, unrelated between days and to the order of ids."""
    return blake2b(f"{day}:{number}".encode(), digest_size=8).digest()


def _attainable(wish: Wish, plan: Plan, weights: Weights) -> int:
    """Return ``attainable_points`` of a prepared wish."""
    typical = breadth_left(weights.breadth_typical, weights)
    return plan.total * 100 * typical * (WHOLE + asked(wish, weights)) // UNITS_PER_POINT


class Pairs:
    """Scores and explains the pairs of one wish; what they have in common is worked out once.

    ``attainable`` are the points that make a score of 1.
    """

    def __init__(self, wish: Wish, weights: Weights = DEFAULT) -> None:
        self.wish, self.weights, self.plan = wish, weights, prepare(wish, weights)
        self.circumstances = Circumstances(wish, weights)
        self._tally = Tally(self.plan, self.circumstances)
        self.attainable = _attainable(wish, self.plan, weights)
        self._required = sum(wanted.strength == Strength.REQUIRED for wanted, _ in self.plan.slots)

    def points(self, candidate: Candidate) -> int:
        """Return the points of a pair, as its match has them, without a reason for any."""
        return self._tally.points(candidate)

    def match(self, candidate: Candidate) -> Match:
        """Sum up everything that counts for or against a pair."""
        ledger = self._enter(candidate)
        points, reasons = ledger.reasons()
        score = round(min(1.0, points / self.attainable), 4) if self.attainable else 0.0
        return Match(
            expert=candidate.expert,
            score=score,
            points=points,
            attainable=self.attainable,
            fit=fit_of(ledger.required_met, self._required, score, self.weights),
            required_met=ledger.required_met,
            required_wanted=self._required,
            reasons=reasons,
        )

    def _enter(self, candidate: Candidate) -> Ledger:
        ledger, plan, weights = Ledger(), self.plan, self.weights
        earned = skill_credits(candidate, plan)
        for wanted, weight in plan.slots:
            enter_slot(ledger, wanted, weight, earned.get(wanted.slot), candidate, weights)
        base = enter_breadth(ledger, plan, candidate, earned)
        base += enter_past(ledger, plan, candidate, weights) if base else 0
        for kind, share, facts, worth in self.circumstances.found(candidate):
            told = facts if worth is None else {**facts, "worth": base * worth // UNITS_PER_POINT}
            ledger.add(kind, base * share, told)
        return ledger
