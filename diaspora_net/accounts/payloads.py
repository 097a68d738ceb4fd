"""Clocks of two sides: what time it is there, and one moment told on everybody's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User

MORNING, EVENING = 7, 21


@dataclass(frozen=True, slots=True)
class ClockThere:
    """What somebody else's clock shows.

    ``offset`` is in minutes from UTC; ``day`` and ``night`` are what is said of a time, which stands for the %s.
    """

    offset: int
    time: str
    day: str
    night: str
    is_night: bool

    @property
    def sentence(self) -> str:
        """Return what is said now."""
        return (self.night if self.is_night else self.day).replace("%s", self.time)


def clock_there(viewer: User, other: User, *, is_exact: bool, now: datetime) -> ClockThere | None:
    """Return the clock of ``other``, or None when it shows what the viewer's own does.

    Unless ``is_exact``, the clock is rounded to whole hours from UTC, so that it betrays neither country nor city.
    """
    offset = _minutes(now, other)
    if not is_exact:
        offset = 60 * round(offset / 60)
    if offset == _minutes(now, viewer):
        return None
    there = now + timedelta(minutes=offset - _minutes(now, None))
    if is_exact:
        day, night = _("%s there"), _("It is %s there. They will see it in the morning.")
    else:
        day, night = _("about %s there"), _("It is about %s there. They will see it in the morning.")
    return ClockThere(offset, f"{there:%H:%M}", day, night, not MORNING <= there.hour < EVENING)


def _minutes(now: datetime, person: User | None) -> int:
    offset = (now.astimezone(person.zone) if person else now).utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)


def on_every_clock(moment: datetime, people: Sequence[User]) -> str:
    """Return ``moment`` on the clock of each of ``people``, each clock once, the first one's first.

    Clocks that show another day say it: “Tuesday 9 June, 23:30 (Paris time) · Wednesday 10 June, 06:30 (Tokyo time)”.
    """
    told: list[str] = []
    day = ""
    for person in {person.time_zone: person for person in people}.values():
        local = moment.astimezone(person.zone)
        its_day = date_format(local, "l j F")
        words = {"time": f"{local:%H:%M}", "city": city_of(person.time_zone), "day": its_day}
        if its_day == day:
            told.append(_("%(time)s (%(city)s time)") % words)
        else:
            told.append(_("%(day)s, %(time)s (%(city)s time)") % words)
        day = day or its_day
    return " · ".join(told)


def city_of(time_zone: str) -> str:
    """Return the city that a zone is named after: “Africa/Porto-Novo” is Porto-Novo, “UTC” is UTC."""
    return time_zone.rpartition("/")[2].replace("_", " ")
