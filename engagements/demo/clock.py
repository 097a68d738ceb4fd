"""The clock of the demo's past: what an action writes while it is turned back carries the day it is turned back to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from messaging.models import Conversation, Message

# Messages get their time from the database's clock, which nobody turns back; this recent, they have just been written.
JUST_NOW = timedelta(hours=1)


@dataclass(frozen=True)
class Calendar:
    """The days of the story, counted from the moment of seeding."""

    now: datetime

    def ago(self, days: float, clock: str = "") -> datetime:
        """Return the moment ``days`` before now, at ``clock`` (UTC, like ``09:30``) when given."""
        moment = self.now - timedelta(days=days)
        return datetime.combine(moment.date(), time.fromisoformat(clock), moment.tzinfo) if clock else moment

    def ahead(self, days: int | None) -> date | None:
        """Return the date ``days`` from now, which may be negative; None stays None."""
        return None if days is None else self.now.date() + timedelta(days=days)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at ``moment``: Django's clock stands still there, and messages are dated afterwards.

    Field defaults hold ``timezone.now`` itself, so what it reads is replaced and not the function. Raises ValueError
    within the last hour, where a message just written could not be told from one that was dated. Queries: 1 or 2.
    """
    if moment > timezone.now() - JUST_NOW:
        raise ValueError(f"{moment} is not past enough")

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return moment.astimezone(tz)

    with patch("django.utils.timezone.datetime", Then):
        yield
    recent = timezone.now() - JUST_NOW
    if Message.objects.filter(created_at__gt=recent).update(created_at=moment):
        Conversation.objects.filter(last_message_at__gt=recent).update(last_message_at=moment)
