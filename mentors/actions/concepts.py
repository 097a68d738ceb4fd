"""Write a vocabulary into the database: what is missing is added, what differs is changed, nothing is deleted.

Used by the starter vocabulary and by the ESCO import. Rows are compared in memory and written with COPY, because a
full ESCO has a quarter of a million labels.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils.text import slugify

from mentors.labels import fold_label
from mentors.models import Skill, SkillBroader, SkillLabel, SkillRelation
from mentors.states import LabelKind

Label = tuple[str, str]
Progress = Callable[[str, int, int], None]
SLUG_LENGTH = 100
PREFERRED, ALTERNATIVE = str(LabelKind.PREFERRED), str(LabelKind.ALTERNATIVE)


def no_progress(stage: str, done: int, total: int) -> None:
    """Show nothing."""


@dataclass
class Concept:
    """A concept to be written.

    ``key`` names it in its source; ``preferred`` is by language, ``alternatives`` are in order.

    ``yields`` says that preferred labels which are already there stay, and these become alternatives.
    """

    key: str
    kind: str
    preferred: dict[str, str] = field(default_factory=dict)
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    yields: bool = False

    @property
    def name(self) -> str:
        """Return the English preferred label, or the first there is."""
        return self.preferred.get("en") or next(iter(self.preferred.values()))


@dataclass
class Written:
    """How many rows were added or changed, by what they are."""

    concepts: int = 0
    labels: int = 0
    broader: int = 0
    relations: int = 0

    @property
    def total(self) -> int:
        """Return the number of all changes."""
        return self.concepts + self.labels + self.broader + self.relations


def free_slug(name: str, key: str, taken: set[str]) -> str:
    """Return a slug for ``name`` that is not ``taken``, and take it; the end of ``key`` tells namesakes apart."""
    slug = slugify(name, allow_unicode=True)[:SLUG_LENGTH].strip("-") or "skill"
    if slug in taken:
        slug = f"{slug}-{slugify(key)[-12:].strip('-')}"
    taken.add(slug)
    return slug


def write_labels(concepts: Sequence[Concept], skills: Mapping[str, int], progress: Progress = no_progress) -> int:
    """Give each concept the labels it lacks and make the right one preferred; returns the number of rows written.

    A label whose folded form the concept already has in that language is left out: it would find nothing new.
    ``skills`` maps keys to primary keys. Queries: 1 for each 2,000 concepts, plus the writes.
    """
    added: list[tuple[int, str, str, str, str]] = []
    demoted: list[int] = []
    promoted: list[int] = []
    step = 2000
    for start in range(0, len(concepts), step):
        part = concepts[start : start + step]
        present = _present_labels([skills[concept.key] for concept in part])
        for concept in part:
            pk = skills[concept.key]
            for language in concept.preferred | concept.alternatives:
                changes = _label_changes(concept, language, present.get((pk, language), {}))
                added += [(pk, language, kind, text, search) for kind, text, search in changes.added]
                demoted += changes.demoted
                promoted += changes.promoted
        progress("labels", min(start + step, len(concepts)), len(concepts))
    SkillLabel.objects.filter(pk__in=demoted).update(kind=LabelKind.ALTERNATIVE)
    SkillLabel.objects.filter(pk__in=promoted).update(kind=LabelKind.PREFERRED)
    _copy("mentors_skilllabel", ("skill_id", "language", "kind", "text", "search"), added)
    return len(added) + len(demoted) + len(promoted)


@dataclass
class _LabelChanges:
    added: list[tuple[str, str, str]] = field(default_factory=list)
    demoted: list[int] = field(default_factory=list)
    promoted: list[int] = field(default_factory=list)


# text → (primary key, kind, folded text), of one concept in one language
_Present = dict[str, tuple[int, str, str]]


def _present_labels(skill_ids: Collection[int]) -> dict[tuple[int, str], _Present]:
    present: dict[tuple[int, str], _Present] = {}
    rows = SkillLabel.objects.filter(skill__in=skill_ids)
    for pk, skill_id, language, kind, text, search in rows.values_list(
        "pk", "skill_id", "language", "kind", "text", "search"
    ).iterator(chunk_size=20000):
        present.setdefault((skill_id, language), {})[text] = (pk, kind, search)
    return present


def _label_changes(concept: Concept, language: str, present: _Present) -> _LabelChanges:
    changes = _LabelChanges()
    old = next((text for text, (_pk, kind, _search) in present.items() if kind == PREFERRED), None)
    best = concept.preferred.get(language)
    if best is not None and (old is None or not concept.yields) and best != old:
        if old is not None:
            changes.demoted.append(present[old][0])
        if best in present:
            changes.promoted.append(present[best][0])
        else:
            changes.added.append((PREFERRED, best, fold_label(best)))
    searches = {search for _pk, _kind, search in present.values()} | {search for _kind, _text, search in changes.added}
    others = [best, *concept.alternatives.get(language, ())] if best is not None else concept.alternatives[language]
    for text in others:
        search = "" if text in present else fold_label(text)
        if search and search not in searches:
            searches.add(search)
            changes.added.append((ALTERNATIVE, text, search))
    return changes


def write_broader(pairs: Collection[tuple[int, int]]) -> int:
    """Add the (narrower, broader) links that are missing; returns how many.

    Links of a concept to itself are left out.
    """
    present = set(SkillBroader.objects.values_list("skill_id", "broader_id"))
    missing = sorted({pair for pair in pairs if pair[0] != pair[1]} - present)
    _copy("mentors_skillbroader", ("skill_id", "broader_id"), missing)
    return len(missing)


def write_relations(kind: str, weights: Mapping[tuple[int, int], int]) -> int:
    """Add relations of one kind and change weights that differ; ``weights`` are hundredths, 1 to 60.

    Returns how many rows.
    """
    present = {
        (skill, related): weight
        for skill, related, weight in SkillRelation.objects.filter(kind=kind).values_list(
            "skill_id", "related_id", "weight"
        )
    }
    wanted = {pair: weight for pair, weight in weights.items() if pair[0] != pair[1]}
    missing = [(*pair, kind, weight) for pair, weight in sorted(wanted.items()) if pair not in present]
    changed = [
        SkillRelation(skill_id=pair[0], related_id=pair[1], kind=kind, weight=weight)
        for pair, weight in sorted(wanted.items())
        if pair in present and present[pair] != weight
    ]
    _copy("mentors_skillrelation", ("skill_id", "related_id", "kind", "weight"), missing)
    SkillRelation.objects.bulk_create(
        changed, 2000, update_conflicts=True, unique_fields=["skill", "related", "kind"], update_fields=["weight"]
    )
    return len(missing) + len(changed)


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    # Table and column names are constants of this module, never input.
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def taken_slugs() -> set[str]:
    """Return every slug in use. Queries: 1."""
    return set(Skill.objects.values_list("slug", flat=True))
