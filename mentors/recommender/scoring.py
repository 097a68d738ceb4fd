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

from collections.abc import Iterable
from datetime import date
from hashlib import blake2b

from mentors.recommender.circumstances import asked, circumstances
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
    plan = prepare(wish, weights)
    return _match(wish, plan, candidate, _enter(wish, plan, candidate, weights), weights)


def rank(
    wish: Wish,
    candidates: Iterable[Candidate],
    *,
    limit: int = 50,
    day: date | str,
    weights: Weights = DEFAULT,
) -> list[Match]:
    """Return the matches of ``candidates``, best first by points, at most ``limit``; ties fall by a hash of ``day``."""
    plan = prepare(wish, weights)
    tally = Tally(wish, plan, weights)
    order = sorted(
        (-tally.points(candidate), _lot(day, candidate.expert), place, candidate)
        for place, candidate in enumerate(candidates)
    )
    best = [candidate for _points, _lot_drawn, _place, candidate in order[:limit]]
    return [_match(wish, plan, candidate, _enter(wish, plan, candidate, weights), weights) for candidate in best]


def rank_wishes(
    candidate: Candidate,
    wishes: Iterable[tuple[int, Wish]],
    *,
    limit: int = 50,
    day: date | str,
    weights: Weights = DEFAULT,
) -> list[tuple[int, Match]]:
    """Return (need, match) for an expert's (need, wish) pairs, best first by share of the attainable points."""
    pairs = [(need, score_pair(wish, candidate, weights)) for need, wish in wishes]
    pairs.sort(key=lambda pair: (-pair[1].points / max(1, pair[1].attainable), _lot(day, pair[0])))
    return pairs[:limit]


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


def _enter(wish: Wish, plan: Plan, candidate: Candidate, weights: Weights) -> Ledger:
    """Enter everything that counts for or against a pair of a prepared wish."""
    ledger = Ledger()
    earned = skill_credits(candidate, plan, weights)
    for wanted, weight in plan.slots:
        enter_slot(ledger, wanted, weight, earned.get(wanted.slot), candidate, weights)
    kept = enter_breadth(ledger, plan, candidate, earned, weights)
    base = sum(kept.values())
    base += enter_past(ledger, plan, candidate, weights) if base else 0
    for kind, share, facts in circumstances(wish, candidate, weights):
        if "worth" in facts:
            facts["worth"] = base * int(facts["worth"]) // UNITS_PER_POINT
        ledger.add(kind, base * share, facts)
    return ledger


def _match(wish: Wish, plan: Plan, candidate: Candidate, ledger: Ledger, weights: Weights) -> Match:
    """Sum up what was entered for a pair."""
    required = sum(wanted.strength == Strength.REQUIRED for wanted, _ in plan.slots)
    attainable = _attainable(wish, plan, weights)
    score = round(min(1.0, ledger.points / attainable), 4) if attainable else 0.0
    return Match(
        expert=candidate.expert,
        score=score,
        points=ledger.points,
        attainable=attainable,
        fit=fit_of(ledger.required_met, required, score, weights),
        required_met=ledger.required_met,
        required_wanted=required,
        reasons=ledger.reasons(),
    )
