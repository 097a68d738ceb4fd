"""When a person's morning is, on their own clock."""

from datetime import datetime, time, timedelta, tzinfo

MORNING = time(8)
LAST_HOUR = 11
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
