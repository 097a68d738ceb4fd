"""The clocks of the two sides of an engagement: which zone each goes by, and one moment told on both."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.payloads import city_of
from engagements.models import Engagement, Meeting
from engagements.states import Side


@dataclass(frozen=True, slots=True)
class Clock:
    """A zone and what the place is called for one viewer."""

    zone: ZoneInfo
    place: str


@dataclass(frozen=True, slots=True)
class TwoClocks:
    """One moment on two clocks, in words; the names are those that ``components/two_clocks.html`` takes."""

    moment: datetime
    here: Clock
    there: Clock

    @property
    def iso(self) -> str:
        """Return the instant for machines."""
        return self.moment.isoformat()

    @property
    def day(self) -> str:
        """Return weekday and day on the first clock."""
        return _day(self.moment, self.here)

    @property
    def there_day(self) -> str:
        """Return the day on the second clock where it is another one."""
        there = _day(self.moment, self.there)
        return there if there != self.day else ""

    @property
    def here_time(self) -> str:
        """Return the time on the first clock."""
        return f"{self.moment.astimezone(self.here.zone):%H:%M}"

    @property
    def there_time(self) -> str:
        """Return the time on the second clock."""
        return f"{self.moment.astimezone(self.there.zone):%H:%M}"

    @property
    def own(self) -> str:
        """Return the moment on the first clock alone, which names no place but the reader's."""
        return moment_on(self.here, self.moment)

    def __str__(self) -> str:
        words = {
            "day": self.day,
            "time": self.here_time,
            "place": self.here.place,
            "there_day": self.there_day,
            "there_time": self.there_time,
            "there_place": self.there.place,
        }
        if self.there_day:
            return _("%(day)s %(time)s %(place)s / %(there_day)s %(there_time)s %(there_place)s") % words
        return _("%(day)s %(time)s %(place)s / %(there_time)s %(there_place)s") % words


def moment_on(clock: Clock, moment: datetime) -> str:
    """Return a moment on one clock: “Tue 9 June 17:30 Lyon, you”."""
    words = {"day": _day(moment, clock), "time": f"{moment.astimezone(clock.zone):%H:%M}", "place": clock.place}
    return _("%(day)s %(time)s %(place)s") % words


def _day(moment: datetime, clock: Clock) -> str:
    return date_format(moment.astimezone(clock.zone), "D j F")


def zone_of(side: Side, engagement: Engagement) -> str:
    """Return the IANA zone a side goes by: the expert's own, the organisation's."""
    return engagement.expert.user.time_zone if side == Side.EXPERT else engagement.need.organisation.time_zone


def wall_of(moment: datetime, zone: str) -> str:
    """Return what the clock on the wall shows in ``zone``: “2026-06-09T17:30”."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def has_other_clock(meeting: Meeting) -> bool:
    """Say whether a clock will show another time than was agreed, because a zone has changed its rules since."""
    if meeting.starts_at is None:
        return False
    walls = wall_of(meeting.starts_at, meeting.expert_zone), wall_of(meeting.starts_at, meeting.institution_zone)
    return walls != (meeting.expert_wall, meeting.institution_wall)


def clocks_of(viewer: User, side: Side | None, engagement: Engagement, *, knows_city: bool) -> tuple[Clock, Clock]:
    """Return the clocks that ``viewer`` reads times of the engagement on: their own first, the other side's second.

    Who looks on reads the expert's first. An expert's city is told only to whom ``knows_city``; others read how far
    its clock is from UTC.
    """
    organisation = engagement.need.organisation
    there = Clock(ZoneInfo(organisation.time_zone), organisation.city or city_of(organisation.time_zone))
    expert_zone = engagement.expert.user.zone
    expert = Clock(expert_zone, city_of(expert_zone.key) if knows_city else _("the expert"))
    if side is None:
        return expert, there
    mine = Clock(viewer.zone, _("%(city)s, you") % {"city": city_of(viewer.time_zone)})
    return (mine, there) if side == Side.EXPERT else (mine, expert)
