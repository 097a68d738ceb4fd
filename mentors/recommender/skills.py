"""The skill part of the score: what each slot of a wish is worth, and what an expert's skills earn of it.

The same integers serve twice: ``query_terms`` and ``posting_weight`` go into the tables the match statement multiplies,
and ``skill_credits`` recomputes the product with what the statement does not know: levels asked, evidence and refusals.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from mentors.recommender.ledger import SLOTS_TOTAL
from mentors.recommender.types import PRACTISED, Candidate, Facet, Offered, Relation, Strength, Wanted, Wish
from mentors.recommender.weights import DEFAULT, WHOLE, Weights


def idf(document_frequency: int, population: int) -> float:
    """Return how rare a skill is: ln((population + 1) / (document_frequency + ½)), at least ln(1 + ½ / population).

    Smoothed, so that a skill nobody has is finite and one everybody has still counts a little. Always above 0.
    Source: the probabilistic idf of BM25 in its always positive form.
    """
    frequency = min(max(document_frequency, 0), max(population, 0))
    return math.log((max(population, 0) + 1) / (frequency + 0.5))


def grown(count: float, cap: int) -> int:
    """Return the basis points that ``count`` earns on a logarithmic scale which is full at ``cap``."""
    return min(WHOLE, round(WHOLE * math.log1p(max(count, 0)) / math.log1p(cap)))


def posting_weight(offered: Offered, weights: Weights = DEFAULT) -> int:
    """Return the strength of a listed skill for its database posting, 60 to 100."""
    bonus = weights.level_step * (offered.level - 1) + (weights.recognised if offered.recognised else 0)
    return weights.listed + bonus + weights.year_step * min(offered.years, weights.years_cap)


def query_weight(wanted: Wanted, relation: Relation | None = None, weights: Weights = DEFAULT) -> int:
    """Return idf × strength × relatedness of one term before facets are balanced; at least 1 for the skill itself."""
    exact = max(1, round(weights.importance[wanted.strength] * wanted.idf))
    return exact if relation is None else _related(exact, relation)


def _related(exact: int, relation: Relation) -> int:
    """Return the share of an exact term's weight that a related one has."""
    return exact * round(relation.weight * 100) // 100


NOBODY = Candidate(0)


class Term(NamedTuple):
    """One row of the statement's query: a skill that may fill a slot, and its integer weight."""

    slot: int
    skill: int
    weight: int
    strength: Strength
    relation: Relation | None = None


class Strengths(dict[tuple[int, int, bool, int | None], int]):
    """The strength of skills of which nothing is proven, by level, years, recognition and level asked, once each."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, key: tuple[int, int, bool, int | None]) -> int:
        """Work one out."""
        level, years, recognised, asked = key
        found = self[key] = strength_of(NOBODY, Offered(0, level, years, recognised), asked, self._weights)
        return found


class Left(dict[int, int]):
    """What breadth leaves, in basis points, by the number of unrelated skills, worked out once each."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, others: int) -> int:
        """Work one out."""
        found = self[others] = breadth_left(others, self._weights)
        return found


@dataclass(frozen=True, slots=True)
class Plan:
    """A wish prepared for scoring: the integer weight of each slot, which terms each skill appears in, the level that
    each slot asks, and what pairs have in common (``strengths``, ``left``).
    """

    slots: tuple[tuple[Wanted, int], ...]
    terms: Mapping[int, Sequence[Term]]
    total: int
    levels: Mapping[int, int | None]
    weights: Weights
    strengths: Strengths
    left: Left


def prepare(wish: Wish, weights: Weights = DEFAULT) -> Plan:
    """Balance the facets of ``wish`` and index its terms by skill.

    A slot's share of the whole is its facet's mass times its share of the facet. An unmet slot added or raised anywhere
    never raises another slot's share, whatever ``facet_power`` from 0 to 1.
    """
    sums: dict[Facet, int] = {}
    for wanted in wish.wanted:
        sums[wanted.facet] = sums.get(wanted.facet, 0) + query_weight(wanted, weights=weights)
    mass = {facet: weights.facets[facet] * total**weights.facet_power for facet, total in sums.items()}
    whole = sum(mass.values())
    slots = []
    terms: dict[int, list[Term]] = {}
    for wanted in wish.wanted:
        share = query_weight(wanted, weights=weights) / sums[wanted.facet] * mass[wanted.facet] / whole
        weight = max(1, round(SLOTS_TOTAL * share))
        slots.append((wanted, weight))
        for term in _terms(wanted, weight):
            terms.setdefault(term.skill, []).append(term)
    levels = {wanted.slot: wanted.level for wanted in wish.wanted}
    total = sum(weight for _, weight in slots)
    return Plan(tuple(slots), terms, total, levels, weights, *_tables(weights))


@lru_cache(maxsize=100)
def _tables(weights: Weights) -> tuple[Strengths, Left]:
    """Return what depends on the configuration alone, kept from one wish to the next."""
    return Strengths(weights), Left(weights)


def _terms(wanted: Wanted, weight: int) -> Iterator[Term]:
    """Yield the exact term of a slot, then those related ones that weigh anything."""
    yield Term(wanted.slot, wanted.skill, weight, wanted.strength)
    for relation in wanted.related.values():
        related = _related(weight, relation)
        if related and relation.skill != wanted.skill:
            yield Term(wanted.slot, relation.skill, related, wanted.strength, relation)


def query_terms(wish: Wish, weights: Weights = DEFAULT) -> tuple[Term, ...]:
    """Return the rows of the match statement for ``wish``: exact and related skills with facet-balanced integer
    weights.

    The sum over slots of the best ``term.weight`` × ``posting_weight`` is the skill part of the score in hundredths of
    ``SLOTS_TOTAL``, for experts without evidence or refusals and slots without a level.
    """
    return tuple(term for terms in prepare(wish, weights).terms.values() for term in terms)


def breadth_of(offered: Iterable[Offered], activity: Mapping[int, int]) -> dict[Facet, int]:
    """Count by facet the listed skills which no activity backs: what ``Candidate.breadth`` holds."""
    counts: dict[Facet, int] = {}
    for item in offered:
        if not activity.get(item.skill):
            counts[item.facet] = counts.get(item.facet, 0) + 1
    return counts


def evidence(candidate: Candidate, skill: int) -> int:
    """Return how many pieces of evidence back ``skill``: activity or completed engagements, whichever is more."""
    return max(candidate.activity.get(skill, 0), candidate.completed_with_skill.get(skill, 0))


def strength_of(candidate: Candidate, offered: Offered, asked: int | None, weights: Weights = DEFAULT) -> int:
    """Return the strength of a listed skill, 60 to 100: what is declared or proven, less below the level ``asked``."""
    count = candidate.activity.get(offered.skill, 0)
    proven = (100 - weights.listed) * grown(count, weights.evidence_cap) // WHOLE if count else 0
    bonus = max(posting_weight(offered, weights) - weights.listed, proven)
    short = max(0, (asked or 0) - offered.level)
    return weights.listed + bonus * max(0, weights.level_span - short) // weights.level_span


class Credit(NamedTuple):
    """What fills a slot best. Units are slot weight × hundredths of strength; ``lost`` of them to refusals."""

    units: int
    lost: int
    term: Term
    offered: Offered | None

    @property
    def order(self) -> tuple[int, bool, int]:
        """Return the key by which a slot's best credit is the greatest: worth, then exactness, then the lower skill."""
        return self.units - self.lost, self.term.relation is None and self.offered is not None, -self.term.skill


def skill_credits(candidate: Candidate, plan: Plan) -> dict[int, Credit]:
    """Return the best credit of each slot that has any, by slot."""
    activity, has_refused = candidate.activity, bool(candidate.declined_with_skill)
    terms, levels, strengths = plan.terms, plan.levels, plan.strengths
    best: dict[int, Credit] = {}
    for skill, offered in candidate.skills.items():
        for term in terms.get(skill, ()):
            asked = levels[term.slot]
            if activity.get(skill):
                strength = strength_of(candidate, offered, asked, plan.weights)
            else:
                strength = strengths[offered.level, offered.years, offered.recognised, asked]
            units = term.weight * strength
            _keep(best, term, units, _lost(candidate, skill, units) if has_refused else 0, offered)
    if activity or candidate.completed_with_skill:
        for wanted, weight in plan.slots:
            if evidence(candidate, wanted.skill) and wanted.skill not in candidate.skills:
                units = weight * plan.weights.practised
                term = Term(wanted.slot, wanted.skill, weight, wanted.strength)
                _keep(best, term, units, _lost(candidate, wanted.skill, units), None)
    return best


def _keep(best: dict[int, Credit], term: Term, units: int, lost: int, offered: Offered | None) -> None:
    """Put a credit into ``best`` when its slot has nothing better."""
    present = best.get(term.slot)
    if present is None:
        best[term.slot] = Credit(units, lost, term, offered)
    elif units - lost >= present.units - present.lost:
        credit = Credit(units, lost, term, offered)
        if credit.order > present.order:
            best[term.slot] = credit


def _lost(candidate: Candidate, skill: int, units: int) -> int:
    """Return what refusals for want of expertise cost: each of the first four takes half of what is left."""
    return units - (units >> refusals(candidate, skill))


def refusals(candidate: Candidate, skill: int) -> int:
    """Return how many refusals for want of expertise count against ``skill``."""
    return min(candidate.declined_with_skill.get(skill, 0), 4)


def others_by_facet(candidate: Candidate, plan: Plan) -> dict[Facet, int]:
    """Count by facet the skills that no activity backs and that the wish neither wants nor relates to."""
    others, terms, activity = dict(candidate.breadth), plan.terms, candidate.activity
    for skill, offered in candidate.skills.items():
        if skill in terms and not activity.get(skill) and others.get(offered.facet, 0) > 0:
            others[offered.facet] -= 1
    return others


def breadth_left(others: int, weights: Weights = DEFAULT) -> int:
    """Return the basis points of a facet's points left to an expert with ``others`` unrelated skills in it."""
    pivot = weights.breadth_pivot
    return round(WHOLE * math.pow(pivot / (pivot + others), weights.breadth_power))


def relation_name(credit: Credit) -> str | None:
    """Return how the offered skill stands to the wanted one: None for the same, a relation's kind, or ``PRACTISED``."""
    if credit.term.relation is not None:
        return str(credit.term.relation.kind)
    return None if credit.offered is not None else PRACTISED


def meets(wanted: Wanted, credit: Credit) -> bool:
    """Say whether ``credit`` is the wanted skill itself, listed at the level asked and never refused."""
    if credit.offered is None or credit.term.relation is not None or credit.lost:
        return False
    return credit.offered.level >= (wanted.level or 0)
