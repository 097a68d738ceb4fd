"""Turn needs into what the recommender scores."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import ceil, floor, log10
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Prefetch
from django.utils import timezone

from diaspora_net.accounts.queries.organisations import working_week
from engagements.models import Need, NeedSkill
from engagements.queries.needs import wanted_skills
from mentors.models import AvailabilitySlot, Skill
from mentors.queries.candidates import numeric_country, weekly_hours
from mentors.queries.relations import related_skills
from mentors.recommender.scoring import idf
from mentors.recommender.types import Facet, LanguageWanted, Modality, Relation, Strength, Wanted, Wish
from mentors.states import SkillStatus

# A need without dates is spread over this many months when its hours a month are compared with what an expert gives.
USUAL_MONTHS = 3
DAYS_OF_MONTH = 30
# Below this many profiles they are counted; above, the planner's estimate is as good and costs nothing.
COUNTED = 20_000
POPULATION = """
SELECT CASE WHEN reltuples < %s THEN (SELECT count(*) FROM mentors_expertprofile WHERE state = 'published') ELSE
reltuples END
FROM pg_class WHERE oid = 'mentors_expertprofile'::regclass
"""


def wishes(need_ids: Iterable[int]) -> dict[int, Wish]:
    """Return what each of these needs asks for, as the recommender takes it.

    Queries: 11, whatever the number of needs.
    """
    skills = Prefetch("skill_items", wanted_skills().select_related("tag__merged_into"))
    needs = (
        Need.objects.filter(pk__in=list(need_ids)).select_related("organisation").prefetch_related("languages", skills)
    )
    found = list(needs)
    concepts = {concept_of(item).pk: concept_of(item) for need in found for item in asked_items(need)}
    related = related_skills(concepts)
    population = expert_population()
    now = timezone.now()
    return {need.pk: _wish(need, related, population, now) for need in found}


def wish_of(need: Need) -> Wish:
    """Return what one need asks for. Queries: 11."""
    return wishes([need.pk])[need.pk]


def asked_items(need: Need) -> list[NeedSkill]:
    """Return the wanted skills that can be matched, in the order of slots: suggested concepts wait until they are
    accepted.
    """
    return [item for item in need.skill_items.all() if item.tag.status != SkillStatus.SUGGESTED]


def concept_of(item: NeedSkill) -> Skill:
    """Return the wanted concept, or the one it was merged into."""
    concept: Skill = item.tag.merged_into or item.tag
    return concept


def expert_population() -> int:
    """Return how many experts rarity is measured against: exact in small networks, to two digits in large ones.

    Queries: 1.
    """
    with connection.cursor() as cursor:
        cursor.execute(POPULATION, [COUNTED])
        count = int(cursor.fetchone()[0])
    if count < COUNTED:
        return count
    digit: int = 10 ** (floor(log10(count)) - 1)
    return round(count / digit) * digit


def _wish(need: Need, related: Mapping[int, list[Relation]], population: int, now: datetime) -> Wish:
    week = [
        AvailabilitySlot(weekday=day, starts=start, ends=end) for day, start, end in working_week(need.organisation)
    ]
    return Wish(
        wanted=tuple(_wanted(slot, item, related, population) for slot, item in enumerate(asked_items(need))),
        languages=tuple(LanguageWanted(row.language, row.level) for row in need.languages.all()),
        modality=Modality(need.modality),
        kind=need.kind,
        hours_per_month=_hours_per_month(need),
        origin=numeric_country(need.organisation.country.code),
        weekly_hours=weekly_hours(week, ZoneInfo(need.organisation.time_zone), now),
    )


def _wanted(slot: int, item: NeedSkill, related: Mapping[int, list[Relation]], population: int) -> Wanted:
    concept = concept_of(item)
    return Wanted(
        slot=slot,
        skill=concept.pk,
        facet=Facet(concept.kind),
        strength=Strength(item.strength),
        level=item.level,
        idf=idf(concept.expert_count, population),
        related={relation.skill: relation for relation in related[concept.pk]},
    )


def _hours_per_month(need: Need) -> int:
    if need.closes_on is None:
        return ceil(need.hours / USUAL_MONTHS)
    begins = need.starts_on or (need.published_at or need.created_at).date()
    return ceil(need.hours / max(1.0, (need.closes_on - begins).days / DAYS_OF_MONTH))
