"""The clocks of a person's own work and needs: what waits for them, how long there is, and what follows when they do
nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import timezone

from engagements.models import Engagement, Need
from engagements.payloads.waiting_words import time_left
from engagements.queries.waiting_rows import waiting_rows
from engagements.states import Side
from engagements.states.clocks import Turn, WaitingKind

# kind → where its rows name their engagement
WORK_KINDS = {
    WaitingKind.AGREEMENT: "pk",
    WaitingKind.OUTCOME: "pk",
    WaitingKind.TIME: "engagement",
    WaitingKind.SESSION: "engagement",
    WaitingKind.HOURS: "engagement",
}
NEED_KINDS = (
    WaitingKind.PROPOSALS,
    WaitingKind.CLOSING,
    WaitingKind.RENEWAL,
    WaitingKind.CHECK,
    WaitingKind.CHANGES,
)
_COLUMNS = ("step_kind", "step_turn", "step_place", "step_zone", "step_since", "step_due_at", "step_ends_at")


@dataclass(frozen=True)
class Clock:
    """A step that waits for whoever reads of it: since when, until when it is asked for, and when it ends."""

    kind: WaitingKind
    turn: Turn
    place: str
    zone: ZoneInfo
    since: datetime
    due_at: datetime
    ends_at: datetime

    def __str__(self) -> str:
        return f"{self.kind.label}: {self.left}"

    @property
    def left(self) -> str:
        """Return how long there is, in words."""
        return time_left(self.due_at, timezone.now(), place=self.place, zone=self.zone)

    @property
    def due_on(self) -> date:
        """Return the day until which it is asked for, where they live."""
        return self.due_at.astimezone(self.zone).date()

    @property
    def ends_on(self) -> date:
        """Return the day on which it ends, where they live."""
        return self.ends_at.astimezone(self.zone).date()


def clocks_of_work(engagements: Collection[Engagement]) -> dict[int, list[tuple[Side, Clock]]]:
    """Return for each engagement, by id, what waits for which side, the most urgent first. Queries: 1."""
    ids = [engagement.pk for engagement in engagements]
    parts = [
        waiting_rows(kind).filter(**{f"{path}__in": ids}).annotate(step_work=F(path)).order_by()
        for kind, path in WORK_KINDS.items()
    ]
    found: dict[int, list[tuple[Side, Clock]]] = {}
    for row in _joined(parts, "step_work") if ids else ():
        clock = _clock(row)
        for side in Side if clock.turn == Turn.BOTH else (Side(clock.turn),):
            found.setdefault(row["step_work"], []).append((side, clock))
    return found


def clock_of_need(need: Need) -> Clock | None:
    """Return what a need waits for: experts, its institution or its coordinator; None when it does not. Queries: 1."""
    parts = [waiting_rows(kind).filter(pk=need.pk).order_by() for kind in NEED_KINDS]
    rows = _joined(parts)
    return _clock(rows[0]) if rows else None


def _joined(parts: list[Any], *columns: str) -> Any:
    first, *others = [part.values(*_COLUMNS, *columns) for part in parts]
    return first.union(*others, all=True).order_by("step_due_at")


def _clock(row: dict[str, Any]) -> Clock:
    return Clock(
        kind=WaitingKind(row["step_kind"]),
        turn=Turn(row["step_turn"]),
        place=row["step_place"],
        zone=ZoneInfo(row["step_zone"]),
        since=row["step_since"],
        due_at=row["step_due_at"],
        ends_at=row["step_ends_at"],
    )
