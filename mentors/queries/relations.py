"""Which concepts stand in for a wanted one, and for how much of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from mentors.models import Skill, SkillBroader, SkillRelation
from mentors.recommender.types import Relation, RelationKind
from mentors.states import SkillStatus

# Shares of an exact match, by how much the related concept says about the wanted one. Someone with a narrower concept
# has part of the wanted one for certain; someone with the broader one may have it; a sibling is a neighbour, no more.
NARROWER, NARROWER_TWICE, BROADER, SIBLING = 0.6, 0.45, 0.4, 0.25
# Children of a larger family than this have too little in common to stand in for one another.
LARGEST_FAMILY = 12
MOST_RELATED = 12


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


def _strongest(relations: Iterable[Relation], counts: Mapping[int, int]) -> list[Relation]:
    usable = [relation for relation in relations if relation.skill in counts]
    usable.sort(key=lambda relation: (-relation.weight, -counts[relation.skill], relation.skill))
    return usable[:MOST_RELATED]


def _accepted_counts(skill_ids: Collection[int]) -> dict[int, int]:
    rows = Skill.objects.filter(pk__in=skill_ids, status=SkillStatus.ACCEPTED)
    return dict(rows.values_list("pk", "expert_count"))


def _children(parents: Collection[int]) -> dict[int, set[int]]:
    children: dict[int, set[int]] = defaultdict(set)
    for child, parent in SkillBroader.objects.filter(broader__in=parents).values_list("skill_id", "broader_id"):
        children[parent].add(child)
    return children


def _narrower(wanted: Collection[int]) -> list[tuple[int, Relation]]:
    first = _children(wanted)
    second = _children({child for children in first.values() for child in children})
    found = []
    for pk, children in first.items():
        found += [(pk, Relation(child, NARROWER, RelationKind.NARROWER)) for child in children]
        for grandchild in (grandchild for child in children for grandchild in second[child]):
            found.append((pk, Relation(grandchild, NARROWER_TWICE, RelationKind.NARROWER)))
    return found


def _broader_and_siblings(wanted: Collection[int]) -> list[tuple[int, Relation]]:
    links = list(SkillBroader.objects.filter(skill__in=wanted).values_list("skill_id", "broader_id"))
    families = _children({parent for _pk, parent in links})
    found = []
    for pk, parent in links:
        found.append((pk, Relation(parent, BROADER, RelationKind.BROADER)))
        if len(families[parent]) <= LARGEST_FAMILY:
            found += [(pk, Relation(sibling, SIBLING, RelationKind.SIBLING)) for sibling in families[parent]]
    return found


def _stated(wanted: Collection[int]) -> list[tuple[int, Relation]]:
    rows = SkillRelation.objects.filter(skill__in=wanted).values_list("skill_id", "related_id", "kind", "weight")
    return [(pk, Relation(related, weight / 100, RelationKind(kind))) for pk, related, kind, weight in rows]
