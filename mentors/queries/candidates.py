"""Turn profiles into what the recommender scores."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils import timezone
from django_countries import countries

from mentors.models import AvailabilitySlot, ExpertProfile, ProfileSkill
from mentors.recommender.hours import merged
from mentors.recommender.skills import breadth_of
from mentors.recommender.types import Candidate, Facet, Interval, Modality, Offered
from mentors.states import RECOGNISED_BY_OTHERS, SkillStatus


def candidates(expert_ids: Collection[int]) -> list[Candidate]:
    """Return what these experts' profiles say of them, in the order of ``expert_ids``; unknown ids are left out.

    What engagements know (completed work, refusals, exposure) is not filled in. Weekly hours are those of the current
    week. Queries: 5, whatever the number of experts.
    """
    order = {pk: place for place, pk in enumerate(expert_ids)}
    profiles = with_scoring_parts(order)
    now = timezone.now()
    return [_candidate(profile, now) for profile in sorted(profiles, key=lambda profile: order[profile.pk])]


def candidate(profile: ExpertProfile) -> Candidate:
    """Return what is known of one expert. Queries: 5."""
    return candidates([profile.pk])[0]


def with_scoring_parts(expert_ids: Iterable[int]) -> Iterable[ExpertProfile]:
    """Return the profiles with all that scoring reads. Queries: 5 when read."""
    skills = ProfileSkill.objects.filter(tag__status=SkillStatus.ACCEPTED).select_related("tag")
    return (
        ExpertProfile.objects.filter(pk__in=list(expert_ids))
        .select_related("user")
        .prefetch_related("origins", "languages", "availability", Prefetch("skill_items", skills))
    )


def _candidate(profile: ExpertProfile, now: datetime) -> Candidate:
    skills = {item.tag_id: offered_skill(item) for item in profile.skill_items.all()}
    return Candidate(
        expert=profile.pk,
        skills=skills,
        breadth=breadth_of(skills.values(), {}, {}),
        languages={row.language: row.level for row in profile.languages.all()},
        modalities=frozenset(Modality(code) for code in profile.modalities),
        kinds=frozenset(profile.kinds),
        origins=tuple(numeric_country(row.country.code) for row in profile.origins.all()),
        hours_per_month=profile.hours_per_month,
        capacity=profile.capacity,
        open_engagements=profile.open_engagements,
        weekly_hours=weekly_hours(profile.availability.all(), profile.user.zone, now),
        days_since_update=max(0, (now - profile.refreshed_at).days),
    )


def offered_skill(item: ProfileSkill) -> Offered:
    """Return a profile's skill as the recommender takes it; ``item.tag`` must be loaded."""
    return Offered(
        skill=item.tag_id,
        level=item.level,
        years=item.years,
        recognised=item.recognition in RECOGNISED_BY_OTHERS,
        facet=Facet(item.tag.kind),
    )


def numeric_country(code: str) -> int:
    """Return the ISO 3166-1 numeric code of an alpha-2 code; 0 where ISO has none (Kosovo)."""
    return int(countries.numeric(code) or 0)


def weekly_hours(slots: Iterable[AvailabilitySlot], zone: ZoneInfo, now: datetime) -> tuple[Interval, ...]:
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
