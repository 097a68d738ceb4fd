"""Load the starter vocabulary that comes with the network: a few hundred concepts with labels in five languages."""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from mentors.actions.concepts import Concept, Written, write_broader, write_labels
from mentors.actions.postings import rewrite_holders
from mentors.models import Skill
from mentors.states import SkillKind, SkillStatus

VOCABULARY = Path(__file__).resolve().parent.parent / "vocabulary"
LANGUAGES = ("en", "fr", "es", "ar", "pt")


class VocabularyError(Exception):
    """A line of a vocabulary file that cannot be used; says file, line and reason."""


def starter_rows() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (place, row) for every line of the starter vocabulary; ``place`` is file and line for messages."""
    for path in sorted(VOCABULARY.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines, strict=True)
            for row in reader:
                yield f"{path.name}, line {reader.line_num}", row


def starter_keys() -> frozenset[str]:
    """Return the keys (slugs) of the starter vocabulary's concepts."""
    return frozenset(row["key"] for _place, row in starter_rows())


@transaction.atomic
def load_vocabulary() -> Written:
    """Add the starter vocabulary's concepts, labels and links that are missing; a second run writes nothing.

    Concepts are known by their slug, so kinds and labels follow the files; what was merged meanwhile stays merged.
    Raises VocabularyError, with nothing written. Queries: about 8, and those of ``rewrite_holders``.
    """
    concepts, broader = _read()
    kinds = {concept.key: concept.kind for concept in concepts}
    present = {skill.slug: skill for skill in Skill.objects.filter(slug__in=kinds)}
    missing = [concept for concept in concepts if concept.key not in present]
    created = Skill.objects.bulk_create(Skill(slug=one.key, name=one.name, kind=one.kind) for one in missing)
    changed = [
        skill for skill in present.values() if skill.kind != kinds[skill.slug] and skill.status != SkillStatus.MERGED
    ]
    for skill in changed:
        skill.kind = kinds[skill.slug]
    Skill.objects.bulk_update(changed, ["kind"])
    rewrite_holders(changed)
    skills = {skill.slug: skill.pk for skill in (*present.values(), *created) if skill.status != SkillStatus.MERGED}
    living = [concept for concept in concepts if concept.key in skills]
    pairs = {(skills[one], skills[other]) for one, other in broader if one in skills and other in skills}
    return Written(
        concepts=len(created) + len(changed), labels=write_labels(living, skills), broader=write_broader(pairs)
    )


def _read() -> tuple[list[Concept], list[tuple[str, str]]]:
    concepts: dict[str, Concept] = {}
    broader: list[tuple[str, str, str]] = []
    for place, row in starter_rows():
        concept = _concept(place, row)
        if concept.key in concepts:
            raise VocabularyError(f"{place}: the key “{concept.key}” stands there twice")
        concepts[concept.key] = concept
        broader += [(place, concept.key, parent) for parent in _parts(row["broader"], ";")]
    for place, _key, parent in broader:
        if parent not in concepts:
            raise VocabularyError(f"{place}: there is no concept “{parent}”")
    return list(concepts.values()), [(key, parent) for _place, key, parent in broader]


def _concept(place: str, row: dict[str, str]) -> Concept:
    if None in row or None in row.values():
        raise VocabularyError(f"{place}: the line has too many or too few fields")
    if not row["key"] or row["kind"] not in SkillKind.values or not row["en"]:
        raise VocabularyError(f"{place}: key, kind and English label are needed")
    preferred = {language: row[language].strip() for language in LANGUAGES if row[language].strip()}
    alternatives = {language: _parts(row[f"{language}_alt"], "|") for language in LANGUAGES}
    return Concept(row["key"], row["kind"], preferred, alternatives)


def _parts(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]
