"""What the writers of all nouns share."""

from collections.abc import Iterable, Mapping, Sequence

from engagements.models import Import, ImportRow, ImportWord
from engagements.states.imports import RowState
from mentors.models import Skill
from mentors.queries.skills import accepted_skills, current_skills


class NoLongerAllowed(Exception):
    """Whoever brought the file no longer coordinates its country."""


def made(rows: Iterable[ImportRow], things: Iterable[int]) -> None:
    """Note what each row made."""
    for row, thing in zip(rows, things, strict=True):
        row.state, row.thing = RowState.MADE, thing


def refuse(row: ImportRow, reason: str) -> None:
    """Note that a row was not imported after all, and why."""
    row.state, row.reason = RowState.SKIPPED, reason


def new_and_changed(rows: Sequence[ImportRow]) -> tuple[list[ImportRow], dict[int, ImportRow]]:
    """Part the rows of a batch into those that make something new and those that change what is here, by its id."""
    new = [row for row in rows if row.state == RowState.READY]
    return new, {row.thing: row for row in rows if row.state == RowState.TWIN and row.thing is not None}


def concepts_of(run: Import, rows: Sequence[ImportRow]) -> Mapping[str, list[Skill]]:
    """Return by folded word which accepted concepts the skills of these rows mean. Queries: 3."""
    words = {word for row in rows for word in row.values.get("skills", ())}
    said = ImportWord.objects.filter(run=run, column="skills", text__in=sorted(words)).exclude(skills=[])
    meant = dict(said.values_list("text", "skills"))
    today = current_skills({pk for skills in meant.values() for pk in skills})
    known = {skill.pk: skill for skill in accepted_skills(set(today.values()))}
    return {word: [known[today[pk]] for pk in skills if today.get(pk) in known] for word, skills in meant.items()}


def skills_of(row: ImportRow, concepts: Mapping[str, list[Skill]], *, most: int) -> list[Skill]:
    """Return the concepts of a row, each once, in the order in which they stand there, at most ``most``."""
    found = [skill for word in row.values.get("skills", ()) for skill in concepts.get(word, ())]
    return list({skill.pk: skill for skill in found}.values())[:most]
