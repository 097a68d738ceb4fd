"""Read how ESCO's concepts hang together, and choose the relations worth keeping."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mentors.actions.concepts import Progress
from mentors.actions.esco.sheets import EscoError, Row, Sheet, SheetKind, rows_of
from mentors.states import RelationKind

Pair = tuple[int, int]
# Hundredths of an exact match. Who practises an occupation has its essential skills more likely than not, and its
# optional ones in some posts; a single essential skill says little about having a whole occupation. Two pieces of
# knowledge that ESCO links are learnt together where the link is essential, and often where it is optional.
HAS_ESSENTIAL, HAS_OPTIONAL, PART_OF_OCCUPATION = 50, 25, 20
TOGETHER_ESSENTIAL, TOGETHER_OPTIONAL = 45, 30
# A skill of more occupations than this ("manage staff") tells nothing about any of them.
MOST_OCCUPATIONS = 60
# The most telling skills of an occupation, so that an occupation with 340 skills counts no more than one with 30.
ESSENTIAL_KEPT, OPTIONAL_KEPT = 20, 10
_BROADER = (SheetKind.BROADER_SKILLS, SheetKind.BROADER_OCCUPATIONS)
_ENDS = {
    SheetKind.BROADER_SKILLS: ("conceptUri", "broaderUri"),
    SheetKind.BROADER_OCCUPATIONS: ("conceptUri", "broaderUri"),
    SheetKind.OCCUPATION_SKILLS: ("occupationUri", "skillUri"),
    SheetKind.SKILL_SKILLS: ("originalSkillUri", "relatedSkillUri"),
}


@dataclass
class Links:
    """What the relation sheets say, in primary keys; ``unknown`` counts the rows that name a concept nobody has."""

    broader: set[Pair] = field(default_factory=set)
    used_together: dict[Pair, int] = field(default_factory=dict)
    occupations: dict[Pair, bool] = field(default_factory=dict)
    unknown: int = 0


def read_links(sheets: Iterable[Sheet], skills: Mapping[str, int], progress: Progress) -> Links:
    """Return the links between the concepts in ``skills`` (ESCO address → primary key). Raises EscoError.

    Groups of the International Standard Classification of Occupations are no concepts here, so links to them are left
    out.
    """
    links = Links()
    chosen = [sheet for sheet in sheets if sheet.kind in _ENDS]
    for number, sheet in enumerate(chosen):
        progress("relations", number, len(chosen))
        first, second = _ENDS[sheet.kind]
        for line, row in rows_of(sheet):
            if "ISCOGroup" in (row.get("conceptType"), row.get("broaderType")):
                continue
            one, other = skills.get(row[first].strip()), skills.get(row[second].strip())
            if one is None or other is None:
                links.unknown += 1
            else:
                _add(links, sheet, line, row, (one, other))
    progress("relations", len(chosen), len(chosen))
    return links


def _add(links: Links, sheet: Sheet, line: int, row: Row, pair: Pair) -> None:
    if sheet.kind in _BROADER:
        links.broader.add(pair)
        return
    if row["relationType"] not in {"essential", "optional"}:
        raise EscoError(sheet.place, line, f"“{row['relationType'][:40]}” is neither essential nor optional")
    is_essential = row["relationType"] == "essential"
    if sheet.kind == SheetKind.OCCUPATION_SKILLS:
        links.occupations[pair] = is_essential or links.occupations.get(pair, False)
        return
    weight = TOGETHER_ESSENTIAL if is_essential else TOGETHER_OPTIONAL
    for ends in (pair, pair[::-1]):
        links.used_together[ends] = max(weight, links.used_together.get(ends, 0))


def relation_weights(links: Links) -> dict[str, dict[Pair, int]]:
    """Return the weight of each (wanted, offered) pair by kind of relation."""
    return {
        RelationKind.USED_TOGETHER: links.used_together,
        RelationKind.OCCUPATION: occupation_weights(links.occupations),
    }


def occupation_weights(occupations: Mapping[Pair, bool]) -> dict[Pair, int]:
    """Return weights in both directions for the most telling skills of each occupation.

    ``occupations`` maps (occupation, skill) to whether the skill is essential. Skills of few occupations tell most.
    """
    spread = Counter(skill for _occupation, skill in occupations)
    skills: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for (occupation, skill), is_essential in occupations.items():
        if spread[skill] <= MOST_OCCUPATIONS:
            skills[occupation, is_essential].append(skill)
    weights: dict[Pair, int] = {}
    for (occupation, is_essential), members in skills.items():
        members.sort(key=lambda skill: (spread[skill], skill))
        for skill in members[: ESSENTIAL_KEPT if is_essential else OPTIONAL_KEPT]:
            weights[skill, occupation] = HAS_ESSENTIAL if is_essential else HAS_OPTIONAL
            if is_essential:
                weights[occupation, skill] = PART_OF_OCCUPATION
    return weights
