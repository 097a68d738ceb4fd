"""Sweeps as one writes them at first. Each breaks a promise under one fault, and is the control of its test.

All of them find what is due by our own queries, so that nothing but the way they note what they did differs.
"""

from collections.abc import Callable
from datetime import datetime
from queue import Empty
from uuid import uuid4

from celery import current_app
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from engagements.actions.reply_clocks import end_reply
from engagements.models import Proposal, Reminder
from engagements.queries.waiting import waiting_step
from engagements.queries.waiting_rows import rows_to_remind, waiting_rows
from engagements.states.clocks import WaitingKind
from messaging.actions.notifications import notify
from messaging.models import Notification

Row = tuple[int, datetime, int]
TELL = "naive.tell"


def due() -> list[Row]:
    """Return the proposals of whose answer somebody is to be reminded: id, since when they wait, which reminder."""
    return list(rows_to_remind(WaitingKind.REPLY).values_list("pk", "step_since", "step_number"))


def tell(row: int, since: datetime) -> None:
    """Remind whoever is waited for, without a key that the database knows."""
    step = waiting_step(WaitingKind.REPLY, row, since)
    for person in step.people if step else ():
        notify(
            user=person,
            verb="engagements.reply.reminded",
            text="Waits.",
            params={},
            url="/",
            event_key=f"naive:{uuid4()}",
        )


def mark(row: int, since: datetime, number: int) -> None:
    """Write that it was reminded of."""
    Reminder.objects.create(kind=WaitingKind.REPLY, row=row, since=since, number=number)


def mark_then_tell(between: Callable[[], None] = lambda: None) -> None:
    """Commit the mark, then tell people: killed ``between`` the two, it forgets them."""
    for row, since, number in due():
        mark(row, since, number)
        between()
        tell(row, since)


def tell_then_mark(between: Callable[[], None] = lambda: None) -> None:
    """Tell people, then commit the mark: killed ``between`` the two, it tells them again."""
    for row, since, number in due():
        tell(row, since)
        between()
        mark(row, since, number)


def mail_then_mark(between: Callable[[], None] = lambda: None) -> None:
    """Send each mail under an id of its own, then note it: killed ``between`` the two, another mail leaves."""
    for news in Notification.objects.filter(emailed_at=None).select_related("user"):
        headers = {"Message-ID": f"<{uuid4()}@localhost>"}
        EmailMessage("News", news.text, None, [news.user.email], headers=headers).send()
        between()
        Notification.objects.filter(pk=news.pk).update(emailed_at=timezone.now())


def mark_then_mail(between: Callable[[], None] = lambda: None) -> None:
    """Note each mail, then send it: killed ``between`` the two, it never leaves."""
    for news in Notification.objects.filter(emailed_at=None).select_related("user"):
        Notification.objects.filter(pk=news.pk).update(emailed_at=timezone.now())
        between()
        EmailMessage("News", news.text, None, [news.user.email]).send()


class SinceLastRun:
    """Remind of what has come due since the last run, as the clock on the wall has it, and mark nothing.

    One that ``goes_back`` with the clock starts from the last run whenever that was, another from the latest ever.
    """

    def __init__(self, *, goes_back: bool) -> None:
        self.goes_back = goes_back
        self.last_run = timezone.now()

    def __call__(self) -> None:
        """Sweep once."""
        now = timezone.now()
        came_due = rows_to_remind(WaitingKind.REPLY).filter(step_first__gt=self.last_run, step_first__lte=now)
        for row, since in came_due.values_list("pk", "step_since"):
            tell(row, since)
        self.last_run = now if self.goes_back else max(now, self.last_run)


@transaction.atomic
def end_by_the_clock() -> None:
    """End what the clock says is over, whether or not anybody was warned of it."""
    over = waiting_rows(WaitingKind.REPLY).filter(step_ends_at__lte=timezone.now())
    for row, since in over.values_list("pk", "step_since"):
        if step := waiting_step(WaitingKind.REPLY, row, since):
            Proposal.objects.select_for_update().get(pk=row)
            end_reply(step)


def tell_through_the_broker() -> None:
    """Mark, and leave the telling to a task on the broker; like any act it does not fail because the broker does."""
    for row, since, number in due():
        mark(row, since, number)
        try:
            current_app.send_task(TELL, args=[row, since.isoformat()], retry=False)
        except OperationalError:
            continue


def work_the_broker() -> None:
    """Do the tasks that the broker holds, as the worker of ``tell_through_the_broker`` would."""
    with current_app.connection_for_read() as connection:
        waiting = connection.SimpleQueue(str(current_app.conf.task_default_queue))
        try:
            while True:
                message = waiting.get(block=False)
                message.ack()
                if message.headers["task"] == TELL:
                    [row, since], _values, _more = message.payload
                    tell(row, datetime.fromisoformat(since))
        except Empty:
            return
