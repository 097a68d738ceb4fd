"""Count in working days of a country on the clock of a place, without the time in which the work rested.

Working time is time with the weekends cut out, on the clock on the wall: from Friday 10:00 three working days lead to
Wednesday 10:00, from any hour of a Saturday they lead to the start of Thursday. What rests stops the clock, and what
would be due at the moment at which a rest begins is due when it ends. The database counts in the same way in
``engagements_after_working_days`` and ``engagements_after_time``, so that lists can be put in order there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from diaspora_net.accounts.queries.organisations import weekend_of

WEEK = 7
DAY = timedelta(days=1)
# Begins and ends of rests that do not overlap, in order.
Rests = Sequence[tuple[datetime, datetime]]
_MONDAY = datetime(2000, 1, 3)  # noqa: DTZ001 - on the wall of any place


def rest_of(country: str) -> tuple[int, int]:
    """Return on which weekday (0 is Monday) the weekend of ``country`` begins and how many days it has, by CLDR."""
    first, last = weekend_of(country)
    return first, (last - first) % WEEK + 1


def after_working_days(since: datetime, days: int, country: str, zone: ZoneInfo, rests: Rests = ()) -> datetime:
    """Return the instant ``days`` working days after ``since``, rests left out; never one on a weekend."""
    calendar = _Calendar(country, zone)
    due = calendar.working(since) + days * DAY
    for began, ended in rests:
        if ended <= since:
            continue
        begin = calendar.working(max(began, since))
        if begin > due:
            break
        due += max(timedelta(), calendar.working(ended) - begin)
    return calendar.instant(due)


def after_time(since: datetime, span: timedelta, rests: Rests = ()) -> datetime:
    """Return the instant ``span`` after ``since``, weekends counted and rests left out."""
    due = since + span
    for began, ended in rests:
        if began > due:
            break
        due += max(timedelta(), ended - max(began, since))
    return due


def working_days_between(since: datetime, until: datetime, country: str, zone: ZoneInfo, rests: Rests = ()) -> int:
    """Return how many whole working days lie between two instants, rests left out; negative when ``until`` is the
    earlier one.
    """
    if until < since:
        return -working_days_between(until, since, country, zone, rests)
    calendar = _Calendar(country, zone)
    over = calendar.working(until) - calendar.working(since)
    for began, ended in rests:
        rested = calendar.working(min(ended, until)) - calendar.working(max(began, since))
        over -= max(timedelta(), rested)
    return max(0, over // DAY)


class _Calendar:
    """The working week of a country on the clock of a place.

    Working time is told on a clock of its own that stands still on weekends: weeks of working days follow on one
    another from a first one, so that times can be added and subtracted there.
    """

    def __init__(self, country: str, zone: ZoneInfo) -> None:
        first, rest = rest_of(country)
        self.zone, self.length = zone, WEEK - rest
        self.start = _MONDAY + (first + rest) % WEEK * DAY

    def working(self, moment: datetime) -> datetime:
        """Return what the working clock shows at an instant; on a weekend, that of the start of the next week."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        week, place = divmod((wall - self.start) // DAY, WEEK)
        if place >= self.length:
            return self.start + (week + 1) * self.length * DAY
        return wall - week * (WEEK - self.length) * DAY

    def instant(self, working: datetime) -> datetime:
        """Return when the working clock shows a time."""
        week = (working - self.start) // DAY // self.length
        return _instant(working + week * (WEEK - self.length) * DAY, self.zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when a clock shows ``wall``: the later instant where it does so twice, as PostgreSQL has it, or never."""
    return max(
        (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1)), key=lambda moment: -_offset(moment).total_seconds()
    )


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
