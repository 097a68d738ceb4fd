"""Experts of a list: nobody of them gets a profile here, only a mail that asks whether they want one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from diaspora_net.core import audit
from engagements.actions.imports.writer import concepts_of, made, new_and_changed, refuse, skills_of
from engagements.models import Import, ImportRow, ListedPerson
from engagements.states.imports import ASKED_FOR, ListedState, RowState
from mentors.actions.steps import MOST_SKILLS
from mentors.models import Skill

VERB = "engagements.listed_person.listed"
# What a list may say of somebody besides address and language; skills are ids of concepts.
DETAILS = (
    "full_name", "headline", "about", "residence", "city", "origins", "languages", "hours_per_month", "modalities",
)  # fmt: skip


def write_experts(run: Import, rows: Sequence[ImportRow]) -> None:
    """List the experts of these rows; what they have of the list's details is seen by nobody until they say yes.

    Effects: listed people with a mail due, an audit entry each. Queries: about 7.
    """
    concepts = concepts_of(run, rows)
    new, changed = new_and_changed(rows)
    list_people(run, [(row, _person(run, row, concepts)) for row in new])
    _change(run, changed, concepts)


def _person(run: Import, row: ImportRow, concepts: Mapping[str, list[Skill]]) -> ListedPerson:
    return new_person(
        run,
        email=row.values["email"],
        language=row.values.get("mail_language", ""),
        details=_details(row, concepts),
    )


def new_person(run: Import, *, email: str, language: str, details: Mapping[str, Any], **values: Any) -> ListedPerson:
    """Return somebody of a list who is to be asked from now on; in the language of who brought it, if nothing tells."""
    now = timezone.now()
    return ListedPerson(
        run=run,
        country=run.country,
        email=email,
        language=language or run.brought_by.language,
        details=dict(details),
        listed_at=now,
        mail_at=now,
        expires_at=now + ASKED_FOR,
        **values,
    )


def _details(row: ImportRow, concepts: Mapping[str, list[Skill]]) -> dict[str, Any]:
    told = {name: row.values[name] for name in DETAILS if row.values.get(name)}
    return told | {"skills": [skill.pk for skill in skills_of(row, concepts, most=MOST_SKILLS)]}


def list_people(run: Import, pairs: Sequence[tuple[ImportRow, ListedPerson]]) -> list[ListedPerson]:
    """Write listed people, each with an audit entry; who is listed already makes their row skipped. Queries: 3."""
    # Two imports may list the same person at once: the constraint lets one of them.
    ListedPerson.objects.bulk_create([person for _row, person in pairs], ignore_conflicts=True, batch_size=1000)
    references = [person.reference for _row, person in pairs]
    there = ListedPerson.objects.in_bulk(references, field_name="reference")
    written = [(row, there[person.reference]) for row, person in pairs if person.reference in there]
    for row, person in pairs:
        if person.reference not in there:
            refuse(row, "twin")
    made([row for row, _person in written], [person.pk for _row, person in written])
    audit.record_many(actor=run.brought_by, verb=VERB, things=((person, {}) for _row, person in written))
    return [person for _row, person in written]


def _change(run: Import, changed: Mapping[int, ImportRow], concepts: Mapping[str, list[Skill]]) -> None:
    """Write the file's details over those of people who have not answered yet; they are not asked anew."""
    waiting = ListedPerson.objects.filter(pk__in=list(changed), state=ListedState.WAITING, organisation=None)
    people = list(waiting.select_for_update(of=("self",)))
    rest = dict(changed)
    for person in people:
        row = rest.pop(person.pk)
        row.before = {"details": person.details, "run": person.run_id}
        person.details, person.run = _details(row, concepts), run
        row.state = RowState.CHANGED
    for row in rest.values():
        refuse(row, "taken_over")
    ListedPerson.objects.bulk_update(people, ["details", "run"], batch_size=500)
    audit.record_many(
        actor=run.brought_by, verb="engagements.listed_person.changed", things=((person, {}) for person in people)
    )
