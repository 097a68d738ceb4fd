"""Count in working days of a country on the clock of a place.

Working time is time with the weekends cut out, on the clock on the wall: from Friday 10:00 three working days lead to
Wednesday 10:00, from any hour of a Saturday they lead to the start of Thursday. The database counts in the same way in
``engagements_after_working_days``, so that lists can be put in order there.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from diaspora_net.accounts.queries.organisations import weekend_of

WEEK = 7
DAY = timedelta(days=1)


def rest_of(country: str) -> tuple[int, int]:
    """Return on which weekday (0 is Monday) the weekend of ``country`` begins and how many days it has, by CLDR."""
    first, last = weekend_of(country)
    return first, (last - first) % WEEK + 1


def after_working_days(since: datetime, days: int, country: str, zone: ZoneInfo) -> datetime:
    """Return the instant ``days`` working days after ``since``; never one on a weekend."""
    first, rest = rest_of(country)
    wall, place = _on_working_day(since.astimezone(zone).replace(tzinfo=None), first, rest)
    weekends = (place + days) // (WEEK - rest)
    return _instant(wall + (days + weekends * rest) * DAY, zone)


def working_days_between(since: datetime, until: datetime, country: str, zone: ZoneInfo) -> int:
    """Return how many whole working days lie between two instants; negative when ``until`` is the earlier one."""
    if until < since:
        return -working_days_between(until, since, country, zone)
    first, rest = rest_of(country)
    begin, place = _on_working_day(since.astimezone(zone).replace(tzinfo=None), first, rest)
    end, _place = _on_working_day(until.astimezone(zone).replace(tzinfo=None), first, rest)
    whole = max(0, (end - begin) // DAY)
    weeks, days = divmod(whole, WEEK)
    crossed = rest if place + days >= WEEK - rest else 0
    return weeks * (WEEK - rest) + max(0, days - crossed)


def _on_working_day(wall: datetime, first: int, rest: int) -> tuple[datetime, int]:
    """Return the moment itself, or the start of the next working day, and that day's place in the working week."""
    place = (wall.weekday() - first - rest) % WEEK
    if place < WEEK - rest:
        return wall, place
    return wall.replace(hour=0, minute=0, second=0, microsecond=0) + (WEEK - place) * DAY, 0


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when a clock shows ``wall``: the later instant where it does so twice, as PostgreSQL has it, or never."""
    return max(
        (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1)), key=lambda moment: -_offset(moment).total_seconds()
    )


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
