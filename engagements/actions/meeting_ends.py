"""End appointments: call off, say that the session was held or who did not come, close what nobody answered."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import add_line, tell_about_work
from engagements.actions.invitations import plan_invitations
from engagements.actions.misses import tell_of_misses
from engagements.actions.sessions import log_session
from engagements.models import Engagement, Meeting, Session
from engagements.models.meeting import CHOSEN_REASONS
from engagements.rules import work as rules
from engagements.states import (
    ANSWERING_STATES,
    MEETING_TRANSITIONS,
    OPEN_MEETING_STATES,
    MeetingReason,
    MeetingState,
    Side,
)

# Calling off within this time of the start is late.
LATE_WITHIN = timedelta(hours=3)
# Whoever is later than this did not come.
WAIT_FOR = timedelta(minutes=10)
SOON = timedelta(hours=24)
AT_ONCE = 500


@transaction.atomic
def cancel_meeting(*, actor: User, meeting: Meeting, reason: str) -> Meeting:
    """Call an appointment off; within three hours of the agreed start it counts as late.

    Raises NotAllowed unless ``actor`` is a side, Invalid for the reason, Conflict when it is closed or has begun.
    Effects: state with reason, audit entry, line, news; calendars learn it, and the coordinators of a second late one.
    """
    side = require_side(actor, meeting.engagement)
    if reason not in dict(CHOSEN_REASONS):
        problem = _("Choose a reason.")
        raise Invalid(problem, fields={"reason": problem})
    lock(meeting.engagement)
    present = lock(meeting)
    now = timezone.now()
    if present.state == MeetingState.CONFIRMED and present.starts_at and present.starts_at <= now:
        raise Conflict(_("This session should have begun already. Say whether it was held."))
    is_late = present.starts_at is not None and present.starts_at - now < LATE_WITHIN
    meeting = close_meeting(actor, present, MeetingState.CANCELLED, reason=reason, is_late=is_late)
    tell_about_meeting(
        actor,
        meeting,
        "cancelled",
        line=gettext_noop("A session was called off."),
        news=gettext_noop("A session about “%(need)s” was called off."),
        reason=reason,
    )
    if is_late:
        tell_of_misses(side, meeting.engagement)
    return meeting


@transaction.atomic
def hold_meeting(*, actor: User, meeting: Meeting) -> Meeting:
    """Say that the session was held; its log follows. Saying it twice changes nothing.

    Raises NotAllowed unless ``actor`` is a side, Conflict before its start or when it is closed otherwise. Effects:
    state, audit entry.
    """
    require_side(actor, meeting.engagement)
    lock(meeting.engagement)
    return _hold(actor, lock(meeting))


def _hold(actor: User, present: Meeting) -> Meeting:
    if present.state == MeetingState.HELD:
        return present
    _require_begun(present)
    meeting = close_meeting(actor, present, MeetingState.HELD)
    audit.record(actor=actor, verb="engagements.meeting.held", obj=meeting)
    return meeting


@transaction.atomic
def log_meeting(*, actor: User, meeting: Meeting, engagement: Engagement, **log: Any) -> Session:
    """Log the session of an appointment, once; ``log`` is what ``log_session`` takes.

    Raises what ``log_session`` raises, and Conflict before the start, when it is closed otherwise, or when it is of
    another engagement. Effects: session with all its effects, the appointment is held.
    """
    require_side(actor, engagement)
    if meeting.engagement_id != engagement.pk:
        raise Conflict(_("This session belongs to another engagement."))
    lock(engagement)
    present = lock(meeting)
    if present.session is not None:
        return present.session
    held = _hold(actor, present)
    session = log_session(actor=actor, engagement=engagement, **log)
    if not Meeting.objects.filter(session=session).exists():
        Meeting.objects.filter(pk=held.pk).update(session=session)
    return session


@transaction.atomic
def miss_meeting(*, actor: User, meeting: Meeting, absent: str) -> Meeting:
    """Say that a side did not come. ``absent`` is a Side.

    Raises NotAllowed unless ``actor`` is a side, Invalid for the side, Conflict until ten minutes after its start or
    when it is closed. Effects: state, audit entry, news; the coordinators learn of the second miss.
    """
    require_side(actor, meeting.engagement)
    if absent not in Side.values:
        problem = _("Say who did not come.")
        raise Invalid(problem, fields={"absent": problem})
    lock(meeting.engagement)
    present = lock(meeting)
    _require_begun(present)
    if present.starts_at and timezone.now() < present.starts_at + WAIT_FOR:
        raise Conflict(_("Wait ten minutes: a connection takes its time. Then say who did not come."))
    meeting = close_meeting(actor, present, MeetingState.NO_SHOW, absent_side=absent)
    tell_about_meeting(
        actor,
        meeting,
        "no_show",
        line="",
        news=gettext_noop("A session about “%(need)s” did not take place. Propose another time."),
        absent=absent,
    )
    tell_of_misses(Side(absent), meeting.engagement)
    return meeting


def cancel_meetings_of(*, actor: User | None, engagement: Engagement) -> int:
    """Call off the open appointments of an engagement that rests or ends; the caller holds its lock. Return how many.

    Effects for each: state, audit entry; calendars learn it. The caller tells both sides.
    """
    waiting = engagement.meetings.filter(state__in=sorted(OPEN_MEETING_STATES)).order_by("pk")
    coming = [one for one in waiting if one.starts_at is None or one.starts_at > timezone.now()]
    for meeting in coming:
        close_meeting(actor, lock(meeting), MeetingState.CANCELLED, reason=MeetingReason.ENGAGEMENT)
        audit.record(actor=actor, verb="engagements.meeting.cancelled", obj=meeting, reason=MeetingReason.ENGAGEMENT)
    return len(coming)


def expire_due_meetings() -> int:
    """Close the offers of which every time has passed without an answer; return how many. Safe to run at once.

    Effects for each: state, audit entry, news to both sides; calendars learn it when a move was asked for.
    """
    due = Meeting.objects.filter(state=MeetingState.PROPOSED, answer_by__lte=timezone.now()).order_by("answer_by")
    return sum(_expire(pk) for pk in due.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _expire(pk: int) -> bool:
    meeting = Meeting.objects.select_related("engagement").get(pk=pk)
    lock(meeting.engagement)
    present = lock(meeting)
    if present.state != MeetingState.PROPOSED or present.answer_by > timezone.now():
        return False
    meeting = close_meeting(None, present, MeetingState.EXPIRED)
    tell_about_meeting(
        None,
        meeting,
        "expired",
        line="",
        news=gettext_noop("Nobody chose a time for a session about “%(need)s”. Propose others."),
    )
    return True


def _require_begun(present: Meeting) -> None:
    if present.engagement.state not in ANSWERING_STATES:
        raise Conflict(_("This engagement is closed, so its sessions stay as they are."))
    if present.state != MeetingState.CONFIRMED:
        raise InvalidTransition(_("No time is agreed for this session. Reload the page and look again."))
    if present.starts_at and present.starts_at > timezone.now():
        raise Conflict(_("This session is still to come."))


def close_meeting(actor: User | None, present: Meeting, to: MeetingState, **values: Any) -> Meeting:
    """Close an appointment that the caller has locked; a time that no longer holds leaves the calendars."""
    if present.starts_at is not None and to in {MeetingState.CANCELLED, MeetingState.EXPIRED}:
        values["sequence"] = present.sequence + 1
        plan_invitations(present)
    now = timezone.now()
    return advance(present, to, MEETING_TRANSITIONS, closed_by=actor, closed_at=now, changed_at=now, **values)


def tell_about_meeting(actor: User | None, meeting: Meeting, verb: str, *, line: str, news: str, **codes: str) -> None:
    """Note what happened to an appointment and tell the other side; both when nobody acts.

    Effects: activity of the engagement, audit entry, line in the conversation unless empty, news; by e-mail only where
    no invitation tells the same, and at once where it is about the coming 24 hours.
    """
    Engagement.objects.filter(pk=meeting.engagement_id).update(last_activity_at=timezone.now())
    entry = audit.record(actor=actor, verb=f"engagements.meeting.{verb}", obj=meeting, **codes)
    if line:
        add_line(meeting.engagement, line)
    is_in_calendars = meeting.starts_at is not None and verb in {"confirmed", "cancelled"}
    tell_about_work(
        actor=actor,
        engagement=meeting.engagement,
        entry=entry,
        text=news,
        url=reverse("engagements:meeting", args=[meeting.reference]),
        ask=f"meeting:{meeting.reference}",
        by_email=not is_in_calendars,
        is_urgent=(meeting.starts_at or meeting.answer_by) - timezone.now() < SOON,
    )


def require_side(actor: User, engagement: Engagement) -> Side:
    """Return the side of ``actor``. Raises NotAllowed for everybody else."""
    side = rules.side_of(actor, engagement)
    if side is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    return side
