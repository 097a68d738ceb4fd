"""Work out what needs want: each skill's rarity, and which others stand in for it.

This costs a dozen queries, so it is done when a need is saved; the answer stands in ``NeedTerm``, where ``wishes``
reads it.
"""

from collections.abc import Collection, Mapping
from math import floor, log10

from django.db import connection
from django.db.models import Prefetch

from engagements.models import Need, NeedSkill
from engagements.queries.needs import wanted_skills
from mentors.models import Skill
from mentors.queries.relations import related_skills
from mentors.recommender.scoring import idf
from mentors.recommender.types import Facet, Relation, Strength, Wanted
from mentors.states import SkillStatus

# Below this many profiles they are counted; above, the planner's estimate is as good and costs nothing.
COUNTED = 20_000
POPULATION = """
SELECT CASE WHEN reltuples < %s THEN (SELECT count(*) FROM mentors_expertprofile WHERE state = 'published') ELSE
reltuples END
FROM pg_class WHERE oid = 'mentors_expertprofile'::regclass
"""


def wanted_by_need(need_ids: Collection[int]) -> dict[int, tuple[Wanted, ...]]:
    """Return the slots of each need in their order, with everything that may fill them.

    Queries: 9 at most, whatever the number of needs.
    """
    skills = Prefetch("skill_items", wanted_skills().select_related("tag__merged_into"))
    found = list(Need.objects.filter(pk__in=need_ids).only("pk").prefetch_related(skills))
    concepts = {concept_of(item).pk for need in found for item in asked_items(need)}
    related = related_skills(concepts)
    population = expert_population()
    return {
        need.pk: tuple(_wanted(slot, item, related, population) for slot, item in enumerate(asked_items(need)))
        for need in found
    }


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
