"""Turn profiles into what the recommender scores.

Candidates are read as rows, not as model instances: a list ranks hundreds of people and shows ten.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django_countries import countries

from diaspora_net.core import statements
from mentors.models import ExpertProfile
from mentors.queries.facts import FACETS, NOW, PARAMS, RECOGNISED, SKILL, offered
from mentors.recommender.hours import merged
from mentors.recommender.types import Candidate, Facet, Interval, Modality, Offered

MODALITIES = {modality.value: modality for modality in Modality}
NOTHING: Mapping[int, Any] = MappingProxyType({})
# What a candidate is made from: lists as texts, of which many are alike.
PARTS = """facts.expert_id, facts.skills, facts.languages::text, facts.modalities, facts.kinds, facts.origins,
    facts.hours, facts.time_zone, facts.hours_per_month, facts.capacity, facts.open_engagements, facts.refreshed_at"""
WIDTH = 12
CANDIDATES_FROM = """
SELECT {parts}
FROM unnest(%(experts)s::bigint[]) WITH ORDINALITY AS asked(expert, place)
JOIN ({now}) AS facts ON facts.expert_id = asked.expert
ORDER BY asked.place
"""
CANDIDATES = CANDIDATES_FROM.format(parts=PARTS, now=NOW)


class LocalHours(NamedTuple):
    """Weekly time on a local clock, in minutes of the day; Monday is 0."""

    weekday: int
    starts: int
    ends: int


class Past(NamedTuple):
    """What an expert did here, in the order in which ``Candidate`` takes it; engagements know, nobody else does."""

    invitations_last_30_days: int = 0
    reply_rate: float | None = None
    completed: int = 0
    recently: float = 0.0
    completed_with_skill: Mapping[int, int] = NOTHING
    practice: Mapping[int, float] = NOTHING
    declined_with_skill: Mapping[int, int] = NOTHING
    evenness: float = 1.0


NO_PAST = Past()


def candidates(
    expert_ids: Collection[int],
    past: Mapping[int, Past] = NOTHING,
    *,
    of_skills: Container[int] | None = None,
) -> list[Candidate]:
    """Return what these experts' profiles say of them, in the order of ``expert_ids``; unknown ids are left out.

    ``past`` adds what they did here. ``of_skills`` leaves out the skills that are not among them, which is enough for
    a wish that neither wants nor relates to others: breadth counts all. Weekly hours are those of the current week.
    Queries: 1, whatever the number of experts.
    """
    rows = statements.rows(CANDIDATES, {"experts": expert_ids, **PARAMS}) if expert_ids else []
    return candidates_of(rows, past, of_skills=of_skills)


def candidate(profile: ExpertProfile, past: Past = NO_PAST) -> Candidate:
    """Return what is known of one expert. Queries: 1."""
    return candidates([profile.pk], {profile.pk: past})[0]


def candidates_of(
    rows: Iterable[tuple[Any, ...]],
    past: Mapping[int, Past] = NOTHING,
    *,
    of_skills: Container[int] | None = None,
) -> list[Candidate]:
    """Return the candidates that rows of ``PARTS`` tell of, in their order, whatever stands behind these in a row; the
    rest as for ``candidates``.
    """
    now = timezone.now()
    mondays: dict[str, date] = {}
    return [_candidate(row, past.get(row[0], NO_PAST), of_skills, now, mondays) for row in rows]


def _candidate(
    row: tuple[Any, ...], past: Past, of_skills: Container[int] | None, now: datetime, mondays: dict[str, date]
) -> Candidate:
    """Turn one row into a candidate."""
    expert, numbers, languages, modalities, kinds, origins, slots, zone, hours, capacity, taken, refreshed_at = row[
        :WIDTH
    ]
    skills: dict[int, Offered] = {}
    counts = [0] * len(FACETS)
    for number in numbers:
        counts[number % RECOGNISED] += 1
        skill = number // SKILL
        if of_skills is None or skill in of_skills:
            skills[skill] = offered(number)
    weekly: tuple[Interval, ...] = ()
    if slots:
        monday = mondays.get(zone) or mondays.setdefault(zone, monday_of(ZoneInfo(zone), now))
        weekly = _weekly_hours(_slots(slots), ZoneInfo(zone), monday)
    return Candidate(
        expert,
        skills,
        _breadth(tuple(counts)),
        _languages(languages),
        _modalities(modalities),
        _kinds(kinds),
        _origins(origins),
        hours,
        capacity,
        taken,
        weekly,
        max(0, (now - refreshed_at).days),
        *past,
    )


@lru_cache(maxsize=10_000)
def _breadth(counts: tuple[int, ...]) -> Mapping[Facet, int]:
    return {facet: count for facet, count in zip(FACETS, counts, strict=True) if count}


def items_of(text: str) -> list[str]:
    """Return the items of a list of plain words."""
    return text.split(",") if text else []


@lru_cache(maxsize=10_000)
def _languages(text: str) -> Mapping[str, int]:
    return {item[:-1]: int(item[-1]) for item in items_of(text[1:-1])}


@cache
def _modalities(text: str) -> frozenset[Modality]:
    return frozenset(MODALITIES[code] for code in items_of(text))


@cache
def _kinds(text: str) -> frozenset[str]:
    return frozenset(items_of(text))


@lru_cache(maxsize=10_000)
def _origins(text: str) -> tuple[int, ...]:
    return tuple(map(numeric_country, items_of(text)))


@lru_cache(maxsize=10_000)
def _slots(text: str) -> tuple[LocalHours, ...]:
    numbers = map(int, items_of(text))
    return tuple(LocalHours(*slot) for slot in zip(numbers, numbers, numbers, strict=True))


@cache
def numeric_country(code: str) -> int:
    """Return the ISO 3166-1 numeric code of an alpha-2 code; 0 where ISO has none (Kosovo)."""
    return int(countries.numeric(code) or 0)


def weekly_hours(slots: Iterable[LocalHours], zone: ZoneInfo, now: datetime) -> tuple[Interval, ...]:
    """Return weekly slots on a local clock as minutes of the UTC week, 0 being Monday 00:00, merged and in order.

    The week is the one of ``now``, so that a change of the clocks shows in the week in which it happens.
    """
    return _weekly_hours(tuple(slots), zone, monday_of(zone, now))


def monday_of(zone: ZoneInfo, now: datetime) -> date:
    """Return the Monday of the week in which it is ``now`` in ``zone``."""
    today = now.astimezone(zone).date()
    return today - timedelta(days=today.weekday())


@lru_cache(maxsize=10_000)
def _weekly_hours(slots: tuple[LocalHours, ...], zone: ZoneInfo, monday: date) -> tuple[Interval, ...]:
    """Return ``weekly_hours`` of the week of ``monday``: usual hours are the same for many people."""
    week_starts = datetime.combine(monday, time(), tzinfo=UTC)

    def minute(weekday: int, of_day: int) -> int:
        local = datetime.combine(monday + timedelta(days=weekday), time(), tzinfo=zone)
        local += timedelta(minutes=of_day)  # on the wall clock: aware arithmetic does not cross to UTC
        return int((local.astimezone(UTC) - week_starts).total_seconds() // 60)

    return merged((minute(weekday, starts), minute(weekday, ends)) for weekday, starts, ends in slots)
