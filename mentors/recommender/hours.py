"""Weekly calendars as sets of minutes: overlap across time zones and around the end of the week.

An interval is (start, end), half-open, in minutes from Monday 00:00. It wraps around the week when it ends before it
starts or beyond the week; an empty one has start equal to end.
"""

from collections.abc import Iterable

from mentors.recommender.types import Interval

WEEK = 7 * 24 * 60
"""Minutes of a week."""


def _pieces(interval: Interval) -> Iterable[Interval]:
    """Yield the one or two intervals inside the week that ``interval`` stands for."""
    start, end = interval
    length = min(end - start, WEEK) if end >= start else end - start + WEEK
    start %= WEEK
    if length > 0:
        yield start, min(start + length, WEEK)
    if start + length > WEEK:
        yield 0, start + length - WEEK


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the same minutes as disjoint intervals inside the week, in order."""
    result: list[Interval] = []
    for start, end in sorted(piece for interval in intervals for piece in _pieces(interval)):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def shifted(intervals: Iterable[Interval], minutes: int) -> tuple[Interval, ...]:
    """Return ``intervals`` moved by ``minutes``; a local week becomes UTC by minus its offset from UTC."""
    return merged((start + minutes, end + minutes) for interval in intervals for start, end in _pieces(interval))


def shared(one: Iterable[Interval], other: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the minutes both sets have, as disjoint intervals in order."""
    left, right = merged(one), merged(other)
    result: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            result.append((start, end))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(result)


def overlap_minutes(one: Iterable[Interval], other: Iterable[Interval]) -> int:
    """Return how many minutes of the week both sets have, 0 to 10,080."""
    return sum(end - start for start, end in shared(one, other))
