"""Remind whoever is waited for, twice, at an hour and on a day on which people work where they live.

The sweep reads what is due from the rows and decides each anew under its lock; the row it writes with the news is
there once. So it may run twice, at the same time, after days of standing still, or on a clock that was wrong.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from diaspora_net.accounts.models import User
from engagements.actions.mornings import next_office_hour
from engagements.models import Reminder
from engagements.payloads.waiting_words import day_in_words, reminder_text
from engagements.queries.answers import reminder_key
from engagements.queries.waiting import WaitingStep, waiting_step
from engagements.queries.waiting_rows import rows_to_remind, waiting_rows
from engagements.states.clocks import WaitingKind
from messaging.actions.notifications import notify

AT_ONCE = 500


def remind_waiting() -> int:
    """Remind of every step that is due for it; return of how many. At most 500 of each kind in one run.

    Effects for each: row, news for everybody who is waited for.
    """
    reminded = 0
    for kind in WaitingKind:
        due = rows_to_remind(kind).values_list("pk", "step_since", "step_number")
        reminded += sum(_remind(kind, row, since, number) for row, since, number in due[:AT_ONCE])
    return reminded


@transaction.atomic
def _remind(kind: WaitingKind, row: int, since: datetime, number: int) -> bool:
    step = lock_step(kind, row, since)
    if step is None or not claim(step, number):
        return False
    for person in step.people:
        _tell(person, step, number)
    return True


def lock_step(kind: WaitingKind, row: int, since: datetime, *, with_ended: bool = False) -> WaitingStep | None:
    """Lock what waits and return the step as it is now; None when it waits no longer. Queries: at most 6."""
    rows = waiting_rows(kind).model._base_manager.select_for_update(no_key=True).filter(pk=row)
    return waiting_step(kind, row, since, with_ended=with_ended) if rows.exists() else None


def claim(step: WaitingStep, number: int) -> bool:
    """Write that people are told now, and say whether it was this caller who did. Queries: 1."""
    reminder = Reminder(kind=step.kind, row=step.row, since=step.since, number=number, sent_at=timezone.now())
    try:
        with transaction.atomic():
            reminder.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _tell(person: User, step: WaitingStep, number: int) -> None:
    with translation.override(person.language):
        # Nothing ends on the day of its reminder, however late that is.
        day = day_in_words(max(step.ends_at, timezone.now() + timedelta(days=1)), person.zone)
    notify(
        user=person,
        verb=f"engagements.{step.kind.value}.reminded",
        text=reminder_text(step.kind, number),
        params={"need": step.title, "organisation": step.organisation.name, "day": day},
        url=step.answer_url,
        event_key=event_key(step, number),
        ask=reminder_key(step.kind, step.row, step.since),
        email_at=next_office_hour(timezone.now(), step.place, person.zone),
    )


def event_key(step: WaitingStep, number: int) -> str:
    """Return the key under which each person is told once of one reminder of one turn."""
    return f"waiting:{step.kind.value}:{step.row}:{step.since:%Y%m%d%H%M%S%f}:{number}"
