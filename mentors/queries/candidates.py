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
from mentors.recommender.hours import merged
from mentors.recommender.types import Candidate, Facet, Interval, Modality, Offered
from mentors.states import RECOGNISED_BY_OTHERS

FACETS = tuple(Facet)
MODALITIES = {modality.value: modality for modality in Modality}
# The statement tells a listed skill as one number, of which these are the places: level, years, whether others
# recognise it, and the facet's place among all.
LEVEL, YEARS, RECOGNISED = 100_000, 100, 10
NOTHING: Mapping[int, Any] = MappingProxyType({})
CANDIDATES = """
SELECT profile.id, profile.modalities, profile.kinds, profile.hours_per_month, profile.capacity,
    profile.open_engagements, profile.refreshed_at, person.time_zone, listed.skills, listed.codes,
    spoken.languages, spoken.levels,
    ARRAY(SELECT country::text FROM mentors_profileorigin WHERE profile_id = profile.id ORDER BY position),
    ARRAY(SELECT ARRAY[weekday, starts, ends] FROM mentors_availabilityslot WHERE profile_id = profile.id)
FROM unnest(%(experts)s::bigint[]) WITH ORDINALITY AS asked(expert, place)
JOIN mentors_expertprofile profile ON profile.id = asked.expert
JOIN accounts_user person ON person.id = profile.user_id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(item.tag_id), '{}') AS skills, coalesce(array_agg(item.level * 100000 + item.years * 100
        + (item.recognition = ANY(%(recognised)s::text[]))::integer * 10
        + array_position(%(facets)s::text[], skill.kind::text) - 1), '{}') AS codes
    FROM mentors_profileskill item JOIN mentors_skill skill ON skill.id = item.tag_id
    WHERE item.content_object_id = profile.id AND skill.status = 'accepted'
) AS listed
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(language::text), '{}') AS languages,
        coalesce(array_agg(level), '{}') AS levels
    FROM mentors_profilelanguage WHERE profile_id = profile.id
) AS spoken
ORDER BY asked.place
"""


class LocalHours(NamedTuple):
    """Weekly time on a local clock, in minutes of the day; Monday is 0."""

    weekday: int
    starts: int
    ends: int


class Past(NamedTuple):
    """What an expert did here, as ``Candidate`` takes it; engagements know, nobody else does."""

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
    now = timezone.now()
    params: statements.Params = {"experts": expert_ids, "recognised": sorted(RECOGNISED_BY_OTHERS), "facets": FACETS}
    rows = statements.rows(CANDIDATES, params) if expert_ids else []
    return [_candidate(row, past.get(row[0], NO_PAST), of_skills, now) for row in rows]


def candidate(profile: ExpertProfile, past: Past = NO_PAST) -> Candidate:
    """Return what is known of one expert. Queries: 1."""
    return candidates([profile.pk], {profile.pk: past})[0]


def _candidate(row: tuple[Any, ...], past: Past, of_skills: Container[int] | None, now: datetime) -> Candidate:
    """Turn one row of the statement into a candidate."""
    expert, modalities, kinds, hours, capacity, taken, refreshed_at, zone, listed, codes = row[:10]
    languages, levels, origins, slots = row[10:]
    skills: dict[int, Offered] = {}
    breadth: dict[Facet, int] = {}
    for skill, code in zip(listed, codes, strict=True):
        if of_skills is None or skill in of_skills:
            skills[skill] = _offered(skill, code)
        facet = FACETS[code % RECOGNISED]
        breadth[facet] = breadth.get(facet, 0) + 1
    return Candidate(
        expert=expert,
        skills=skills,
        breadth=breadth,
        languages=dict(zip(languages, levels, strict=True)),
        modalities=_modalities(tuple(modalities)),
        kinds=frozenset(kinds),
        origins=tuple(map(numeric_country, origins)),
        hours_per_month=hours,
        capacity=capacity,
        open_engagements=taken,
        weekly_hours=weekly_hours((LocalHours(*slot) for slot in slots), ZoneInfo(zone), now) if slots else (),
        days_since_update=max(0, (now - refreshed_at).days),
        **past._asdict(),
    )


@lru_cache(maxsize=50_000)
def _offered(skill: int, code: int) -> Offered:
    """Return a listed skill from its number; many people list the same, so it is made once."""
    level, rest = divmod(code, LEVEL)
    years, rest = divmod(rest, YEARS)
    recognised, facet = divmod(rest, RECOGNISED)
    return Offered(skill, level, years, bool(recognised), FACETS[facet])


@cache
def _modalities(codes: tuple[str, ...]) -> frozenset[Modality]:
    return frozenset(MODALITIES[code] for code in codes)


@cache
def numeric_country(code: str) -> int:
    """Return the ISO 3166-1 numeric code of an alpha-2 code; 0 where ISO has none (Kosovo)."""
    return int(countries.numeric(code) or 0)


def weekly_hours(slots: Iterable[LocalHours], zone: ZoneInfo, now: datetime) -> tuple[Interval, ...]:
    """Return weekly slots on a local clock as minutes of the UTC week, 0 being Monday 00:00, merged and in order.

    The week is the one of ``now``, so that a change of the clocks shows in the week in which it happens.
    """
    today = now.astimezone(zone).date()
    return _weekly_hours(tuple(slots), zone, today - timedelta(days=today.weekday()))


@lru_cache(maxsize=10_000)
def _weekly_hours(slots: tuple[LocalHours, ...], zone: ZoneInfo, monday: date) -> tuple[Interval, ...]:
    """Return ``weekly_hours`` of the week of ``monday``: usual hours are the same for many people."""
    week_starts = datetime.combine(monday, time(), tzinfo=UTC)

    def minute(weekday: int, of_day: int) -> int:
        local = datetime.combine(monday + timedelta(days=weekday), time(), tzinfo=zone)
        local += timedelta(minutes=of_day)  # on the wall clock: aware arithmetic does not cross to UTC
        return int((local.astimezone(UTC) - week_starts).total_seconds() // 60)

    return merged((minute(weekday, starts), minute(weekday, ends)) for weekday, starts, ends in slots)
