"""Skill families: the topmost concept above a skill, and the one in which most of an expert's skills lie."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection

from mentors.models import Skill, SkillBroader, SkillLabel
from mentors.states import LabelKind, SkillKind, SkillStatus

# Languages and transferable skills belong to no family.
FAMILY_KINDS = (SkillKind.SKILL, SkillKind.KNOWLEDGE, SkillKind.OCCUPATION)
# No vocabulary is that deep; circles end by themselves, and what lies in one has no family.
DEEPEST = 12
MAIN_FAMILIES = """
WITH RECURSIVE mine AS (
    SELECT item.content_object_id AS profile, item.tag_id AS skill, item.level
    FROM mentors_profileskill item JOIN mentors_skill concept ON concept.id = item.tag_id
    WHERE item.content_object_id = ANY(%(profiles)s) AND concept.kind = ANY(%(kinds)s)
), up(skill, above, links) AS (
    SELECT DISTINCT skill, skill, 0 FROM mine
    UNION
    SELECT up.skill, link.broader_id, up.links + 1
    FROM up JOIN mentors_skillbroader link ON link.skill_id = up.above WHERE up.links < %(deepest)s
), top AS (
    SELECT skill, min(above) AS family FROM up
    WHERE NOT EXISTS (SELECT 1 FROM mentors_skillbroader link WHERE link.skill_id = up.above)
    GROUP BY skill
), weighed AS (
    SELECT profile, family, sum(level) AS weight FROM mine JOIN top USING (skill) GROUP BY profile, family
)
SELECT DISTINCT ON (profile) profile, family FROM weighed ORDER BY profile, weight DESC, family
"""

FAMILIES = """
WITH RECURSIVE up(skill, above, links) AS (
    SELECT id, id, 0 FROM unnest(%(skills)s::bigint[]) AS id
    UNION
    SELECT up.skill, link.broader_id, up.links + 1
    FROM up JOIN mentors_skillbroader link ON link.skill_id = up.above WHERE up.links < %(deepest)s
)
SELECT skill, min(above) FROM up
WHERE above <> skill AND NOT EXISTS (SELECT 1 FROM mentors_skillbroader link WHERE link.skill_id = up.above)
GROUP BY skill
"""


def families_of(skills: Collection[int]) -> dict[int, int]:
    """Return by skill the topmost concept above it; what has none above it is left out. Queries: 1 (0 for none)."""
    if not skills:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FAMILIES, {"skills": sorted(skills), "deepest": DEEPEST})
        return dict(cursor.fetchall())


def main_families(profiles: Collection[int]) -> dict[int, int]:
    """Return by profile the skill family in which most of its skills lie, weighed by level; ties go to the older one.

    Whoever has no skill of a family is not in it, so that everybody counts once. Queries: 1 (0 for nobody).
    """
    if not profiles:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            MAIN_FAMILIES,
            {"profiles": sorted(profiles), "kinds": [str(kind) for kind in FAMILY_KINDS], "deepest": DEEPEST},
        )
        return dict(cursor.fetchall())


def family_choices(language: str) -> list[tuple[str, str]]:
    """Return (slug, name) of every skill family with something beneath it, by name. Queries: 2."""
    tops = Skill.objects.filter(
        status=SkillStatus.ACCEPTED,
        kind__in=FAMILY_KINDS,
        pk__in=SkillBroader.objects.values("broader"),
    ).exclude(pk__in=SkillBroader.objects.values("skill"))
    names = concept_names(tops.values_list("pk", flat=True))
    return sorted(
        ((slug, labels.get(language) or labels["en"]) for slug, labels in names.values()), key=lambda pair: pair[1]
    )


def concept_names(families: Iterable[int]) -> dict[int, tuple[str, dict[str, str]]]:
    """Return by concept its slug and its preferred labels by language, English at least. Queries: 2 (0 for none)."""
    wanted = list(families)
    if not wanted:
        return {}
    known = Skill.objects.filter(pk__in=wanted).only("slug", "name").in_bulk()
    labels: dict[int, dict[str, str]] = defaultdict(dict)
    rows = SkillLabel.objects.filter(skill__in=known, kind=LabelKind.PREFERRED)
    for skill, language, text in rows.values_list("skill", "language", "text"):
        labels[skill][language] = text
    return {pk: (skill.slug, {"en": skill.name, **labels[pk]}) for pk, skill in known.items()}
