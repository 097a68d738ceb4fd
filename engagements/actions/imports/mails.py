"""Mail people whom a list named, remind them once, and forget those who do not answer and files that are old."""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from diaspora_net.core import audit
from engagements.actions.imports.people import forget_person
from engagements.models import Import, ImportFile, ImportRow, ImportWord, ListedPerson
from engagements.queries.imports.due import due_mails, ended_people, old_imports
from engagements.reports.listed_mail import listed_mail
from engagements.states.imports import REMIND_AFTER, ImportState

logger = logging.getLogger(__name__)

# Longer than the mail server may take, so that nobody sends again what is still being sent.
LEASE, PAUSE = timedelta(minutes=2), timedelta(minutes=10)
TRIES, MOST_MAILS = 6, 2
SWEEP_SECONDS = 40.0


def send_listed_mails() -> int:
    """Send the mails to listed people that are due; return how many left.

    Per mail, in this order: lease the row; look whether it is still asked; send; note it. A crash between the last two
    sends once more, with the same Message-ID.
    """
    sent = 0
    until = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < until and (person := _lease()) is not None:
        sent += _deliver(person)
    return sent


@transaction.atomic
def _lease() -> ListedPerson | None:
    person = due_mails().select_for_update(skip_locked=True, of=("self",)).first()
    if person is not None:
        ListedPerson.objects.filter(pk=person.pk).update(lease_until=timezone.now() + LEASE, tries=F("tries") + 1)
    return person


def _deliver(person: ListedPerson) -> bool:
    try:
        listed_mail(person).send()
    except Exception:
        # Whatever the mail server's side raises, the row stays due and the next try comes later.
        logger.warning("mail to listed person %d did not leave", person.pk, exc_info=True)
        if person.tries + 1 < TRIES:
            ListedPerson.objects.filter(pk=person.pk).update(lease_until=timezone.now() + PAUSE)
            return False
        _finish(person, None)
        return False
    again = timezone.now() + REMIND_AFTER if person.mails + 1 < MOST_MAILS else None
    _finish(person, again)
    return True


def _finish(person: ListedPerson, again: object) -> None:
    due = ListedPerson.objects.filter(pk=person.pk, mail_at=person.mail_at)
    due.update(mail_at=again, mails=F("mails") + 1, lease_until=None, tries=0)


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
