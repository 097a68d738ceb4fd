"""Which concepts stand in for a wanted one, and for how much of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import connection

from mentors.models import Skill, SkillRelation
from mentors.recommender.types import Relation, RelationKind
from mentors.states import SkillStatus

# Shares of an exact match, by how much the related concept says about the wanted one. Someone with a narrower concept
# has part of the wanted one for certain; someone with the broader one may have it; a sibling is a neighbour, no more.
# By the number of links between them.
NARROWER, BROADER, SIBLING = (0.6, 0.45, 0.3), (0.4, 0.2), 0.25
# Children of a larger family than this have too little in common to stand in for one another.
LARGEST_FAMILY = 12
MOST_RELATED = 12
# No vocabulary is that deep; circles end by themselves.
DEEPEST = 12
CLOSURE = """
WITH RECURSIVE reached(concept, other, links) AS (
    SELECT {start}, {end}, 1 FROM mentors_skillbroader WHERE {start} = ANY(%s)
    UNION
    SELECT reached.concept, link.{end}, reached.links + 1
    FROM reached JOIN mentors_skillbroader link ON link.{start} = reached.other WHERE reached.links < %s
)
SELECT concept, other, min(links) FROM reached GROUP BY concept, other
"""


def related_skills(skill_ids: Collection[int]) -> dict[int, list[Relation]]:
    """Return, for each wanted concept, the concepts that earn partial credit for it, strongest first.

    At most ``MOST_RELATED`` each, every related concept once with its best reason; ties go to what more experts have,
    then to the lower id. Only accepted concepts, never the wanted one itself. Queries: 6 at most, whatever the number
    of concepts.
    """
    wanted = set(skill_ids)
    best: dict[int, dict[int, Relation]] = {pk: {} for pk in wanted}
    for source in (_narrower(wanted), _broader_and_siblings(wanted), _stated(wanted)):
        for pk, relation in source:
            known = best[pk].get(relation.skill)
            if relation.skill != pk and (known is None or relation.weight > known.weight):
                best[pk][relation.skill] = relation
    counts = _accepted_counts({pk for relations in best.values() for pk in relations})
    return {pk: _strongest(relations.values(), counts) for pk, relations in best.items()}


def family_of(skill_ids: Collection[int]) -> set[int]:
    """Return these concepts and everything narrower than them, however far down. Queries: 1 (0 for none)."""
    wanted = set(skill_ids)
    below = _closure(wanted, is_down=True, depth=DEEPEST)
    return wanted.union(*below.values()) if below else wanted


def _strongest(relations: Iterable[Relation], counts: Mapping[int, int]) -> list[Relation]:
    usable = [relation for relation in relations if relation.skill in counts]
    usable.sort(key=lambda relation: (-relation.weight, -counts[relation.skill], relation.skill))
    return usable[:MOST_RELATED]


def _accepted_counts(skill_ids: Collection[int]) -> dict[int, int]:
    rows = Skill.objects.filter(pk__in=skill_ids, status=SkillStatus.ACCEPTED)
    return dict(rows.values_list("pk", "expert_count"))


def _closure(concepts: Collection[int], *, is_down: bool, depth: int) -> dict[int, dict[int, int]]:
    """Return by concept those below (``is_down``) or above it, with how many links away; circles end by themselves.

    Queries: 1 (0 for no concepts).
    """
    found: dict[int, dict[int, int]] = defaultdict(dict)
    if concepts:
        start, end = ("broader_id", "skill_id") if is_down else ("skill_id", "broader_id")
        with connection.cursor() as cursor:
            cursor.execute(CLOSURE.format(start=start, end=end), [sorted(concepts), depth])
            for concept, other, links in cursor.fetchall():
                found[concept][other] = links
    return found


def _narrower(wanted: Collection[int]) -> list[tuple[int, Relation]]:
    below = _closure(wanted, is_down=True, depth=len(NARROWER))
    return [
        (pk, Relation(other, NARROWER[links - 1], RelationKind.NARROWER))
        for pk, others in below.items()
        for other, links in others.items()
    ]


def _broader_and_siblings(wanted: Collection[int]) -> list[tuple[int, Relation]]:
    above = _closure(wanted, is_down=False, depth=len(BROADER))
    parents = {parent for others in above.values() for parent, links in others.items() if links == 1}
    families = _closure(parents, is_down=True, depth=1)
    found = []
    for pk, others in above.items():
        for other, links in others.items():
            found.append((pk, Relation(other, BROADER[links - 1], RelationKind.BROADER)))
            if links == 1 and len(families[other]) <= LARGEST_FAMILY:
                found += [(pk, Relation(sibling, SIBLING, RelationKind.SIBLING)) for sibling in families[other]]
    return found


def _stated(wanted: Collection[int]) -> list[tuple[int, Relation]]:
    rows = SkillRelation.objects.filter(skill__in=wanted).values_list("skill_id", "related_id", "kind", "weight")
    return [(pk, Relation(related, weight / 100, RelationKind(kind))) for pk, related, kind, weight in rows]
