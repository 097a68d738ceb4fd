"""A ranking's quick sums are the explained pairs' points, whoever was added up before."""

from hypothesis import given
from hypothesis import strategies as st

from mentors.recommender.circumstances import Circumstances
from mentors.recommender.scoring import rank, score_pair
from mentors.recommender.skills import prepare
from mentors.recommender.tally import Tally
from mentors.recommender.types import Candidate, Wish
from mentors.recommender.weights import DEFAULT
from tests.mentors.recommender.worlds import candidates, wishes


def without_past(candidate: Candidate) -> Candidate:
    """Return the same profile of somebody who has done nothing here yet."""
    nothing: dict[int, int] = {}
    return candidate._replace(activity=nothing, completed_with_skill=nothing, declined_with_skill=nothing)


@given(wishes(), st.lists(candidates() | candidates().map(without_past), max_size=8))
def test_quick_points_are_those_of_the_match_when_pairs_share_parts(wish: Wish, experts: list[Candidate]) -> None:
    tally = Tally(prepare(wish), Circumstances(wish, DEFAULT))
    for candidate in experts:
        assert tally.points(candidate) == score_pair(wish, candidate).points


@given(wishes(), st.lists(candidates(), max_size=8, unique_by=lambda candidate: candidate.expert), st.integers(0, 8))
def test_ranking_explains_those_it_keeps_when_it_keeps_some(wish: Wish, experts: list[Candidate], limit: int) -> None:
    ranked = rank(wish, experts, day="2026-03-01", limit=limit)
    known = {candidate.expert: candidate for candidate in experts}
    assert ranked == [score_pair(wish, known[match.expert]) for match in ranked]
    kept = {match.expert for match in ranked}
    least = min((match.points for match in ranked), default=0)
    assert all(score_pair(wish, known[left]).points <= least for left in known.keys() - kept if ranked)
