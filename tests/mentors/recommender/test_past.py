"""What completed engagements add: similar ones above all, fading, measured against what is usual in the network."""

import math

import pytest

from mentors.recommender.past import faded
from mentors.recommender.scoring import score_pair
from mentors.recommender.types import Candidate, Facet, Offered, ReasonKind, Strength, Wanted, Wish
from tests.mentors.recommender.worlds import make_candidate, make_wanted, make_wish

LISTED = make_candidate(Offered(1, 4))


def points(wish: Wish, candidate: Candidate, kind: ReasonKind) -> int:
    """Return the points of all reasons of ``kind``."""
    return sum(reason.points for reason in score_pair(wish, candidate).reasons if reason.kind == kind)


def test_engagement_fades_by_e_in_a_year() -> None:
    assert [faded(days) for days in (-1, 0, 365)] == [1, 1, pytest.approx(1 / math.e)]


@pytest.mark.parametrize(("count", "expected"), [(2, 207), (6, 415), (14, 623), (10**6, 2072), (10**7, 2072)])
def test_similar_work_grows_logarithmically_up_to_its_cap(count: int, expected: int) -> None:
    wish = make_wish(make_wanted(0, 1))
    assert points(wish, LISTED._replace(completed_with_skill={1: count}), ReasonKind.PAST_SUCCESS) == expected


def test_similar_work_names_the_most_engagements_with_one_skill() -> None:
    wish = make_wish(make_wanted(0, 1), make_wanted(1, 2))
    match = score_pair(wish, LISTED._replace(completed=60, completed_with_skill={1: 3, 2: 1, 9: 50}))
    facts = {reason.kind: reason.facts for reason in match.reasons}
    assert facts[ReasonKind.PAST_SUCCESS] == {"count": 3}
    assert facts[ReasonKind.TRACK_RECORD] == {"count": 60}


def test_work_with_any_skill_counts_a_little_and_both_share_one_logarithm() -> None:
    wish = make_wish(make_wanted(0, 1))
    other = LISTED._replace(completed=100)
    both = LISTED._replace(completed=100, completed_with_skill={1: 3})
    assert points(wish, other, ReasonKind.TRACK_RECORD) == round(300 * math.log1p(3 / 2)) - 1
    earned = [points(wish, both, kind) for kind in (ReasonKind.PAST_SUCCESS, ReasonKind.TRACK_RECORD)]
    assert earned == [207, 208]
    assert sum(earned) == round(300 * math.log1p(6 / 2)) - 1


def test_work_with_some_of_the_wanted_skills_counts_in_proportion_to_the_roots_of_their_weights() -> None:
    rare = Wanted(1, 2, Facet.SKILL, Strength.REQUIRED, idf=9.0)
    wish = make_wish(make_wanted(0, 1, idf=1.0), rare)
    common, uncommon = (LISTED._replace(completed_with_skill={skill: 8}) for skill in (1, 2))
    earned = [points(wish, one, ReasonKind.PAST_SUCCESS) for one in (common, uncommon)]
    assert earned == [pytest.approx(300 * math.log1p(share * 8 / 2), abs=1) for share in (1 / 4, 3 / 4)]


def test_work_fades_and_shrinks_with_refusals() -> None:
    wish = make_wish(make_wanted(0, 1))
    done = LISTED._replace(completed_with_skill={1: 6})
    changes = ({}, {"practice": {1: 2.0}}, {"practice": {1: 2.0}, "declined_with_skill": {1: 1}})
    earned = [points(wish, done._replace(**change), ReasonKind.PAST_SUCCESS) for change in changes]  # type: ignore[arg-type]
    assert earned == [415, 207, 121]


def test_work_says_more_where_few_people_do_most_of_it() -> None:
    wish, done = make_wish(make_wanted(0, 1)), LISTED._replace(completed_with_skill={1: 1})
    earned = [points(wish, done._replace(evenness=value), ReasonKind.PAST_SUCCESS) for value in (0.05, 0.5, 2.0)]
    assert earned == [719, 207, 66]


def test_work_elsewhere_earns_nothing_without_any_of_what_is_wanted() -> None:
    match = score_pair(make_wish(make_wanted(0, 1)), make_candidate(Offered(9, 4), completed=50))
    assert match.points == 0
    assert ReasonKind.TRACK_RECORD not in {reason.kind for reason in match.reasons}
