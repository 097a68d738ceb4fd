"""What table, board, calendar and file show of the pipeline's rows, in one shape for work, needs and institutions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DateField, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.states import OrganisationState
from engagements.models import Meeting, Need, Proposal
from engagements.rules.activity import is_at_risk
from engagements.states import OPEN_PROPOSAL_STATES, MeetingState
from engagements.states.pipeline import (
    NEED_MOVES,
    NEED_TARGETS,
    ORGANISATION_TARGETS,
    WORK_MOVES,
    WORK_TARGETS,
    NeedStep,
    PipelineOf,
    WorkMove,
    WorkStep,
)

PER_COLUMN = 50
# More than this in one month is no calendar any more.
MOST_DATED = 500


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the pipeline. ``key`` is unique on a page and names the thing: ``work-…``, ``needs-…``
    or ``organisations-…``. ``organisation`` is whose it is; of an institution itself, its kind.

    ``days`` have passed since ``since``, in the step or, for work under way, without any act; ``over`` is how many days
    beyond the target (0 when within, or nothing waits). ``state`` is what a move has to find unchanged.
    """

    of: str
    key: str
    reference: str
    title: str
    url: str
    organisation: str
    organisation_reference: str
    country: str
    person: str = ""
    owner: str
    step: str
    step_label: str
    state: str
    state_label: str
    since: datetime
    days: int
    target: int
    over: int
    is_quiet: bool = False
    hours: int = 0
    is_urgent: bool = False
    is_at_risk: bool = False
    moves: tuple[tuple[str, str], ...] = ()
    falls_on: date | None = None


def rows_in_words(rows: Iterable[Any]) -> list[Row]:
    """Return the lines of rows that ``pipeline`` found."""
    told: dict[type, Callable[[Any], Row]] = {
        Proposal: _of_work,
        Need: _of_need,
        Organisation: _of_organisation,
    }
    return [told[type(row)](row) for row in rows]


def _ages(row: Any, step: str, targets: dict[str, int]) -> dict[str, Any]:
    known, now = vars(row), timezone.now()
    late_at = known["late_at"]
    since = known["waits_since"]
    return {
        "since": since,
        "days": max(0, (now - since).days),
        "target": targets[step] if late_at else 0,
        "over": max(0, (now - late_at).days) if late_at else 0,
        "falls_on": known.get("falls_on"),
    }


def _of_work(row: Proposal) -> Row:
    step, engagement = vars(row)["step"], getattr(row, "engagement", None)
    thing = engagement or row
    page = "engagements:engagement" if engagement else "engagements:proposal"
    return Row(
        of=PipelineOf.WORK,
        key=f"work-{row.reference}",
        reference=row.reference,
        title=row.need.title,
        url=reverse(page, args=[thing.reference]),
        organisation=row.need.organisation.name,
        organisation_reference=row.need.organisation.reference,
        country=row.need.organisation.country.name,
        person=str(row.expert.user),
        owner=_owner(row, row.need),
        step=step,
        step_label=str(WorkStep(step).label),
        state=thing.state,
        state_label=str(thing.get_state_display()),
        is_quiet=step == WorkStep.UNDER_WAY,
        hours=engagement.hours_planned if engagement else row.need.hours,
        is_urgent=row.need.is_urgent,
        is_at_risk=engagement is not None and is_at_risk(engagement),
        moves=moves_of(row)[1],
        **_ages(row, step, WORK_TARGETS),
    )


def _of_need(row: Need) -> Row:
    step = vars(row)["step"]
    return Row(
        of=PipelineOf.NEEDS,
        key=f"needs-{row.reference}",
        reference=row.reference,
        title=row.title,
        url=reverse("engagements:desk-need", args=[row.reference]),
        organisation=row.organisation.name,
        organisation_reference=row.organisation.reference,
        country=row.organisation.country.name,
        owner=_owner(row),
        step=step,
        step_label=str(NeedStep(step).label),
        state=row.state,
        state_label=str(row.get_state_display()),
        hours=row.hours,
        is_urgent=row.is_urgent,
        moves=moves_of(row)[1],
        **_ages(row, step, NEED_TARGETS),
    )


def _of_organisation(row: Organisation) -> Row:
    step = vars(row)["step"]
    return Row(
        of=PipelineOf.ORGANISATIONS,
        key=f"organisations-{row.reference}",
        reference=row.reference,
        title=row.name,
        url=reverse("engagements:desk-organisation", args=[row.reference]),
        organisation=str(row.get_kind_display()),
        organisation_reference=row.reference,
        country=row.country.name,
        owner=_owner(row),
        step=step,
        step_label=str(row.get_state_display()),
        state=row.state,
        state_label=str(row.get_state_display()),
        **_ages(row, step, ORGANISATION_TARGETS),
    )


def moves_of(row: Proposal | Need) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the state of a need, a proposal or the engagement that follows from it, and what the coordinator may do
    with it, each with its name.
    """
    moves: Iterable[Any]
    if isinstance(row, Need):
        state, moves = row.state, NEED_MOVES.get(row.state, [])
    elif engagement := getattr(row, "engagement", None):
        state, moves = engagement.state, WORK_MOVES.get(engagement.state, [])
    else:
        state, moves = row.state, [WorkMove.CLOSE] if row.state in OPEN_PROPOSAL_STATES else []
    return state, tuple((move.value, str(move.label)) for move in moves)


def _owner(*things: Any) -> str:
    """Return the name of who looks after the first of ``things`` that somebody looks after."""
    for thing in things:
        case = getattr(thing, "case", None)
        if case is not None and case.owner is not None:
            return str(case.owner)
    return ""


@dataclass(frozen=True)
class Column:
    """One step of the board: how many rows, how many hours they stand for, the first of them, and how many more."""

    step: str
    label: str
    count: int
    hours: int
    rows: tuple[Row, ...]

    @property
    def more(self) -> int:
        """Return how many rows are not shown."""
        return self.count - len(self.rows)


# The steps of the board, and the hours that a row stands for, if any.
_BOARDS: dict[type, tuple[Any, Any]] = {
    Proposal: (WorkStep, Sum(Coalesce("engagement__hours_planned", "need__hours"))),
    Need: (NeedStep, Sum("hours")),
    Organisation: (OrganisationState, Value(0)),
}


def board(rows: QuerySet[Any]) -> list[Column]:
    """Return the rows by step, at most ``PER_COLUMN`` each. Queries: 1 for the counts and 1 for each step in use."""
    steps, hours = _BOARDS[rows.model]
    counted = rows.order_by().values("step").annotate(count=Count("pk"), hours_in_all=hours)
    counts = {found["step"]: (found["count"], found["hours_in_all"]) for found in counted}
    columns = []
    for step in steps:
        count, total = counts.get(step.value, (0, 0))
        shown = rows_in_words(rows.filter(step=step)[:PER_COLUMN]) if count else []
        columns.append(Column(step.value, str(step.label), count, total, tuple(shown)))
    return columns


@dataclass(frozen=True)
class Day:
    """One day of the calendar, and what falls on it."""

    day: date
    is_in_month: bool
    is_today: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Calendar:
    """A month in whole weeks; ``count`` rows fall into it."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    count: int


def calendar(rows: QuerySet[Any], first: date, viewer: User, *, week_begins: int) -> Calendar:
    """Return the rows by the day on which something is due, for the month that begins on ``first``.

    Of a proposal the day its time runs out, of an engagement its next agreed session, else its end, of a need its
    closing day, of an institution the last day of its verification. ``week_begins`` on weekday 0 (Monday) to 6.
    Queries: 1.
    """
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    begins = first - timedelta(days=(first.weekday() - week_begins) % 7)
    found = rows.annotate(falls_on=_falls_on(rows, viewer)).filter(falls_on__gte=first, falls_on__lte=last)
    lines = rows_in_words(found.order_by("falls_on", "pk")[:MOST_DATED])
    today = timezone.localdate(timezone=viewer.zone)

    def day_of(day: date) -> Day:
        return Day(day, day.month == first.month, day == today, tuple(row for row in lines if row.falls_on == day))

    weeks = []
    while begins <= last:
        weeks.append(tuple(day_of(begins + timedelta(days=number)) for number in range(7)))
        begins += timedelta(days=7)
    return Calendar(first, tuple(weeks), len(lines))


def _falls_on(rows: QuerySet[Any], viewer: User) -> Any:
    if rows.model is not Proposal:
        return F("closes_on" if rows.model is Need else "verified_until")
    meetings = Meeting.objects.filter(
        engagement__proposal=OuterRef("pk"), state=MeetingState.CONFIRMED, starts_at__gte=timezone.now()
    ).order_by("starts_at")
    session = TruncDate(Subquery(meetings.values("starts_at")[:1]), tzinfo=viewer.zone)
    return Case(
        When(step=WorkStep.PROPOSED, then=TruncDate("expires_at", tzinfo=viewer.zone)),
        default=Coalesce(session, "engagement__ends_on"),
        output_field=DateField(),
    )
