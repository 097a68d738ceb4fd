"""Move engagements through their life: start, go on, wrap up, complete, end; ``pauses`` lets them rest.

Each act locks in the order written in ``actions.proposals``, checks who acts, changes the state, writes an audit
entry, adds a line to the conversation and tells the other side (both when a coordinator acts).
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from engagements.actions import needs
from engagements.actions.announcements import add_line, close_conversation, tell_about_work
from engagements.actions.certificates import issue_certificate
from engagements.actions.meeting_ends import cancel_meetings_of
from engagements.actions.outcome_clocks import close_outcomes, plan_outcomes
from engagements.actions.rests import advance_work
from engagements.models import Certificate, Engagement
from engagements.queries.outcomes import has_both_reports
from engagements.queries.work import confirmed_minutes
from engagements.rules import work as rules
from engagements.states import LOGGING_STATES, EndReason, EngagementState, Side
from engagements.states.outcomes import OutcomeMoment
from mentors.actions import profiles


def require_side(actor: User, engagement: Engagement) -> Side:
    """Return the side the person takes. Raises NotAllowed when they take none. Queries: at most 1."""
    side = rules.side_of(actor, engagement)
    if side is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    return side


def take_step(
    actor: User | None,
    engagement: Engagement,
    to: EngagementState,
    *,
    line: str,
    news: str,
    ask: str = "",
    **values: Any,
) -> Engagement:
    """Advance and tell. Effects: state with the rest that begins or ends by it, audit entry, line in the conversation,
    news to the other side (both for a sweep).

    A pause ends with its state. Where no sessions are held any more, the appointments for them are called off.
    """
    rest = {"paused_until": None, "pause_reason": ""}
    fields = {"last_activity_at": timezone.now(), **rest, **values}
    engagement = advance_work(engagement, to, **fields)
    if to not in LOGGING_STATES:
        cancel_meetings_of(actor=actor, engagement=engagement)
    codes = {name: value for name, value in values.items() if isinstance(value, str)}
    entry = audit.record(actor=actor, verb=f"engagements.engagement.{to.value}", obj=engagement, **codes)
    add_line(engagement, line)
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news, ask=ask)
    return engagement


@transaction.atomic
def start_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Begin the agreed work. Raises NotAllowed unless ``actor`` is a side. Effects: see ``take_step``."""
    require_side(actor, engagement)
    if lock(engagement).state != EngagementState.SCHEDULED:
        raise Conflict(_("The work starts once both sides have agreed on the plan."))
    return take_step(
        actor,
        engagement,
        EngagementState.ACTIVE,
        line=gettext_noop("The work has started."),
        news=gettext_noop("The work on “%(need)s” has started."),
        started_at=timezone.now(),
    )


@transaction.atomic
def resume_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Go on after a pause, or after wrapping up too early. Raises NotAllowed unless a side.

    Effects: see ``take_step``.
    """
    require_side(actor, engagement)
    present = lock(engagement)
    if present.state not in {EngagementState.PAUSED, EngagementState.WRAPPING_UP}:
        raise Conflict(_("This engagement is not paused."))
    return take_step(
        actor,
        engagement,
        EngagementState.ACTIVE,
        line=gettext_noop("The work goes on."),
        news=gettext_noop("The work on “%(need)s” goes on."),
        started_at=present.started_at or timezone.now(),
    )


@transaction.atomic
def wrap_up_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Turn from working to reporting. Raises NotAllowed unless ``actor`` is a side.

    Effects: see ``take_step``; everybody concerned is asked what came of it.
    """
    require_side(actor, engagement)
    engagement = take_step(
        actor,
        engagement,
        EngagementState.WRAPPING_UP,
        line=gettext_noop("The work is done. Both sides say what came of it."),
        news=gettext_noop("The work on “%(need)s” is done. Say what came of it."),
        ask=f"outcome:{engagement.reference}:{OutcomeMoment.END}",
        wrapping_up_at=timezone.now(),
    )
    plan_outcomes(engagement=engagement, moment=OutcomeMoment.END)
    return engagement


@transaction.atomic
def complete_engagement(*, actor: User, engagement: Engagement) -> Certificate | None:
    """Complete the engagement once both sides have said what came of it.

    Raises NotAllowed unless ``actor`` is a side, Conflict while an outcome is missing. Effects: state, the expert's
    place back, audit entry, line, news, the question a year later, and the certificate (returned) when there are
    confirmed hours.
    """
    require_side(actor, engagement)
    profile = lock(engagement.expert)
    lock(engagement)
    if not has_both_reports(engagement):
        raise Conflict(_("Both sides say first what came of the work."))
    engagement = take_step(
        actor,
        engagement,
        EngagementState.COMPLETED,
        line=gettext_noop("This engagement is completed."),
        news=gettext_noop("“%(need)s” is completed. Thank you."),
        ended_at=timezone.now(),
    )
    plan_outcomes(engagement=engagement, moment=OutcomeMoment.LATER)
    profiles.release_place(profile=profile)
    return issue_certificate(actor=actor, engagement=engagement) if confirmed_minutes(engagement) else None


@transaction.atomic
def end_engagement_early(*, actor: User, engagement: Engagement, reason: str) -> Engagement:
    """End work that has begun before its time. ``reason`` is an EndReason. Effects: see ``_stop``."""
    return _stop(
        actor,
        engagement,
        EngagementState.ENDED_EARLY,
        reason,
        line=gettext_noop("This engagement has ended early."),
        news=gettext_noop("The work on “%(need)s” has ended early."),
    )


@transaction.atomic
def cancel_engagement(*, actor: User, engagement: Engagement, reason: str) -> Engagement:
    """Call off work that has not begun. ``reason`` is an EndReason. Effects: see ``_stop``."""
    return _stop(
        actor,
        engagement,
        EngagementState.CANCELLED,
        reason,
        line=gettext_noop("This engagement was called off."),
        news=gettext_noop("“%(need)s” was called off."),
    )


def _stop(actor: User, engagement: Engagement, to: EngagementState, reason: str, *, line: str, news: str) -> Engagement:
    """Stop for good. Raises NotAllowed unless ``actor`` is a side or supervises, Invalid for the reason.

    Effects: state with reason, the need's and the expert's place back, audit entry, line, news, conversation closed.
    """
    if rules.side_of(actor, engagement) is None and not rules.can_supervise(actor, engagement):
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    if reason not in EndReason.values:
        problem = _("Choose a reason.")
        raise Invalid(problem, fields={"reason": problem})
    need, profile = lock(engagement.need), lock(engagement.expert)
    engagement = take_step(actor, engagement, to, line=line, news=news, end_reason=reason, ended_at=timezone.now())
    close_outcomes(engagement)
    # A follow-up stands on the place of the one before it.
    if engagement.previous_id is None:
        needs.release_place(need=need)
    profiles.release_place(profile=profile)
    close_conversation(engagement.conversation)
    return engagement
