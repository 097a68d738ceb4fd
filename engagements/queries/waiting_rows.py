"""The steps that wait, kind by kind: which rows wait, whose turn it is, since when and until when.

Every query has the same columns, so that the database can put them together and in order.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, DateTimeField, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, Least, TruncDate
from django.utils import timezone

from diaspora_net.accounts.models import Organisation, OrganisationDecision, Verification
from diaspora_net.accounts.states import KEEPING_STATES, RENEWING_STATES, OrganisationState, VerificationState
from diaspora_net.core.written import NOW, Asked, among
from engagements.models import (
    AgreementVersion,
    Engagement,
    Meeting,
    Need,
    NeedReview,
    Proposal,
    Reminder,
    Session,
)
from engagements.queries.agreements import is_asked
from engagements.queries.hours import ANSWERED_WITHIN
from engagements.queries.outcomes import reported
from engagements.queries.proposals import TO_EXPERT, UNAGREED
from engagements.queries.waiting_clocks import AfterTime, Paths, after, days, text, turn_of, with_columns
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
from engagements.states.clocks import Turn, WaitingKind

OF_PROPOSAL = Paths("need__", "need__organisation__", "expert__")
OF_WORK = OF_PROPOSAL._replace(work="pk")
OF_MEETING = Paths(
    "engagement__need__", "engagement__need__organisation__", "engagement__expert__", work="engagement_id"
)
OF_HOURS = OF_MEETING._replace(page="engagement__")
OF_NEED = Paths("", "organisation__")
OF_ORGANISATION = Paths(None, "")


def replies() -> Any:
    """Return the proposals that wait for a yes or no."""
    rows = Proposal.objects.filter(state__in=[ProposalState.SENT, ProposalState.VIEWED])
    return rows.annotate(step_turn=turn_of(TO_EXPERT), step_since=F("waiting_since"))


def information() -> Any:
    """Return the proposals whose sender was asked something; who nominated answers until the expert has agreed."""
    turn = Case(When(UNAGREED, then=text(Turn.COORDINATOR)), default=turn_of(~TO_EXPERT))
    rows = Proposal.objects.filter(state=ProposalState.INFO_REQUESTED)
    return rows.annotate(step_turn=turn, step_since=F("waiting_since"))


def agreements() -> Any:
    """Return the engagements whose newest agreement lacks an acceptance; those that are paused wait for nobody."""
    expert, institution = Q(is_asked(Side.EXPERT)), Q(is_asked(Side.INSTITUTION))
    awake = sorted(CHANGEABLE_STATES - {EngagementState.PAUSED})
    written = AgreementVersion.objects.filter(engagement=OuterRef("pk")).order_by("-number").values("written_at")[:1]
    return Engagement.objects.filter(expert | institution, state__in=awake).annotate(
        step_turn=turn_of(expert, both=expert & institution), step_since=Subquery(written)
    )


def times() -> Any:
    """Return the appointments for which a time is to be chosen; after the last time nobody can choose any more."""
    rows = Meeting.objects.filter(state=MeetingState.PROPOSED, engagement__state__in=sorted(LOGGING_STATES))
    return rows.annotate(step_turn=turn_of(Q(proposed_side=Side.INSTITUTION)), step_since=F("proposed_at"))


def sessions() -> Any:
    """Return the appointments that are over and of which nobody has said whether they were held."""
    rows = Meeting.objects.filter(
        state=MeetingState.CONFIRMED, starts_at__lte=NOW, engagement__state__in=sorted(LOGGING_STATES)
    )
    return rows.annotate(step_turn=text(Turn.BOTH), step_since=F("starts_at"))


def hours() -> Any:
    """Return the sessions whose hours wait for the other side; those of paused work wait for nobody."""
    awake = sorted(ANSWERING_STATES - {EngagementState.PAUSED})
    rows = Session.objects.filter(state=HoursState.UNCONFIRMED, engagement__state__in=awake)
    return rows.annotate(step_turn=turn_of(Q(logged_side=Side.INSTITUTION)), step_since=F("logged_at"))


def outcomes() -> Any:
    """Return the engagements that wrap up: a report is missing, or both are there and nobody has completed it."""
    expert, institution = reported(Side.EXPERT), reported(Side.INSTITUTION)
    both = Q(expert, institution) | ~Q(expert) & ~Q(institution)
    return Engagement.objects.filter(state=EngagementState.WRAPPING_UP).annotate(
        step_turn=turn_of(~Q(expert), both=both), step_since=Coalesce("wrapping_up_at", "last_activity_at")
    )


def needs_without_proposals() -> Any:
    """Return the open needs with a free place for which no proposal waits, since they opened or the last one ended.

    Those past their closing date wait for something else.
    """
    proposals = Proposal.objects.filter(need=OuterRef("pk"))
    last = proposals.order_by().values("need").annotate(last=Max("answered_at")).values("last")
    rows = _open_needs().filter(
        ~Q(_is_past()), ~Exists(proposals.filter(state__in=sorted(LIVE_PROPOSAL_STATES - {ProposalState.CONVERTED})))
    )
    since = Greatest("published_at", "renewed_at", Subquery(last, output_field=DateTimeField()))
    return rows.annotate(step_turn=text(Turn.INSTITUTION), step_since=since)


def is_stuck_since(now: datetime) -> Q:
    """Return the condition that a need without proposals is late, or that all it had were declined or ran out."""
    proposals = Proposal.objects.filter(need=OuterRef("pk"))
    tried = Exists(proposals.filter(state__in=[ProposalState.DECLINED, ProposalState.EXPIRED]))
    return Q(step_due_at__lte=now) | Q(tried)


def needs_past_closing() -> Any:
    """Return the open needs with a free place whose closing date is over."""
    over = Cast(F("closes_on"), DateTimeField()) + Value(timedelta(days=1))
    return _open_needs().filter(_is_past()).annotate(step_turn=text(Turn.INSTITUTION), step_since=over)


def _open_needs() -> Any:
    return Need.objects.filter(state__in=sorted(OPEN_NEED_STATES), places_taken__lt=F("places"))


def _is_past() -> Q:
    return Q(closes_on__isnull=False, closes_on__lt=TruncDate(NOW, tzinfo=UTC))


def needs_to_renew() -> Any:
    """Return the needs whose institution is asked whether they are needed still."""
    rows = Need.objects.filter(state=NeedState.STALE)
    return rows.annotate(step_turn=text(Turn.INSTITUTION), step_since=F("stale_at"))


def needs_to_check() -> Any:
    """Return the needs that wait for a coordinator's decision."""
    rows = Need.objects.filter(state=NeedState.SUBMITTED)
    return rows.annotate(step_turn=text(Turn.COORDINATOR), step_since=Coalesce("submitted_at", "created_at"))


def needs_to_change() -> Any:
    """Return the needs that a coordinator sent back."""
    asked = NeedReview.objects.filter(need=OuterRef("pk")).order_by("-reviewed_at").values("reviewed_at")[:1]
    rows = Need.objects.filter(state=NeedState.CHANGES_REQUESTED)
    return rows.annotate(step_turn=text(Turn.INSTITUTION), step_since=Coalesce(Subquery(asked), "created_at"))


def organisations_to_verify() -> Any:
    """Return the organisations that nobody has recommended yet: new ones, and those that said they are as they were."""
    is_due = Q(state=OrganisationState.APPLIED) | Q(state__in=sorted(RENEWING_STATES), facts_confirmed_at__isnull=False)
    rows = Organisation.objects.filter(is_due, ~Exists(_recommended()))
    return rows.annotate(step_turn=text(Turn.COORDINATOR), step_since=F("applied_at"))


def organisations_to_decide() -> Any:
    """Return the organisations that one coordinator recommended, who is named as the row's expert."""
    since, first = _recommended().values("recommended_at"), _recommended().values("recommended_by")
    rows = Organisation.objects.annotate(step_since=Subquery(since), step_first=Subquery(first))
    return rows.filter(step_first__isnull=False).annotate(step_turn=text(Turn.COORDINATOR))


def organisations_to_confirm() -> Any:
    """Return the organisations that are asked whether what is known of them is still right."""
    rows = Organisation.objects.filter(
        ~Exists(_recommended()), state__in=sorted(RENEWING_STATES), facts_confirmed_at__isnull=True
    )
    return rows.annotate(step_turn=text(Turn.INSTITUTION), step_since=Coalesce("renewal_asked_at", "applied_at"))


def _recommended() -> Any:
    return Verification.objects.filter(organisation=OuterRef("pk"), state=VerificationState.RECOMMENDED)


def organisations_to_document() -> Any:
    """Return the organisations that were asked for documents."""
    decided = OrganisationDecision.objects.filter(organisation=OuterRef("pk")).order_by("-decided_at")
    since = Coalesce(Subquery(decided.values("decided_at")[:1]), "applied_at")
    rows = Organisation.objects.filter(state=OrganisationState.DOCUMENTS_REQUESTED)
    return rows.annotate(step_turn=text(Turn.INSTITUTION), step_since=since)


class Look(NamedTuple):
    """How the rows of a kind are found; ``ends`` is when they end where a row says so itself."""

    rows: Callable[[], Any]
    paths: Paths
    ends: Any = None


LOOKS: dict[WaitingKind, Look] = {
    WaitingKind.REPLY: Look(replies, OF_PROPOSAL, F("expires_at")),
    WaitingKind.INFORMATION: Look(information, OF_PROPOSAL, F("expires_at")),
    WaitingKind.AGREEMENT: Look(agreements, OF_WORK),
    WaitingKind.TIME: Look(times, OF_MEETING, F("answer_by")),
    WaitingKind.SESSION: Look(sessions, OF_MEETING),
    WaitingKind.HOURS: Look(hours, OF_HOURS, AfterTime(F("logged_at"), Value(ANSWERED_WITHIN), F("step_rests"))),
    WaitingKind.OUTCOME: Look(outcomes, OF_WORK),
    WaitingKind.PROPOSALS: Look(needs_without_proposals, OF_NEED),
    WaitingKind.CLOSING: Look(needs_past_closing, OF_NEED),
    WaitingKind.RENEWAL: Look(needs_to_renew, OF_NEED),
    WaitingKind.CHECK: Look(needs_to_check, OF_NEED),
    WaitingKind.CHANGES: Look(needs_to_change, OF_NEED),
    WaitingKind.VERIFICATION: Look(organisations_to_verify, OF_ORGANISATION),
    WaitingKind.DOCUMENTS: Look(organisations_to_document, OF_ORGANISATION),
    WaitingKind.SECOND: Look(organisations_to_decide, OF_ORGANISATION),
    WaitingKind.FACTS: Look(organisations_to_confirm, OF_ORGANISATION),
}
# The end of these is a date, and nothing is left to wait for when it has passed.
_OVER_AT_END = (WaitingKind.TIME, WaitingKind.HOURS)


def waiting_rows(
    kind: WaitingKind, *, countries: Collection[str] | Asked | None = None, with_ended: bool = False
) -> Any:
    """Return the rows of one kind that wait, with COLUMNS; with ``countries`` those of organisations there only.

    What a suspended organisation has waits for nobody until it is verified again. Hours and offered times that are over
    are left out unless ``with_ended``.
    """
    look = LOOKS[kind]
    rows = with_columns(kind, look.rows(), look.paths)
    if kind == WaitingKind.SECOND:
        rows = rows.annotate(step_expert=F("step_first"))
    if look.paths.need is not None:
        rows = rows.filter(**{f"{look.paths.organisation}state__in": sorted(KEEPING_STATES)})
    if countries is not None:
        rows = rows.filter(among(f"{look.paths.organisation}country", countries))
    due = after(F("step_target"))
    if look.ends is None:  # a clock's end is never before its target
        rows = rows.annotate(step_ends_at=after(days(kind, "end", look.paths)), step_due_at=due)
    else:
        rows = rows.annotate(step_ends_at=look.ends).annotate(step_due_at=Least(due, "step_ends_at"))
    if kind in _OVER_AT_END and not with_ended:
        rows = rows.filter(step_ends_at__gt=NOW)
    return rows


def rows_to_remind(kind: WaitingKind) -> Any:
    """Return the rows of one kind that are due for a reminder, with its ``step_number``.

    The second when it is due, also where the first never went out; none that they got, or after a later one.
    """
    now, paths = timezone.now(), LOOKS[kind].paths
    reminders = _reminders(kind)
    due = [
        When(~Exists(reminders.filter(number__gte=number)), **{f"step_{part}__lte": now}, then=Value(number))
        for number, part in ((2, "second"), (1, "first"))
    ]
    return (
        waiting_rows(kind)
        .annotate(step_first=after(days(kind, "first", paths)), step_second=after(days(kind, "second", paths)))
        .annotate(step_number=Case(*due))
        .filter(step_first__lte=now, step_number__isnull=False)
        .order_by("step_since", "pk")
    )


def rows_to_end(kind: WaitingKind, *, warned_before: timedelta) -> Any:
    """Return the rows of one kind whose time is over, whose last reminder went out ``warned_before`` or earlier, and
    of which nobody was told that they are over.
    """
    now = timezone.now()
    reminders = _reminders(kind)
    return (
        waiting_rows(kind, with_ended=True)
        .filter(
            Exists(reminders.filter(number=2, sent_at__lte=now - warned_before)),
            ~Exists(reminders.filter(number=3)),
            step_ends_at__lte=now,
        )
        .order_by("step_ends_at", "pk")
    )


def _reminders(kind: WaitingKind) -> Any:
    return Reminder.objects.filter(kind=kind, row=OuterRef("pk"), since=OuterRef("step_since"))
