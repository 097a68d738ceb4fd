"""Mail people whom a list named, remind them once, and forget those who do not answer and files that are old."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from diaspora_net.core import audit
from diaspora_net.core.mails import Ready, send_due_mails
from engagements.actions.imports.people import forget_person
from engagements.models import Import, ImportFile, ImportRow, ImportWord, ListedPerson
from engagements.queries.imports.due import ended_people, old_imports, people_to_ask
from engagements.reports.listed_mail import listed_mail
from engagements.states.imports import REMIND_AFTER, ImportState

MOST_MAILS = 2


def send_listed_mails() -> int:
    """Send the mails to listed people that are due, as ``core.mails`` does; return how many left."""
    return send_due_mails(people_to_ask(), _mail)


def _mail(person: ListedPerson) -> Ready:
    return Ready(listed_mail(person), lambda: _mailed(person))


def _mailed(person: ListedPerson) -> dict[str, Any]:
    again = timezone.now() + REMIND_AFTER if person.mails + 1 < MOST_MAILS else None
    return {"mails": person.mails + 1, "mail_at": again}


def forget_old_lists() -> int:
    """Delete what lists said of people who did not answer in time, and files that are older than thirty days.

    Return how many people and files were forgotten. Effects: rows, files, audit entries.
    """
    forgotten = sum(forget_person(person) for person in ended_people())
    return forgotten + sum(_forget(run) for run in old_imports())


@transaction.atomic
def _forget(run: Import) -> bool:
    """Delete the file and what was read from it; where it came from and how many rows did what stays."""
    present = Import.objects.select_for_update(no_key=True).get(pk=run.pk)
    if present.forgotten_at is not None:
        return False
    ImportFile.objects.filter(run=run).delete()
    ImportWord.objects.filter(run=run).delete()
    ImportRow.objects.filter(run=run).update(cells=[], values={}, words=[], problems=[], key="", before=None)
    is_open = present.state in {ImportState.MAPPING, ImportState.CHECKED}
    state = ImportState.DISCARDED if is_open else present.state
    Import.objects.filter(pk=run.pk).update(forgotten_at=timezone.now(), sheets=[], state=state)
    audit.record(actor=None, verb="engagements.import.forgotten", obj=run)
    return True
