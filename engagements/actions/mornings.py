"""When a person's morning is, on their own clock."""

from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from engagements.payloads.working_days import after_working_days

MORNING = time(8)
LAST_HOUR = 11
EVENING_HOUR = 18
MONDAY = 0


def next_morning(now: datetime, zone: tzinfo, *, weekday: int | None = None) -> datetime:
    """Return the next 8 o'clock in ``zone`` after ``now``, on ``weekday`` (0 is Monday) when one is named."""
    local = now.astimezone(zone)
    ahead = 0 if weekday is None else (weekday - local.weekday()) % 7
    morning = datetime.combine(local.date() + timedelta(days=ahead), MORNING, tzinfo=zone)
    if morning <= now:
        day = morning.date() + timedelta(days=1 if weekday is None else 7)
        morning = datetime.combine(day, MORNING, tzinfo=zone)
    return morning


def is_morning(now: datetime, zone: tzinfo) -> bool:
    """Say whether it is between 8 and 11 o'clock in ``zone``."""
    return MORNING.hour <= now.astimezone(zone).hour < LAST_HOUR


def now_or_next_morning(now: datetime, zone: tzinfo) -> datetime:
    """Return ``now`` when it is morning in ``zone``, else the next 8 o'clock there."""
    return now if is_morning(now, zone) else next_morning(now, zone)


def next_office_hour(now: datetime, country: str, zone: ZoneInfo) -> datetime:
    """Return ``now`` when it is a working day of ``country`` between 8 and 18 o'clock in ``zone``, else the next 8
    o'clock of one.
    """
    if after_working_days(now, 0, country, zone) == now and MORNING.hour <= now.astimezone(zone).hour < EVENING_HOUR:
        return now
    morning = next_morning(now, zone)
    day = after_working_days(morning, 0, country, zone)
    return morning if day == morning else datetime.combine(day.astimezone(zone).date(), MORNING, tzinfo=zone)
