"""End what nobody did in time: close it, complete it, hide it, or tell the coordinator; nothing waits for ever.

Nothing ends unwarned: only what was reminded of twice, the last time at least a day ago. Each row is decided anew under
its lock, in the order of locks that ``actions.proposals`` names, so several sweeps may run at once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.queries.people import coordinators_of
from diaspora_net.core import audit
from diaspora_net.core.transitions import advance, lock
from engagements.actions import needs
from engagements.actions.announcements import close_conversation
from engagements.actions.certificates import certify
from engagements.actions.engagements import take_step
from engagements.actions.meeting_ends import close_meeting
from engagements.actions.outcome_clocks import plan_outcomes
from engagements.actions.reminders import claim, event_key, lock_step
from engagements.actions.reply_clocks import end_reply
from engagements.actions.staleness import expire_need, let_stale
from engagements.models import Engagement, Meeting, Need, Proposal, Reminder
from engagements.queries.outcomes import has_both_reports
from engagements.queries.waiting import WaitingStep
from engagements.queries.waiting_rows import rows_to_end
from engagements.queries.work import confirmed_minutes
from engagements.states import (
    NEED_TRANSITIONS,
    EndReason,
    EngagementState,
    MeetingState,
    NeedState,
)
from engagements.states.clocks import WaitingKind
from engagements.states.outcomes import OutcomeMoment
from mentors.actions import profiles
from messaging.actions.notifications import notify

AT_ONCE = 500
WARNED_BEFORE = timedelta(days=1)
LAST = 3
_BETWEEN: dict[WaitingKind, type[Proposal] | type[Engagement]] = {
    WaitingKind.REPLY: Proposal,
    WaitingKind.INFORMATION: Proposal,
    WaitingKind.AGREEMENT: Engagement,
    WaitingKind.OUTCOME: Engagement,
}


def end_waiting() -> int:
    """End every step whose time is over; return how many. At most 500 of each kind in one run, one transaction each.

    Reminders that a clock which was ahead has dated into the future count as sent now.
    """
    now = timezone.now()
    Reminder.objects.filter(sent_at__gt=now).update(sent_at=now)
    ended = 0
    for kind, end in ENDS.items():
        due = rows_to_end(kind, warned_before=WARNED_BEFORE).values_list("pk", "step_since")
        ended += sum(_end(kind, end, row, since) for row, since in due[:AT_ONCE])
    return ended


@transaction.atomic
def _end(kind: WaitingKind, end: Callable[[WaitingStep], None], row: int, since: datetime) -> bool:
    _lock_around(kind, row)
    step = lock_step(kind, row, since, with_ended=True)
    if step is None or not claim(step, LAST):
        return False
    end(step)
    return True


def _lock_around(kind: WaitingKind, row: int) -> None:
    """Lock what stands before the row in the order of locks: need and expert, or the engagement of a session."""
    if kind == WaitingKind.SESSION:
        lock(Meeting.objects.get(pk=row).engagement)
    elif model := _BETWEEN.get(kind):
        between = model.objects.get(pk=row)
        lock(between.need)
        lock(between.expert)


FOR_COORDINATORS = {
    WaitingKind.AGREEMENT: gettext_noop("A change of the agreement for “%(need)s” waits for long. A call may help."),
    WaitingKind.PROPOSALS: gettext_noop("“%(need)s” has a place that nobody takes. Ask somebody who fits."),
    WaitingKind.FACTS: gettext_noop("%(organisation)s does not say whether its facts are right. A call may help."),
    WaitingKind.DOCUMENTS: gettext_noop("%(organisation)s has sent no documents. Decide about it, or ask again."),
}


def _tell(people: list[User] | tuple[User, ...], step: WaitingStep, text: str, *, url: str = "") -> None:
    for person in people:
        notify(
            user=person,
            verb=f"engagements.{step.kind.value}.ended",
            text=text,
            params={"need": step.title, "organisation": step.organisation.name},
            url=url or step.answer_url,
            event_key=event_key(step, LAST),
        )


def _tell_coordinators(step: WaitingStep) -> None:
    _tell(list(coordinators_of(step.country)), step, FOR_COORDINATORS[step.kind], url=step.url)


def _end_agreement(step: WaitingStep) -> None:
    """Call off what both sides never agreed on; a change that nobody accepts is left to the coordinator."""
    engagement = Engagement.objects.get(pk=step.row)
    if engagement.state != EngagementState.AGREEING:
        _tell_coordinators(step)
        return
    take_step(
        None,
        engagement,
        EngagementState.CANCELLED,
        line=gettext_noop("This engagement was called off: the agreement was not accepted in time."),
        news=gettext_noop(
            "“%(need)s” was called off: the agreement was not accepted in time. You can both start anew."
        ),
        end_reason=EndReason.NO_CONTACT,
        ended_at=timezone.now(),
    )
    needs.release_place(need=engagement.need)
    profiles.release_place(profile=engagement.expert)
    close_conversation(engagement.conversation)


def _end_session(step: WaitingStep) -> None:
    """Put the appointment aside; what was done can still be logged."""
    meeting = close_meeting(None, Meeting.objects.get(pk=step.row), MeetingState.EXPIRED)
    audit.record(actor=None, verb="engagements.meeting.expired", obj=meeting)
    text = gettext_noop("Nobody said whether a session about “%(need)s” was held. You can log it still.")
    _tell(step.people, step, text)


def _end_hours(step: WaitingStep) -> None:
    """Tell who logged the hours, and who did not confirm them, that they count apart from now on."""
    engagement = Engagement.objects.get(sessions=step.row)
    people = [engagement.expert.user, *speakers_of(step.organisation)]
    _tell(
        people,
        step,
        gettext_noop("Hours for “%(need)s” count as unconfirmed from now on. They can be confirmed still."),
    )


def _end_outcome(step: WaitingStep) -> None:
    """Complete the work with what was said of it; the certificate follows where hours are confirmed."""
    engagement = Engagement.objects.get(pk=step.row)
    is_whole = has_both_reports(engagement)
    engagement = take_step(
        None,
        engagement,
        EngagementState.COMPLETED,
        line=gettext_noop("This engagement is completed.")
        if is_whole
        else gettext_noop("This engagement is completed, though a report is missing."),
        news=gettext_noop("“%(need)s” is completed. Thank you."),
        ended_at=timezone.now(),
    )
    plan_outcomes(engagement=engagement, moment=OutcomeMoment.LATER)
    profiles.release_place(profile=engagement.expert)
    if confirmed_minutes(engagement):
        certify(engagement)


def _hide(step: WaitingStep) -> None:
    """Hide a need until its institution wants it; one with work under way is wanted, so its coordinator is told."""
    need = Need.objects.get(pk=step.row)
    if step.kind == WaitingKind.PROPOSALS and need.places_taken:
        _tell_coordinators(step)
    else:
        let_stale(need)


def _expire(step: WaitingStep) -> None:
    expire_need(Need.objects.get(pk=step.row))


def _end_changes(step: WaitingStep) -> None:
    """Take back a need that was never changed; its text stays."""
    need = advance(Need.objects.get(pk=step.row), NeedState.WITHDRAWN, NEED_TRANSITIONS, closed_at=timezone.now())
    audit.record(actor=None, verb="engagements.need.withdrawn", obj=need)
    text = gettext_noop("“%(need)s” was put aside, as nobody changed it for long. You can write it anew at any time.")
    _tell(step.people, step, text)


def _say_that_it_takes_longer(step: WaitingStep) -> None:
    """Tell who asked that a coordinator is late, and that they need do nothing."""
    text = (
        gettext_noop("Checking “%(need)s” takes longer than we promised. You need not do anything.")
        if step.kind == WaitingKind.CHECK
        else gettext_noop("Verifying %(organisation)s takes longer than we promised. You need not do anything.")
    )
    _tell(list(speakers_of(step.organisation)), step, text)


ENDS: dict[WaitingKind, Callable[[WaitingStep], None]] = {
    WaitingKind.REPLY: end_reply,
    WaitingKind.INFORMATION: end_reply,
    WaitingKind.AGREEMENT: _end_agreement,
    WaitingKind.SESSION: _end_session,
    WaitingKind.HOURS: _end_hours,
    WaitingKind.OUTCOME: _end_outcome,
    WaitingKind.PROPOSALS: _hide,
    WaitingKind.CLOSING: _hide,
    WaitingKind.RENEWAL: _expire,
    WaitingKind.CHECK: _say_that_it_takes_longer,
    WaitingKind.CHANGES: _end_changes,
    WaitingKind.VERIFICATION: _say_that_it_takes_longer,
    WaitingKind.DOCUMENTS: _tell_coordinators,
    WaitingKind.SECOND: _say_that_it_takes_longer,
    WaitingKind.FACTS: _tell_coordinators,
}
