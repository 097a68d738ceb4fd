"""Suggest when two sides could talk: starts in the coming days, the most comfortable for both first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = 14
STEP = timedelta(minutes=30)
# Nobody is asked to be there sooner than this.
NOTICE = timedelta(hours=12)
MOST, MOST_A_DAY = 6, 2
# Of a local day, in minutes: earlier or later than this nobody is asked to talk.
EARLIEST, LATEST = 6 * 60, 22 * 60
EVENING, OFFICE_STARTS = 17 * 60, 8 * 60

Hours = tuple[int, int, int]
"""A weekday (0 is Monday) and two minutes of that day."""


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of one side on its own clock; ``is_asked`` when it has named them itself, so others are no choice."""

    zone: ZoneInfo
    hours: tuple[Hours, ...]
    is_asked: bool = False


def suggested_starts(
    now: datetime,
    minutes: int,
    sides: Sequence[Week],
    taken: Iterable[tuple[datetime, datetime]] = (),
) -> list[datetime]:
    """Return up to six starts of the next 14 days for a session of ``minutes``, in order of time.

    Both within their hours is best, then one in the evening, then one early; at most two on one day of the first side.
    Nothing at night, on a day without hours, or across what is ``taken``.
    """
    length = timedelta(minutes=minutes)
    busy = list(taken)
    ranked: list[tuple[int, datetime]] = []
    start = _rounded(now + NOTICE)
    while start < now + timedelta(days=DAYS):
        if not any(start < end and begin < start + length for begin, end in busy):
            costs = [_cost(side, start, length) for side in sides]
            if None not in costs:
                ranked.append((sum(cost for cost in costs if cost is not None), start))
        start += STEP
    ranked.sort()
    chosen: list[datetime] = []
    for _cost_of, start in ranked:
        day = start.astimezone(sides[0].zone).date()
        that_day = [one for one in chosen if one.astimezone(sides[0].zone).date() == day]
        if len(that_day) < MOST_A_DAY and all(abs(one - start) >= length for one in that_day):
            chosen.append(start)
        if len(chosen) == MOST:
            break
    return sorted(chosen)


def _rounded(moment: datetime) -> datetime:
    """Return the next half hour."""
    past = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + (STEP if past else timedelta())


def _cost(side: Week, start: datetime, length: timedelta) -> int | None:
    """Return 0 within the side's hours, 1 in the evening, 2 early; None where it is not asked at all."""
    local, end = start.astimezone(side.zone), (start + length).astimezone(side.zone)
    begins = local.hour * 60 + local.minute
    ends = end.hour * 60 + end.minute + 1440 * (end.date() - local.date()).days
    hours = [(opens, closes) for weekday, opens, closes in side.hours if weekday == local.weekday()]
    if any(opens <= begins and ends <= closes for opens, closes in hours):
        return 0
    if side.is_asked or not hours or begins < EARLIEST or ends > LATEST:
        return None
    return 2 if begins < OFFICE_STARTS else 1
