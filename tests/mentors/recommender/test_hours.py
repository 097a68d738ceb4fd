"""Weekly calendars: against a set of minutes as the oracle, and where the week ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentors.recommender.hours import WEEK, merged, overlap_minutes, shared, shifted

Week = tuple[tuple[int, int], ...]
WEEKS = st.lists(st.tuples(st.integers(0, WEEK - 1), st.integers(0, WEEK - 1)), max_size=4).map(tuple)


def minutes(week: Week) -> set[int]:
    """Return the minutes of a week one by one."""
    return {minute % WEEK for start, end in week for minute in range(start, end if end >= start else end + WEEK)}


@given(WEEKS, WEEKS)
def test_overlap_is_the_minutes_both_have(one: Week, other: Week) -> None:
    both = minutes(one) & minutes(other)
    assert overlap_minutes(one, other) == overlap_minutes(other, one) == len(both)
    assert minutes(shared(one, other)) == both


@given(WEEKS)
def test_merged_week_is_ordered_disjoint_and_the_same(week: Week) -> None:
    result = merged(week)
    assert minutes(result) == minutes(week)
    assert all(0 <= start < end <= WEEK for start, end in result)
    assert all(before[1] < after[0] for before, after in pairwise(result))


@given(WEEKS, st.integers(-14 * 60, 14 * 60))
def test_shifted_week_keeps_its_length_and_comes_back(week: Week, offset: int) -> None:
    moved = shifted(week, offset)
    assert minutes(moved) == {(minute + offset) % WEEK for minute in minutes(week)}
    assert minutes(shifted(moved, -offset)) == minutes(week)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (((0, WEEK),), ((600, 700),), 100),
        (((WEEK - 60, 60),), ((0, 120),), 60),
        (((WEEK - 60, WEEK + 60),), ((WEEK - 30, 30),), 60),
        (((100, 100),), ((0, WEEK),), 0),
        (((100, 200), (150, 300)), ((0, WEEK),), 200),
        (((100, 200),), ((200, 300),), 0),
        (((100, 101),), ((0, WEEK),), 1),
        (((50, WEEK + 50),), ((0, WEEK),), WEEK),
        (((50, 3 * WEEK),), ((0, 100),), 100),
        ((), ((0, WEEK),), 0),
    ],
)
def test_overlap_is_exact_at_the_edges(one: Week, other: Week, expected: int) -> None:
    assert overlap_minutes(one, other) == expected


def test_nothing_is_shared_when_weeks_only_touch() -> None:
    assert shared([(100, 200)], [(200, 300)]) == ()


def test_evening_in_montreal_meets_morning_in_dakar_when_both_are_utc() -> None:
    montreal = shifted([(6 * 1440 + 20 * 60, 6 * 1440 + 23 * 60)], 4 * 60)
    assert montreal == ((0, 180),)
    assert shared(montreal, [(120, 600)]) == ((120, 180),)
