"""The steps that wait, kind by kind: which rows wait, for whom, since when and until when.

Every query has the same columns, so that the database can put them together and in order.
"""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least
from django.utils import timezone
from django_countries import countries as all_countries

from diaspora_net.accounts.models import Organisation, OrganisationDecision
from diaspora_net.accounts.states import OrganisationState
from engagements.models import AgreementVersion, Engagement, Meeting, Need, NeedReview, Proposal, Session
from engagements.payloads.working_days import rest_of
from engagements.queries.agreements import is_asked
from engagements.queries.hours import ANSWERED_WITHIN
from engagements.queries.outcomes import reported
from engagements.queries.proposals import TO_EXPERT, UNAGREED
from engagements.states import (
    ANSWERING_STATES,
    CHANGEABLE_STATES,
    LIVE_PROPOSAL_STATES,
    LOGGING_STATES,
    OPEN_NEED_STATES,
    EngagementState,
    HoursState,
    MeetingState,
    NeedState,
    ProposalState,
    Side,
)
from engagements.states.clocks import CLOCKS, Turn, WaitingKind

# Saturday and Sunday.
USUAL_REST = 5, 2
# ``step_place`` (a country) and ``step_zone`` are where the working days of whoever is waited for are counted.
COLUMNS = (
    "step_kind",
    "step_row",
    "step_reference",
    "step_title",
    "step_organisation",
    "step_turn",
    "step_expert",
    "step_focal_point",
    "step_place",
    "step_zone",
    "step_since",
    "step_due_at",
    "step_target",
)


class AfterWorkingDays(Func):
    """The instant so many working days after another: since, days, first day and length of the weekend, zone."""

    function = "engagements_after_working_days"
    output_field = DateTimeField()


class Paths(NamedTuple):
    """Where a model finds what it is about, each path with its ``__``; empty when it is that itself or has none."""

    need: str = ""
    organisation: str = ""
    expert: str = ""


OF_PROPOSAL = OF_WORK = Paths("need__", "need__organisation__", "expert__")
OF_PART = Paths("engagement__need__", "engagement__need__organisation__", "engagement__expert__")
OF_NEED = Paths("", "organisation__")
OF_ITSELF = Paths()


@cache
def _unusual_weekends() -> dict[tuple[int, int], list[str]]:
    """Return which countries have which weekend, without the usual one."""
    found: dict[tuple[int, int], list[str]] = {}
    for code in all_countries.countries:
        if (rest := rest_of(code)) != USUAL_REST:
            found.setdefault(rest, []).append(code)
    return found


def _rest(part: int) -> Case:
    """Return the first day (part 0) or the length (part 1) of the weekend in the row's ``step_place``."""
    unusual = [When(step_place__in=places, then=Value(rest[part])) for rest, places in _unusual_weekends().items()]
    return Case(*unusual, default=Value(USUAL_REST[part]), output_field=IntegerField())


def after(days: Any) -> AfterWorkingDays:
    """Return the instant ``days`` working days after the row began to wait, where whoever is waited for lives."""
    return AfterWorkingDays(F("step_since"), days, _rest(0), _rest(1), F("step_zone"))


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _turn(expert: Q, both: Q | None = None) -> Case:
    """Return whose turn it is: the institution's where neither condition holds."""
    cases = [When(both, then=_text(Turn.BOTH))] if both is not None else []
    return Case(*cases, When(expert, then=_text(Turn.EXPERT)), default=_text(Turn.INSTITUTION))


def _step(kind: WaitingKind, rows: QuerySet[Any], paths: Paths, *, turn: Any, since: Any, page: str = "") -> Any:
    """Give rows the columns that all kinds have but ``step_due_at``; ``page`` is the path of what is shown."""
    country: Any = Cast(F(f"{paths.organisation}country"), CharField())
    zone: Any = Cast(F(f"{paths.organisation}time_zone"), CharField())
    nobody = Value(None, output_field=IntegerField())
    rows = rows.annotate(
        step_kind=_text(kind),
        step_row=F("pk"),
        step_reference=F(f"{page}reference"),
        step_title=F(f"{paths.need}title") if paths.organisation else F("name"),
        step_organisation=F(f"{paths.organisation}pk"),
        step_turn=turn,
        step_since=since,
        step_expert=F(f"{paths.expert}user") if paths.expert else nobody,
        step_focal_point=F(f"{paths.need}focal_point") if paths.organisation else nobody,
        step_target=Value(CLOCKS[kind].target),
    )
    if paths.expert:
        is_expert = Q(step_turn=Turn.EXPERT)
        country = Case(When(is_expert, then=Cast(F(f"{paths.expert}residence"), CharField())), default=country)
        zone = Case(When(is_expert, then=Cast(F(f"{paths.expert}user__time_zone"), CharField())), default=zone)
    return rows.annotate(step_place=country, step_zone=zone)


def _replies(states: list[ProposalState], kind: WaitingKind, turn: Case) -> Any:
    rows = Proposal.objects.filter(state__in=states)
    return _step(kind, rows, OF_PROPOSAL, turn=turn, since=F("waiting_since"))


def replies() -> Any:
    """Return the proposals that wait for a yes or no."""
    waiting = [ProposalState.SENT, ProposalState.VIEWED]
    return _replies(waiting, WaitingKind.REPLY, _turn(TO_EXPERT))


def information() -> Any:
    """Return the proposals whose sender was asked something."""
    turn = Case(
        When(UNAGREED, then=_text(Turn.COORDINATOR)),
        When(~TO_EXPERT, then=_text(Turn.EXPERT)),
        default=_text(Turn.INSTITUTION),
    )
    return _replies([ProposalState.INFO_REQUESTED], WaitingKind.INFORMATION, turn)


def agreements() -> Any:
    """Return the engagements whose newest agreement lacks an acceptance; those that are paused wait for nobody."""
    expert, institution = Q(is_asked(Side.EXPERT)), Q(is_asked(Side.INSTITUTION))
    awake = sorted(CHANGEABLE_STATES - {EngagementState.PAUSED})
    rows = Engagement.objects.filter(expert | institution, state__in=awake)
    written = AgreementVersion.objects.filter(engagement=OuterRef("pk")).order_by("-number").values("written_at")[:1]
    turn = _turn(expert, both=expert & institution)
    return _step(WaitingKind.AGREEMENT, rows, OF_WORK, turn=turn, since=Subquery(written))


def times() -> Any:
    """Return the appointments for which a time is to be chosen; after the last time nobody can choose any more."""
    rows = Meeting.objects.filter(state=MeetingState.PROPOSED, engagement__state__in=sorted(LOGGING_STATES))
    turn = _turn(Q(proposed_side=Side.INSTITUTION))
    return _step(WaitingKind.TIME, rows, OF_PART, turn=turn, since=F("proposed_at"))


def sessions() -> Any:
    """Return the appointments that are over and of which nobody has said whether they were held, or logged them."""
    begun = Q(state=MeetingState.CONFIRMED, starts_at__lte=timezone.now()) | Q(
        state=MeetingState.HELD, session__isnull=True
    )
    rows = Meeting.objects.filter(begun, engagement__state__in=sorted(LOGGING_STATES))
    return _step(WaitingKind.SESSION, rows, OF_PART, turn=_text(Turn.BOTH), since=F("starts_at"))


def hours() -> Any:
    """Return the sessions whose hours wait for the other side; after seven days they count as unconfirmed instead."""
    rows = Session.objects.filter(
        state=HoursState.UNCONFIRMED,
        logged_at__gt=timezone.now() - ANSWERED_WITHIN,
        engagement__state__in=sorted(ANSWERING_STATES - {EngagementState.PAUSED}),
    )
    turn = _turn(Q(logged_side=Side.INSTITUTION))
    return _step(WaitingKind.HOURS, rows, OF_PART, turn=turn, since=F("logged_at"), page="engagement__")


def outcomes() -> Any:
    """Return the engagements that wrap up: a report is missing, or both are there and nobody has completed it."""
    expert, institution = reported(Side.EXPERT), reported(Side.INSTITUTION)
    rows = Engagement.objects.filter(state=EngagementState.WRAPPING_UP)
    both = Q(expert, institution) | ~Q(expert) & ~Q(institution)
    turn = _turn(~Q(expert), both=both)
    since = Coalesce("wrapping_up_at", "last_activity_at")
    return _step(WaitingKind.OUTCOME, rows, OF_WORK, turn=turn, since=since)


def needs_without_proposals() -> Any:
    """Return the open needs with a free place for which no proposal waits, since they opened or the last one ended."""
    proposals = Proposal.objects.filter(need=OuterRef("pk"))
    last = proposals.order_by().values("need").annotate(last=Max("answered_at")).values("last")
    rows = Need.objects.filter(
        ~Exists(proposals.filter(state__in=sorted(LIVE_PROPOSAL_STATES - {ProposalState.CONVERTED}))),
        state__in=sorted(OPEN_NEED_STATES),
        places_taken__lt=F("places"),
    )
    since = Greatest("published_at", Subquery(last, output_field=DateTimeField()))
    return _step(WaitingKind.PROPOSALS, rows, OF_NEED, turn=_text(Turn.INSTITUTION), since=since)


def needs_to_check() -> Any:
    """Return the needs that wait for a coordinator's decision."""
    rows = Need.objects.filter(state=NeedState.SUBMITTED)
    since = Coalesce("submitted_at", "created_at")
    return _step(WaitingKind.CHECK, rows, OF_NEED, turn=_text(Turn.COORDINATOR), since=since)


def needs_to_change() -> Any:
    """Return the needs that a coordinator sent back."""
    rows = Need.objects.filter(state=NeedState.CHANGES_REQUESTED)
    asked = NeedReview.objects.filter(need=OuterRef("pk")).order_by("-reviewed_at").values("reviewed_at")[:1]
    since = Coalesce(Subquery(asked), "created_at")
    return _step(WaitingKind.CHANGES, rows, OF_NEED, turn=_text(Turn.INSTITUTION), since=since)


def organisations_to_verify() -> Any:
    """Return the organisations that wait for a coordinator's decision."""
    rows = Organisation.objects.filter(state=OrganisationState.APPLIED)
    return _step(WaitingKind.VERIFICATION, rows, OF_ITSELF, turn=_text(Turn.COORDINATOR), since=F("created_at"))


def organisations_to_document() -> Any:
    """Return the organisations that were asked for documents."""
    rows = Organisation.objects.filter(state=OrganisationState.DOCUMENTS_REQUESTED)
    decided = OrganisationDecision.objects.filter(organisation=OuterRef("pk"))
    since = Coalesce(Subquery(decided.order_by("-decided_at").values("decided_at")[:1]), "created_at")
    return _step(WaitingKind.DOCUMENTS, rows, OF_ITSELF, turn=_text(Turn.INSTITUTION), since=since)


# What waits, and where its rows find what they are about.
KINDS: dict[WaitingKind, tuple[Callable[[], Any], Paths]] = {
    WaitingKind.REPLY: (replies, OF_PROPOSAL),
    WaitingKind.INFORMATION: (information, OF_PROPOSAL),
    WaitingKind.AGREEMENT: (agreements, OF_WORK),
    WaitingKind.TIME: (times, OF_PART),
    WaitingKind.SESSION: (sessions, OF_PART),
    WaitingKind.HOURS: (hours, OF_PART),
    WaitingKind.OUTCOME: (outcomes, OF_WORK),
    WaitingKind.PROPOSALS: (needs_without_proposals, OF_NEED),
    WaitingKind.CHECK: (needs_to_check, OF_NEED),
    WaitingKind.CHANGES: (needs_to_change, OF_NEED),
    WaitingKind.VERIFICATION: (organisations_to_verify, OF_ITSELF),
    WaitingKind.DOCUMENTS: (organisations_to_document, OF_ITSELF),
}


def waiting_rows(kind: WaitingKind, *, countries: Collection[str] | None = None) -> Any:
    """Return the rows of one kind that wait, with COLUMNS; with ``countries`` those of organisations there only."""
    find, paths = KINDS[kind]
    rows = find()
    if countries is not None:
        rows = rows.filter(**{f"{paths.organisation}country__in": sorted(countries)})
    due = after(F("step_target"))
    return rows.annotate(step_due_at=Least(due, "answer_by") if kind == WaitingKind.TIME else due)
