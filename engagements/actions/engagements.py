"""Move engagements through their life: agree, start, pause, wrap up, complete, end.

Each act locks in the order written in ``actions.proposals``, checks who acts, changes the state, writes an audit
entry, adds a line to the conversation and tells the other side (both when a coordinator acts).
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions import needs
from engagements.actions.announcements import add_line, close_conversation, tell_about_work
from engagements.actions.certificates import issue_certificate
from engagements.actions.meeting_ends import cancel_meetings_of
from engagements.models import Certificate, Engagement
from engagements.queries.work import confirmed_minutes, plan_mark
from engagements.rules import work as rules
from engagements.states import ENGAGEMENT_TRANSITIONS, LOGGING_STATES, EndReason, EngagementState, Side
from mentors.actions import profiles

MAX_GOAL, MAX_HOURS = 1000, 2000


def _require_side(actor: User, engagement: Engagement) -> Side:
    side = rules.side_of(actor, engagement)
    if side is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    return side


def _step(
    actor: User, engagement: Engagement, to: EngagementState, *, line: str, news: str, **values: Any
) -> Engagement:
    """Advance and tell. Effects: state, audit entry, line in the conversation, news to the other side.

    Where no sessions are held any more, the appointments for them are called off.
    """
    engagement = advance(engagement, to, ENGAGEMENT_TRANSITIONS, last_activity_at=timezone.now(), **values)
    if to not in LOGGING_STATES:
        cancel_meetings_of(actor=actor, engagement=engagement)
    codes = {name: value for name, value in values.items() if isinstance(value, str)}
    entry = audit.record(actor=actor, verb=f"engagements.engagement.{to.value}", obj=engagement, **codes)
    add_line(engagement, line)
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news)
    return engagement


@transaction.atomic
def change_terms(
    *, actor: User, engagement: Engagement, goal: str, hours_planned: int, starts_on: date | None, ends_on: date | None
) -> Engagement:
    """Change the plan while both sides are agreeing; earlier agreements to it are void.

    Raises NotAllowed unless ``actor`` is a side, Conflict once both have agreed, Invalid with the problem of each
    field. Effects: plan, agreements, audit entry, line, news.
    """
    _require_side(actor, engagement)
    _check_terms(goal, hours_planned, starts_on, ends_on)
    if lock(engagement).state != EngagementState.AGREEING:
        raise Conflict(_("Both sides have agreed to this plan, so it stays as it is."))
    Engagement.objects.filter(pk=engagement.pk).update(
        goal=goal.strip(),
        hours_planned=hours_planned,
        starts_on=starts_on,
        ends_on=ends_on,
        expert_agreed_at=None,
        institution_agreed_at=None,
        last_activity_at=timezone.now(),
    )
    engagement.refresh_from_db()
    entry = audit.record(actor=actor, verb="engagements.engagement.plan_changed", obj=engagement, hours=hours_planned)
    add_line(engagement, gettext_noop("The plan was changed. Both sides agree to it anew."))
    tell_about_work(
        actor=actor,
        engagement=engagement,
        entry=entry,
        text=gettext_noop("The plan for “%(need)s” was changed. Look, and agree."),
    )
    return engagement


def _check_terms(goal: str, hours_planned: int, starts_on: date | None, ends_on: date | None) -> None:
    problems: dict[str, str] = {}
    if not goal.strip() or len(goal.strip()) > MAX_GOAL:
        problems["goal"] = _("Write the goal in up to %(limit)s characters.") % {"limit": MAX_GOAL}
    if not 1 <= hours_planned <= MAX_HOURS:
        problems["hours_planned"] = _("Enter hours between 1 and %(limit)s.") % {"limit": MAX_HOURS}
    if starts_on and ends_on and ends_on < starts_on:
        problems["ends_on"] = _("The end lies before the start.")
    if problems:
        raise Invalid(_("Look at the plan again."), fields=problems)


@transaction.atomic
def agree_engagement(*, actor: User, engagement: Engagement, seen: str = "") -> Engagement:
    """Agree to the plan for one's own side; once both have, the work is scheduled. Agreeing twice changes nothing.

    ``seen`` is the ``plan_mark`` of the plan the person read; another one means it changed meanwhile. Raises
    NotAllowed unless ``actor`` is a side, Conflict when the plan changed or the time for agreeing is over. Effects:
    agreement, state when both agreed, audit entry, line, news.
    """
    side = _require_side(actor, engagement)
    present = lock(engagement)
    if seen and seen != plan_mark(present):
        raise Conflict(_("The plan was changed meanwhile. Read it again before you agree."))
    # The table leads from “on hold” to “agreed”, too, but only for the coordinator who releases it.
    if present.state != EngagementState.AGREEING:
        raise InvalidTransition(_("The time for agreeing on this plan is over. Reload the page and look again."))
    field = f"{side.value}_agreed_at"
    if getattr(present, field):
        engagement.refresh_from_db()
        return engagement
    now = timezone.now()
    other = f"{rules.other_side(side).value}_agreed_at"
    if getattr(present, other):
        return _step(
            actor,
            engagement,
            EngagementState.SCHEDULED,
            line=gettext_noop("Both sides have agreed on the plan."),
            news=gettext_noop("Both sides have agreed on “%(need)s”. The work can start."),
            **{field: now},
        )
    Engagement.objects.filter(pk=engagement.pk).update(**{field: now, "last_activity_at": now})
    engagement.refresh_from_db()
    entry = audit.record(actor=actor, verb="engagements.engagement.agreed", obj=engagement, side=side.value)
    add_line(engagement, gettext_noop("One side has agreed to the plan; the other answers next."))
    tell_about_work(
        actor=actor,
        engagement=engagement,
        entry=entry,
        text=gettext_noop("The plan for “%(need)s” waits for your agreement."),
    )
    return engagement


@transaction.atomic
def start_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Begin the agreed work. Raises NotAllowed unless ``actor`` is a side. Effects: see ``_step``."""
    _require_side(actor, engagement)
    if lock(engagement).state != EngagementState.SCHEDULED:
        raise Conflict(_("The work starts once both sides have agreed on the plan."))
    return _step(
        actor,
        engagement,
        EngagementState.ACTIVE,
        line=gettext_noop("The work has started."),
        news=gettext_noop("The work on “%(need)s” has started."),
        started_at=timezone.now(),
    )


@transaction.atomic
def pause_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Let the work rest for a while. Raises NotAllowed unless ``actor`` is a side. Effects: see ``_step``."""
    _require_side(actor, engagement)
    return _step(
        actor,
        engagement,
        EngagementState.PAUSED,
        line=gettext_noop("The work is paused."),
        news=gettext_noop("The work on “%(need)s” is paused."),
    )


@transaction.atomic
def resume_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Go on after a pause, or after wrapping up too early. Raises NotAllowed unless a side. Effects: see ``_step``."""
    _require_side(actor, engagement)
    present = lock(engagement)
    if present.state not in {EngagementState.PAUSED, EngagementState.WRAPPING_UP}:
        raise Conflict(_("This engagement is not paused."))
    return _step(
        actor,
        engagement,
        EngagementState.ACTIVE,
        line=gettext_noop("The work goes on."),
        news=gettext_noop("The work on “%(need)s” goes on."),
        started_at=present.started_at or timezone.now(),
    )


@transaction.atomic
def wrap_up_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Turn from working to reporting. Raises NotAllowed unless ``actor`` is a side. Effects: see ``_step``."""
    _require_side(actor, engagement)
    return _step(
        actor,
        engagement,
        EngagementState.WRAPPING_UP,
        line=gettext_noop("The work is done. Both sides say what came of it."),
        news=gettext_noop("The work on “%(need)s” is done. Say what came of it."),
    )


@transaction.atomic
def complete_engagement(*, actor: User, engagement: Engagement) -> Certificate | None:
    """Complete the engagement once both sides have said what came of it.

    Raises NotAllowed unless ``actor`` is a side, Conflict while an outcome is missing. Effects: state, the expert's
    place back, audit entry, line, news, and the certificate (returned) when there are confirmed hours.
    """
    _require_side(actor, engagement)
    profile = lock(engagement.expert)
    lock(engagement)
    if engagement.outcomes.count() < len(Side):
        raise Conflict(_("Both sides say first what came of the work."))
    engagement = _step(
        actor,
        engagement,
        EngagementState.COMPLETED,
        line=gettext_noop("This engagement is completed."),
        news=gettext_noop("“%(need)s” is completed. Thank you."),
        ended_at=timezone.now(),
    )
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
    engagement = _step(actor, engagement, to, line=line, news=news, end_reason=reason, ended_at=timezone.now())
    needs.release_place(need=need)
    profiles.release_place(profile=profile)
    close_conversation(engagement.conversation)
    return engagement
