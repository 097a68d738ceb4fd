"""Import ESCO, the European classification of skills and occupations, from its official CSV download."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from mentors.actions.concepts import (
    Concept,
    Progress,
    Written,
    free_slug,
    no_progress,
    taken_slugs,
    write_broader,
    write_labels,
    write_relations,
)
from mentors.actions.esco.concepts import read_concepts, same_by_label
from mentors.actions.esco.relations import read_links, relation_weights
from mentors.actions.esco.sheets import EscoError, find_sheets
from mentors.actions.vocabulary import starter_keys
from mentors.models import Skill

__all__ = ["EscoError", "EscoReport", "import_esco"]


@dataclass
class EscoReport:
    """What an import read and wrote. ``merged`` concepts were known under one of their labels before."""

    read: int = 0
    languages: list[str] = field(default_factory=list)
    created: int = 0
    merged: int = 0
    unknown: int = 0
    written: Written = field(default_factory=Written)


@transaction.atomic
def import_esco(paths: Sequence[Path], *, progress: Progress = no_progress) -> EscoReport:
    """Bring skills, occupations, skill groups, their labels and their relations in; a second run writes nothing.

    A concept is known by its ESCO address, else by an English label of the vocabulary that is there already: then the
    existing one gets the address and the labels it lacks, and keeps its own preferred labels. Nothing is deleted.
    Raises EscoError with file, line and reason; then nothing at all is written. ``progress`` is called with the stage's
    name, how much is done, and of how much.
    """
    sheets = find_sheets(paths)
    concepts = read_concepts(sheets, progress)
    report = EscoReport(
        read=len(concepts), languages=sorted({code for one in concepts.values() for code in one.preferred})
    )
    skills = _place(concepts, report)
    known = skills | dict(_addresses())
    links = read_links(sheets, known, progress)
    report.unknown = links.unknown
    report.written.labels = write_labels(list(concepts.values()), skills, progress)
    report.written.broader = write_broader(links.broader)
    for kind, weights in relation_weights(links).items():
        if weights:
            report.written.relations += write_relations(kind, weights)
    return report


def _addresses() -> list[tuple[str, int]]:
    """Return (ESCO address, primary key of the concept that stands for it today)."""
    rows = Skill.objects.exclude(esco_uri=None).values_list("esco_uri", "pk", "merged_into")
    return [(uri, into or pk) for uri, pk, into in rows if uri]


def _place(concepts: dict[str, Concept], report: EscoReport) -> dict[str, int]:
    """Give every concept its row: known by address, known by label, or new. Returns address → primary key."""
    rows = {row.esco_uri: row for row in Skill.objects.filter(esco_uri__in=concepts) if row.esco_uri}
    starter = starter_keys()
    skills: dict[str, int] = {}
    renamed = []
    for uri, row in rows.items():
        skills[uri] = row.merged_into_id or row.pk
        concepts[uri].yields = row.slug in starter or row.merged_into_id is not None
        if not concepts[uri].yields and "en" in concepts[uri].preferred and row.name != concepts[uri].name:
            row.name = concepts[uri].name
            renamed.append(row)
    same = same_by_label(concepts, skills)
    for uri, pk in same.items():
        concepts[uri].yields = True
        skills[uri] = pk
    Skill.objects.bulk_update(renamed, ["name"], batch_size=1000)
    Skill.objects.bulk_update([Skill(pk=pk, esco_uri=uri) for uri, pk in same.items()], ["esco_uri"], batch_size=1000)
    skills |= _create([concept for uri, concept in concepts.items() if uri not in skills])
    report.merged, report.created = len(same), len(concepts) - len(same) - len(rows)
    report.written.concepts = report.created + report.merged + len(renamed)
    return skills


def _create(concepts: Sequence[Concept]) -> dict[str, int]:
    taken = taken_slugs()
    rows = [
        Skill(
            name=concept.name,
            slug=free_slug(concept.name, concept.key, taken),
            kind=concept.kind,
            esco_uri=concept.key,
        )
        for concept in concepts
    ]
    return {str(row.esco_uri): row.pk for row in Skill.objects.bulk_create(rows, batch_size=2000)}
