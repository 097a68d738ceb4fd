"""Which rows an act on many would touch, which it cannot and why, and what came of those that were asked for."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.people import remit_countries
from engagements.models import BulkItem, BulkRun, Need, Proposal
from engagements.queries.pipeline import PipelineFilters, rows_of
from engagements.queries.reminders import reminded_of_today
from engagements.states import OPEN_PROPOSAL_STATES, RUNNING_STATES
from engagements.states.bulk import BulkAct, BulkState
from engagements.states.pipeline import NEED_MOVES, WORK_MOVES, NeedMove, WorkMove

MOST_ROWS = 500


@dataclass(frozen=True)
class Preview:
    """What an act would do: ``ready`` rows it touches, and of the others how many cannot, by reason."""

    ready: list[Any]
    refused: list[tuple[str, int]]

    @property
    def refused_count(self) -> int:
        """Return how many rows the act cannot touch."""
        return sum(count for _reason, count in self.refused)


def chosen_rows(
    viewer: User, countries: frozenset[str], filters: PipelineFilters, references: Sequence[str] | None
) -> list[Any]:
    """Return the chosen rows of a view, at most one more than ``MOST_ROWS``; all of the view for None.

    Queries: as ``rows_of``, 1 when read.
    """
    rows = rows_of(viewer, countries, filters)
    if references is not None:
        rows = rows.filter(reference__in=references[: MOST_ROWS + 1])
    return list(rows[: MOST_ROWS + 1])


def preview(act: str, rows: Iterable[Any]) -> Preview:
    """Return which rows an act touches and why not the others. Queries: at most 1."""
    reminded = reminded_of_today() if act == BulkAct.REMIND else set()
    told = [(row, why_not(act, row, reminded)) for row in rows]
    refused = Counter(reason for _row, reason in told if reason)
    return Preview([row for row, reason in told if not reason], refused.most_common())


def why_not(act: str, row: Proposal | Need | Organisation, reminded: set[str]) -> str:
    """Return why an act cannot be done with a row, empty when it can; the act itself decides anew."""
    if act in {BulkAct.ASSIGN, BulkAct.REST}:
        return ""
    if isinstance(row, Need):
        return "" if NeedMove.PAUSE in NEED_MOVES.get(row.state, []) else _("they are not open")
    if isinstance(row, Organisation):
        return _("institutions are not asked this way")
    engagement = getattr(row, "engagement", None)
    if act == BulkAct.REMIND:
        return _why_not_remind(row, engagement, reminded)
    if act == BulkAct.CLOSE:
        return "" if not engagement and row.state in OPEN_PROPOSAL_STATES else _("they have been answered")
    move = {BulkAct.HOLD: WorkMove.HOLD, BulkAct.END: WorkMove.END}[BulkAct(act)]
    is_possible = engagement and move in WORK_MOVES.get(engagement.state, [])
    return "" if is_possible else _("their step does not allow it")


def _why_not_remind(row: Proposal, engagement: Any, reminded: set[str]) -> str:
    thing = engagement or row
    if f"{thing._meta.label_lower}:{thing.pk}" in reminded:
        return _("a reminder went out today")
    is_waiting = engagement.state in RUNNING_STATES if engagement else row.state in OPEN_PROPOSAL_STATES
    return "" if is_waiting else _("they wait for nobody")


@dataclass(frozen=True)
class Progress:
    """How far a run has come. ``items`` are those that were not done first, then the others."""

    run: BulkRun
    waiting: int
    done: int
    refused: int
    items: list[BulkItem]

    @property
    def total(self) -> int:
        """Return how many rows the run has."""
        return self.waiting + self.done + self.refused


def get_run(viewer: User, reference: str) -> BulkRun:
    """Return an act on many rows of the viewer's own. Raises Http404 otherwise. Queries: 2."""
    run = BulkRun.objects.filter(actor=viewer, reference=reference).first() if remit_countries(viewer) else None
    if run is None:
        raise Http404
    return run


def progress_of(run: BulkRun) -> Progress:
    """Return what came of each row of a run. Queries: 1."""
    items = list(run.items.select_related("need", "organisation", "proposal__need", "proposal__expert__user"))
    order = {BulkState.REFUSED: 0, BulkState.WAITING: 1, BulkState.DONE: 2}
    items.sort(key=lambda item: (order[BulkState(item.state)], item.pk))
    counts = Counter(item.state for item in items)
    return Progress(run, counts[BulkState.WAITING], counts[BulkState.DONE], counts[BulkState.REFUSED], items)


def waiting_items() -> QuerySet[BulkItem]:
    """Return the rows that wait to be worked, those asked for first."""
    return BulkItem.objects.filter(state=BulkState.WAITING).order_by("pk")
