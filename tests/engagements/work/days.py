"""Let days pass in tests, and sweep on them."""

from contextlib import AbstractContextManager
from datetime import timedelta

import time_machine
from django.utils import timezone

from engagements.actions.reminders import remind_waiting
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Proposal, Reminder
from engagements.states import OPEN_PROPOSAL_STATES
from messaging.models import Notification


def later(days: float) -> AbstractContextManager[object]:
    """Let everything inside happen ``days`` from now."""
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=True)


def run_out(days: int, *, every: int = 3) -> int:
    """Let ``days`` pass with sweeps on ``every`` so manieth of them and the last; return how many steps ended."""
    ended = 0
    for day in sorted({*range(every, days, every), days}):
        with later(day):
            remind_waiting()
            ended += end_waiting()
    return ended


def let_proposals_run_out() -> None:
    """Let every open proposal be over, with its second reminder two days ago."""
    now = timezone.now()
    open_ones = Proposal.objects.filter(state__in=sorted(OPEN_PROPOSAL_STATES))
    open_ones.update(expires_at=now - timedelta(minutes=1))
    reminders = [
        Reminder(kind=kind, row=row, since=since, number=2, sent_at=now - timedelta(days=2))
        for row, since in open_ones.values_list("pk", "waiting_since")
        for kind in ("reply", "information")
    ]
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)


def told(kind: str, what: str = "reminded") -> list[Notification]:
    """Return who was reminded of steps of a kind, or told of their end, in order."""
    return list(Notification.objects.filter(verb=f"engagements.{kind}.{what}").order_by("pk").select_related("user"))
