"""Turn profiles into what the recommender scores.

Candidates are read as rows, not as model instances: a list ranks hundreds of people and shows ten.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django_countries import countries

from mentors.models import AvailabilitySlot, ExpertProfile, ProfileLanguage, ProfileOrigin, ProfileSkill
from mentors.recommender.hours import merged
from mentors.recommender.skills import breadth_of
from mentors.recommender.types import Candidate, Facet, Interval, Modality, Offered
from mentors.states import RECOGNISED_BY_OTHERS, SkillStatus

FACETS = {facet.value: facet for facet in Facet}
MODALITIES = {modality.value: modality for modality in Modality}


class LocalHours(NamedTuple):
    """Weekly time on a local clock, in minutes of the day; Monday is 0."""

    weekday: int
    starts: int
    ends: int


def candidates(expert_ids: Collection[int]) -> list[Candidate]:
    """Return what these experts' profiles say of them, in the order of ``expert_ids``; unknown ids are left out.

    What engagements know (completed work, refusals, exposure) is not filled in. Weekly hours are those of the current
    week. Queries: 5, whatever the number of experts.
    """
    ids = list(expert_ids)
    now = timezone.now()
    skills, languages, origins, hours = _skills(ids), _languages(ids), _origins(ids), _hours(ids)
    found = {
        row.pk: Candidate(
            expert=row.pk,
            skills=skills[row.pk],
            breadth=breadth_of(skills[row.pk].values(), {}),
            languages=languages[row.pk],
            modalities=frozenset(MODALITIES[code] for code in row.modalities),
            kinds=frozenset(row.kinds),
            origins=tuple(origins[row.pk]),
            hours_per_month=row.hours_per_month,
            capacity=row.capacity,
            open_engagements=row.open_engagements,
            weekly_hours=weekly_hours(hours[row.pk], ZoneInfo(row.user__time_zone), now),
            days_since_update=max(0, (now - row.refreshed_at).days),
        )
        for row in _profiles(ids)
    }
    return [found[pk] for pk in ids if pk in found]


def candidate(profile: ExpertProfile) -> Candidate:
    """Return what is known of one expert. Queries: 5."""
    return candidates([profile.pk])[0]


def _profiles(ids: list[int]) -> Iterable[Any]:
    return ExpertProfile.objects.filter(pk__in=ids).values_list(
        "pk",
        "modalities",
        "kinds",
        "hours_per_month",
        "capacity",
        "open_engagements",
        "refreshed_at",
        "user__time_zone",
        named=True,
    )


def _skills(ids: list[int]) -> dict[int, dict[int, Offered]]:
    """Return the accepted skills by expert and skill."""
    rows = ProfileSkill.objects.filter(content_object__in=ids, tag__status=SkillStatus.ACCEPTED).values_list(
        "content_object", "tag", "level", "years", "recognition", "tag__kind"
    )
    skills: dict[int, dict[int, Offered]] = defaultdict(dict)
    for expert, skill, level, years, recognition, kind in rows:
        skills[expert][skill] = Offered(skill, level, years, recognition in RECOGNISED_BY_OTHERS, FACETS[kind])
    return skills


def _languages(ids: list[int]) -> dict[int, dict[str, int]]:
    languages: dict[int, dict[str, int]] = defaultdict(dict)
    rows = ProfileLanguage.objects.filter(profile__in=ids)
    for expert, code, level in rows.values_list("profile", "language", "level"):
        languages[expert][code] = level
    return languages


def _origins(ids: list[int]) -> dict[int, list[int]]:
    """Return the numeric countries of origin by expert, the main one first."""
    origins: dict[int, list[int]] = defaultdict(list)
    rows = ProfileOrigin.objects.filter(profile__in=ids).order_by("position")
    for expert, code in rows.values_list("profile", "country"):
        origins[expert].append(numeric_country(code))
    return origins


def _hours(ids: list[int]) -> dict[int, list[LocalHours]]:
    hours: dict[int, list[LocalHours]] = defaultdict(list)
    rows = AvailabilitySlot.objects.filter(profile__in=ids).order_by()
    for expert, *slot in rows.values_list("profile", "weekday", "starts", "ends"):
        hours[expert].append(LocalHours(*slot))
    return hours


def offered_skill(item: ProfileSkill) -> Offered:
    """Return a profile's skill as the recommender takes it; ``item.tag`` must be loaded."""
    return Offered(
        skill=item.tag_id,
        level=item.level,
        years=item.years,
        recognised=item.recognition in RECOGNISED_BY_OTHERS,
        facet=Facet(item.tag.kind),
    )


@cache
def numeric_country(code: str) -> int:
    """Return the ISO 3166-1 numeric code of an alpha-2 code; 0 where ISO has none (Kosovo)."""
    return int(countries.numeric(code) or 0)


def weekly_hours(slots: Iterable[LocalHours | AvailabilitySlot], zone: ZoneInfo, now: datetime) -> tuple[Interval, ...]:
    """Return weekly slots on a local clock as minutes of the UTC week, 0 being Monday 00:00, merged and in order.

    The week is the one of ``now``, so that a change of the clocks shows in the week in which it happens.
    """
    monday = now.astimezone(zone).date()
    monday -= timedelta(days=monday.weekday())
    week_starts = datetime.combine(monday, time(), tzinfo=UTC)

    def minute(weekday: int, of_day: int) -> int:
        local = datetime.combine(monday + timedelta(days=weekday), time(), tzinfo=zone)
        local += timedelta(minutes=of_day)  # on the wall clock: aware arithmetic does not cross to UTC
        return int((local.astimezone(UTC) - week_starts).total_seconds() // 60)

    return merged((minute(slot.weekday, slot.starts), minute(slot.weekday, slot.ends)) for slot in slots)
