"""Evenness as one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentors.recommender.fairness import gini, least_gini


@given(st.lists(st.integers(0, 50), max_size=20))
def test_gini_is_the_mean_difference_over_twice_the_mean(counts: list[int]) -> None:
    total = sum(counts)
    pairs = sum(abs(one - other) for one in counts for other in counts)
    expected = pairs / (2 * len(counts) * total) if total else 0
    assert gini(counts) == pytest.approx(expected)


def test_gini_spans_from_all_alike_to_one_has_everything() -> None:
    assert gini([1] * 5) == 0
    assert gini([0, 0, 0, 8]) == 0.75
    assert gini([]) == gini([0, 0]) == 0


@given(st.integers(0, 40), st.integers(1, 20))
def test_least_is_that_of_the_evenest_shares(total: int, people: int) -> None:
    evenest = [total // people + (place < total % people) for place in range(people)]
    assert least_gini(total, people) == pytest.approx(gini(evenest))
    assert least_gini(0, 0) == 0
