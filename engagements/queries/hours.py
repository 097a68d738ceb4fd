"""Add up what was given: remote hours and days on site are figures of their own, and so is what nobody confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from engagements.models import Session
from engagements.payloads.working_days import after_time
from engagements.queries.rests import pairs, rests_at, rests_of
from engagements.states import HoursState

# After this long without an answer hours count as unconfirmed, unless the work rested meanwhile; they can still be
# confirmed later.
ANSWERED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Hours:
    """What sessions add up to, in minutes and, on site, days.

    ``remote`` and ``days_on_site`` are confirmed, ``confirmed`` is both kinds in minutes. ``waiting`` may be answered
    within seven days of its log, ``unconfirmed`` was not. Disputed hours count nowhere.
    """

    confirmed: int = 0
    remote: int = 0
    days_on_site: int = 0
    waiting: int = 0
    unconfirmed: int = 0


@dataclass(frozen=True, slots=True)
class Year:
    """One year of an expert's record."""

    year: int
    hours: Hours


def is_unanswered(session: Session, now: datetime) -> bool:
    """Say whether nobody confirmed or disputed a session within seven days of its log, rests of the work left out.

    Queries: 0 for sessions ``with_rests``, else 1.
    """
    if session.state != HoursState.UNCONFIRMED:
        return False
    known = vars(session).get("rests")
    rests = rests_of(session.engagement_id) if known is None else pairs(known)
    return after_time(session.logged_at, ANSWERED_WITHIN, rests) <= now


def with_rests(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Give sessions the ``rests`` of their engagement, by which hours are added up without a further query."""
    return sessions.annotate(rests=rests_at("engagement_id"))


def hours_of(sessions: Iterable[Session]) -> Hours:
    """Add up sessions. Queries: 0 where they come ``with_rests``."""
    now = timezone.now()
    every = list(sessions)
    confirmed = [one for one in every if one.state == HoursState.CONFIRMED]
    open_ones = [one for one in every if one.state == HoursState.UNCONFIRMED]
    return Hours(
        confirmed=sum(one.minutes for one in confirmed),
        remote=sum(one.minutes for one in confirmed if not one.is_on_site),
        days_on_site=len({one.held_on for one in confirmed if one.is_on_site}),
        waiting=sum(one.minutes for one in open_ones if not is_unanswered(one, now)),
        unconfirmed=sum(one.minutes for one in open_ones if is_unanswered(one, now)),
    )


def hours_by_year(sessions: Iterable[Session]) -> list[Year]:
    """Add up sessions by the year they were held in, newest first. Queries: 0 where they come ``with_rests``."""
    by_year: dict[int, list[Session]] = {}
    for session in sessions:
        by_year.setdefault(session.held_on.year, []).append(session)
    return [Year(year, hours_of(by_year[year])) for year in sorted(by_year, reverse=True)]
