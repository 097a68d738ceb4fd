"""Rarity, the integers of the match statement, and what fills a slot."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentors.recommender.scoring import idf, posting_weight, query_terms, query_weight, score_pair
from mentors.recommender.skills import breadth_left, breadth_of, grown, prepare, skill_credits, strength_of
from mentors.recommender.types import (
    Candidate,
    Facet,
    Match,
    Offered,
    Reason,
    ReasonKind,
    Relation,
    RelationKind,
    Strength,
    Wanted,
    Wish,
)
from tests.mentors.recommender.worlds import candidates, make_candidate, make_wanted, make_wish, wishes

SIBLING = Relation(2, 0.5, RelationKind.SIBLING)


def reason_of(match: Match, kind: ReasonKind) -> Reason:
    """Return the one reason of ``kind``."""
    [reason] = [reason for reason in match.reasons if reason.kind == kind]
    return reason


@given(st.integers(-5, 10**6), st.integers(0, 10**6))
def test_idf_is_positive_and_falls_as_a_skill_gets_common(frequency: int, population: int) -> None:
    assert 0 < idf(frequency + 1, population) <= idf(frequency, population)


def test_idf_is_smoothed() -> None:
    assert idf(0, 0) == pytest.approx(math.log(2))
    assert idf(0, 9) == idf(-1, 9) == pytest.approx(math.log(20))
    assert idf(5, 0) == idf(0, -5) == idf(0, 0)
    assert idf(3, 999) == pytest.approx(math.log(1000 / 3.5))
    assert idf(2000, 1000) == idf(1000, 1000) == pytest.approx(math.log(1001 / 1000.5))


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (Offered(1, 1), 60),
        (Offered(1, 2), 68),
        (Offered(1, 4), 84),
        (Offered(1, 1, years=7), 67),
        (Offered(1, 1, years=40), 70),
        (Offered(1, 1, recognised=True), 66),
        (Offered(1, 4, years=10, recognised=True), 100),
    ],
)
def test_posting_weight_grows_with_level_years_and_recognition(offered: Offered, expected: int) -> None:
    assert posting_weight(offered) == expected


@pytest.mark.parametrize(
    ("strength", "rarity", "relation", "expected"),
    [
        (Strength.REQUIRED, 4.0, None, 400),
        (Strength.PREFERRED, 4.0, None, 200),
        (Strength.OPTIONAL, 4.0, None, 100),
        (Strength.REQUIRED, 4.0, SIBLING, 200),
        (Strength.OPTIONAL, 0.0001, None, 1),
        (Strength.OPTIONAL, 0.0001, SIBLING, 0),
    ],
)
def test_query_weight_is_rarity_times_strength_times_relatedness(
    strength: Strength, rarity: float, relation: Relation | None, expected: int
) -> None:
    assert query_weight(make_wanted(0, 1, strength, idf=rarity), relation) == expected


@given(wishes(), candidates())
def test_statement_product_is_the_skill_score_when_nothing_else_is_known(wish: Wish, candidate: Candidate) -> None:
    wish = replace(wish, wanted=tuple(replace(wanted, level=None) for wanted in wish.wanted))
    candidate = candidate._replace(activity={}, completed_with_skill={}, declined_with_skill={})
    best: dict[int, int] = {}
    for term in query_terms(wish):
        if offered := candidate.skills.get(term.skill):
            best[term.slot] = max(best.get(term.slot, 0), term.weight * posting_weight(offered))
    earned = skill_credits(candidate, prepare(wish))
    assert {slot: credit.units for slot, credit in earned.items()} == best


def test_terms_are_balanced_between_facets_by_the_root_of_their_sums() -> None:
    skills = [make_wanted(slot, slot, idf=1.0) for slot in range(4)]
    field = Wanted(4, 4, Facet.OCCUPATION, Strength.REQUIRED, idf=1.0)
    weights = [weight for _, weight in prepare(make_wish(*skills, field)).slots]
    assert weights == [1667, 1667, 1667, 1667, 3333]


def test_terms_leave_out_what_weighs_nothing_and_the_skill_itself() -> None:
    relations = [(1, 0.5), (2, 0.6), (3, 0.001)]
    related = {skill: Relation(skill, weight, RelationKind.SIBLING) for skill, weight in relations}
    terms = query_terms(make_wish(make_wanted(0, 1, related=related)))
    assert [(term.skill, term.weight) for term in terms] == [(1, 10_000), (2, 6_000)]


def test_slot_weighs_at_least_one_however_common_its_skill() -> None:
    wish = make_wish(make_wanted(0, 1, Strength.OPTIONAL, idf=1e-9), make_wanted(1, 2, idf=12_000.0))
    assert [weight for _, weight in prepare(wish).slots] == [1, 10_000]


@pytest.mark.parametrize("weight", [0, -0.1, 0.61, 1])
def test_relation_is_refused_when_it_would_weigh_too_much_or_nothing(weight: float) -> None:
    with pytest.raises(ValueError, match="at most"):
        Relation(2, weight, RelationKind.BROADER)


@pytest.mark.parametrize(
    ("asked", "level", "expected"), [(None, 2, 78), (1, 2, 78), (2, 2, 78), (3, 2, 73), (4, 2, 69), (4, 1, 62)]
)
def test_strength_counts_partly_when_below_the_level_asked(asked: int | None, level: int, expected: int) -> None:
    offered = Offered(1, level, years=10)
    assert strength_of(make_candidate(offered), offered, asked) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, 68), (1, 68), (10, 80), (100, 100), (1000, 100)])
def test_strength_is_what_evidence_proves_when_more_than_declared(count: int, expected: int) -> None:
    offered = Offered(1, 2)
    assert strength_of(make_candidate(offered, activity={1: count}), offered, None) == expected
    assert strength_of(make_candidate(offered, completed_with_skill={1: count}), offered, None) == 68


@pytest.mark.parametrize(("count", "expected"), [(-1, 0), (0, 0), (1, 3869), (4, 8982), (5, 10_000), (99, 10_000)])
def test_growth_is_logarithmic_up_to_its_cap(count: int, expected: int) -> None:
    assert grown(count, 5) == expected


@pytest.mark.parametrize(("others", "expected"), [(0, 10_000), (3, 7071), (27, 3162), (72, 2000)])
def test_breadth_leaves_the_root_of_the_pivot_share(others: int, expected: int) -> None:
    assert breadth_left(others) == expected


def test_breadth_counts_by_facet_what_no_activity_backs() -> None:
    offered = [Offered(1, 1), Offered(2, 1), Offered(3, 1), Offered(4, 1, facet=Facet.TOPIC), Offered(5, 1)]
    assert breadth_of(offered, {2: 1, 5: 0, 3: 4}) == {Facet.SKILL: 2, Facet.TOPIC: 1}


def test_breadth_costs_only_the_facet_it_is_in() -> None:
    field = Wanted(1, 50, Facet.OCCUPATION, Strength.REQUIRED)
    wish = make_wish(make_wanted(0, 1), field)
    mine = (Offered(1, 2), Offered(50, 2, facet=Facet.OCCUPATION))
    broad = make_candidate(*mine, *(Offered(skill, 1) for skill in range(100, 127)))
    elsewhere = make_candidate(*mine, *(Offered(skill, 1, facet=Facet.TOPIC) for skill in range(100, 127)))
    cost = reason_of(score_pair(wish, broad), ReasonKind.BREADTH)
    assert (cost.points, cost.facts) == (-233, {"facet": "skill", "count": 27})
    assert ReasonKind.BREADTH not in {reason.kind for reason in score_pair(wish, elsewhere).reasons}


def test_breadth_spares_wanted_related_and_backed_skills() -> None:
    wish = make_wish(make_wanted(0, 1, related={2: SIBLING}))
    related = make_candidate(Offered(1, 2), Offered(2, 2), *(Offered(skill, 2) for skill in range(100, 103)))
    assert reason_of(score_pair(wish, related), ReasonKind.BREADTH).facts["count"] == 3
    backed = make_candidate(*related.skills.values(), activity={100: 1})
    assert reason_of(score_pair(wish, backed), ReasonKind.BREADTH).facts["count"] == 2


def test_related_skill_is_named_with_its_relation_and_only_the_best_counts() -> None:
    relations = {2: SIBLING, 3: Relation(3, 0.4, RelationKind.BROADER)}
    wish = make_wish(make_wanted(0, 1, related=relations))
    candidate = make_candidate(Offered(2, 1), Offered(3, 4, years=3))
    match = score_pair(wish, candidate)
    reason = reason_of(match, ReasonKind.SKILL_RELATED)
    assert (reason.skill, reason.via, reason.relation, reason.points) == (1, 3, "broader", 348)
    assert reason.facts == {"strength": "required", "level": 4, "years": 3}
    assert match.required_met == 0


def test_lower_skill_is_named_when_two_related_ones_tie() -> None:
    relations = {3: Relation(3, 0.5, RelationKind.SIBLING), 2: SIBLING}
    match = score_pair(make_wish(make_wanted(0, 1, related=relations)), make_candidate(Offered(3, 2), Offered(2, 2)))
    assert reason_of(match, ReasonKind.SKILL_RELATED).via == 2


def test_wanted_skill_is_named_when_a_related_one_ties() -> None:
    wish = make_wish(make_wanted(0, 3, related={2: Relation(2, 0.6, RelationKind.SIBLING)}))
    match = score_pair(wish, make_candidate(Offered(2, 4, years=10, recognised=True), Offered(3, 1)))
    assert reason_of(match, ReasonKind.SKILL_SAME).points == 600


def test_related_skill_fills_the_slot_when_the_wanted_one_was_refused() -> None:
    wish = make_wish(make_wanted(0, 1, related={2: SIBLING}))
    match = score_pair(wish, make_candidate(Offered(1, 4), Offered(2, 4), declined_with_skill={1: 2}))
    assert reason_of(match, ReasonKind.SKILL_RELATED).points == 420
    assert ReasonKind.DECLINED not in {reason.kind for reason in match.reasons}


@pytest.mark.parametrize(("count", "points"), [(1, 300), (5, 300), (80, 300)])
def test_practised_skill_counts_as_related_when_not_listed(count: int, points: int) -> None:
    match = score_pair(make_wish(make_wanted(0, 1)), make_candidate(activity={1: count}))
    reason = reason_of(match, ReasonKind.SKILL_RELATED)
    assert (reason.via, reason.relation, reason.points, reason.facts["count"]) == (1, "practised", points, count)
    assert match.required_met == 0


@pytest.mark.parametrize(("refusals", "points"), [(1, -340), (2, -510), (4, -638), (9, -638)])
def test_refusals_halve_a_skill_and_it_no_longer_meets_a_must_have(refusals: int, points: int) -> None:
    candidate = make_candidate(Offered(1, 2), declined_with_skill={1: refusals})
    match = score_pair(make_wish(make_wanted(0, 1)), candidate)
    reason = reason_of(match, ReasonKind.DECLINED)
    assert (reason.points, reason.skill, reason.facts) == (points, 1, {"count": refusals})
    assert match.required_met == 0


@pytest.mark.parametrize("asked", [2, 3])
def test_level_is_a_reason_of_its_own_when_asked_and_reached(asked: int) -> None:
    wish = make_wish(make_wanted(0, 1, level=asked))
    match = score_pair(wish, make_candidate(Offered(1, 3, years=5, recognised=True)))
    same, level = reason_of(match, ReasonKind.SKILL_SAME), reason_of(match, ReasonKind.LEVEL_OK)
    assert (same.points, level.points) == (710, 160)
    assert same.facts == {"strength": "required", "level": 3, "years": 5, "recognised": True}
    assert level.facts == {"strength": "required", "level": 3, "wanted": asked}
    assert match.required_met == 1


def test_level_is_a_gap_and_the_must_have_unmet_when_below() -> None:
    match = score_pair(make_wish(make_wanted(0, 1, level=4)), make_candidate(Offered(1, 3)))
    assert reason_of(match, ReasonKind.SKILL_SAME).points == 720
    gap = reason_of(match, ReasonKind.LEVEL_BELOW)
    assert (gap.points, gap.facts) == (0, {"strength": "required", "level": 3, "wanted": 4, "worth": 280})
    assert match.required_met == 0


def test_missing_skill_says_what_it_is_worth() -> None:
    wish = make_wish(make_wanted(0, 1), make_wanted(1, 2, Strength.PREFERRED))
    missing = reason_of(score_pair(wish, make_candidate(Offered(1, 2))), ReasonKind.SKILL_MISSING)
    assert (missing.skill, missing.points) == (2, 0)
    assert missing.facts == {"strength": "preferred", "worth": 333}
