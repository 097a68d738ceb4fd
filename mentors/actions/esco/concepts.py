"""Read ESCO's concepts and find the ones we have already under another name."""

import re
from collections.abc import Collection, Iterable, Mapping

from mentors.actions.concepts import Concept, Progress
from mentors.actions.esco.sheets import CONCEPTS, EscoError, Row, Sheet, SheetKind, rows_of
from mentors.labels import LABEL_LENGTH, fold_label
from mentors.models import SkillLabel
from mentors.states import LabelKind, SkillKind, SkillStatus

# Skill groups stand above knowledge and skills in ESCO's hierarchy: fields of knowledge one can have, too.
_KINDS = {SheetKind.OCCUPATIONS: SkillKind.OCCUPATION, SheetKind.GROUPS: SkillKind.KNOWLEDGE}
# ESCO's line between skills and knowledge is thin and its transversal skills are skills; occupations and languages
# stand apart.
_ALIKE = frozenset({SkillKind.SKILL, SkillKind.KNOWLEDGE, SkillKind.TRANSFERABLE})
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
URI_LENGTH = 200


def read_concepts(sheets: Iterable[Sheet], progress: Progress) -> dict[str, Concept]:
    """Return every concept of the sheets by its ESCO address, with the labels of all languages. Raises EscoError."""
    concepts: dict[str, Concept] = {}
    chosen = [sheet for sheet in sheets if sheet.kind in CONCEPTS]
    for number, sheet in enumerate(chosen):
        progress("read", number, len(chosen))
        for line, row in rows_of(sheet):
            _read_row(sheet, line, row, concepts)
    for sheet in (sheet for sheet in sheets if sheet.kind == SheetKind.LANGUAGES):
        for _line, row in rows_of(sheet):
            if row["conceptUri"] in concepts:
                concepts[row["conceptUri"]].kind = SkillKind.LANGUAGE
    progress("read", len(chosen), len(chosen))
    return {uri: concept for uri, concept in concepts.items() if concept.preferred}


def _read_row(sheet: Sheet, line: int, row: Row, concepts: dict[str, Concept]) -> None:
    uri = row["conceptUri"].strip()
    if not uri.startswith("http") or len(uri) > URI_LENGTH:
        raise EscoError(sheet.place, line, f"“{uri[:60]}” is not the address of a concept")
    if row.get("status", "released").lower() != "released":
        return
    if not sheet.language:
        raise EscoError(sheet.place, 1, "the file's name does not say its language, like skills_en.csv")
    preferred = _label(row["preferredLabel"])
    if not preferred and sheet.language == "en":
        raise EscoError(sheet.place, line, "the preferred label is missing")
    alternatives = [_label(text) for text in f"{row['altLabels']}\n{row.get('hiddenLabels', '')}".split("\n")]
    if any(len(text) > LABEL_LENGTH for text in (preferred, *alternatives)):
        raise EscoError(sheet.place, line, f"a label is longer than {LABEL_LENGTH} characters")
    concept = concepts.setdefault(uri, Concept(uri, _kind(sheet, row)))
    if preferred:
        concept.preferred[sheet.language] = preferred
        concept.alternatives.setdefault(sheet.language, []).extend(text for text in alternatives if text)


def _kind(sheet: Sheet, row: Row) -> SkillKind:
    if sheet.kind == SheetKind.SKILLS:
        return SkillKind.KNOWLEDGE if row["skillType"] == "knowledge" else SkillKind.SKILL
    return _KINDS[sheet.kind]


def _label(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", text).split())


def same_by_label(concepts: Mapping[str, Concept], known: Collection[str]) -> dict[str, int]:
    """Return the accepted concepts we have that are ESCO's under one of their English labels: address → primary key.

    Only concepts without an address of their own, of a kind that fits, each taken once; preferred labels go before
    alternatives, then the older concept. ``known`` are the addresses that need no looking for. Queries: 1.
    """
    rows = (
        SkillLabel.objects.filter(language="en", skill__status=SkillStatus.ACCEPTED, skill__esco_uri=None)
        .order_by("skill_id", "pk")
        .values_list("search", "kind", "skill_id", "skill__kind")
    )
    ours: dict[str, list[tuple[bool, int, str]]] = {}
    for search, label_kind, skill_id, kind in rows:
        ours.setdefault(search, []).append((label_kind != LabelKind.PREFERRED, skill_id, kind))
    pairs = [
        (is_alternative, uri, skill_id)
        for uri, concept in concepts.items()
        if uri not in known and "en" in concept.preferred
        for is_alternative, skill_id, kind in ours.get(fold_label(concept.preferred["en"]), ())
        if _fits(concept.kind, kind)
    ]
    same: dict[str, int] = {}
    taken: set[int] = set()
    for _is_alternative, uri, skill_id in sorted(pairs, key=lambda pair: (pair[0], pair[2], pair[1])):
        if uri not in same and skill_id not in taken:
            same[uri] = skill_id
            taken.add(skill_id)
    return same


def _fits(one: str, other: str) -> bool:
    return one == other or {one, other} <= _ALIKE
