"""What one person does next with an engagement: the one thing, the moves beside it, and how to end it."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.queries.progress import EngagementPage
from engagements.states import ENGAGEMENT_TRANSITIONS, RUNNING_STATES, EngagementState
from engagements.states.outcomes import OutcomeMoment


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next: a sentence, and a button (a form when ``is_post``) unless one waits for others."""

    note: str
    label: str = ""
    url: str = ""
    is_post: bool = False
    fields: dict[str, str] = field(default_factory=dict)


def moves_of(page: EngagementPage) -> list[NextStep]:
    """Return the moves beside the next step that the viewer may make, as forms without words."""
    names = _MOVES_OF_SUPERVISOR if page.is_supervisor else _MOVES_OF_SIDES if page.side else {}
    next_url = next_step_of(page).url
    moves = [_post(page, name, str(label), "") for name, label in names.get(page.engagement.state, {}).items()]
    return [move for move in moves if move.url != next_url]


def stop_of(page: EngagementPage) -> NextStep | None:
    """Return how the viewer may end the engagement: call off before it began, end early afterwards."""
    if page.side is None and not page.is_supervisor:
        return None
    possible = ENGAGEMENT_TRANSITIONS.get(page.engagement.state, ())
    note = _("The places are free again and the conversation closes. This cannot be undone.")
    if EngagementState.CANCELLED in possible:
        return _post(page, "cancel", _("Call off"), note)
    return _post(page, "end", _("End early"), note) if EngagementState.ENDED_EARLY in possible else None


def next_step_of(page: EngagementPage) -> NextStep:
    """Return what the viewer does next."""
    if page.side is None:
        return NextStep(_("You look on: the two sides do the work."))
    if page.agreement.pending and page.agreement.waits_for(page.side):
        url = reverse("engagements:engagement-terms", args=[page.engagement.reference])
        return NextStep(_("A change of the agreement waits for your answer."), _("Read the change"), url)
    return _NEXT[EngagementState(page.engagement.state)](page)


def _post(page: EngagementPage, name: str, label: str, note: str, **fields: str) -> NextStep:
    url = reverse(f"engagements:engagement-{name}", args=[page.engagement.reference])
    return NextStep(note, label, url, is_post=True, fields=fields)


def _agreeing(page: EngagementPage) -> NextStep:
    if page.agreement.latest is None or not page.agreement.waits_for(page.side):
        return NextStep(_("You have agreed. The other side reads the plan now."))
    note = _("Read the plan below. Change it, or agree to it.")
    return _post(page, "agree", _("Agree to the plan"), note, seen=str(page.agreement.latest.number))


def _about_meetings(page: EngagementPage) -> NextStep | None:
    """Return what an appointment asks of the viewer now."""
    for line in page.meetings:
        url = reverse("engagements:meeting", args=[line.meeting.reference])
        if line.waits_for_choice:
            return NextStep(_("Times for a session are proposed."), _("Choose a time"), url)
        if line.waits_for_telling:
            return NextStep(_("The time of a session is over. Was it held?"), _("Say how it went"), url)
    return None


def _scheduled(page: EngagementPage) -> NextStep:
    if asked := _about_meetings(page):
        return asked
    if not page.meetings:
        url = reverse("engagements:meeting-propose", args=[page.engagement.reference])
        return NextStep(_("Both sides agreed. Find a time for the first session."), _("Propose times"), url)
    return _post(page, "start", _("Start the work"), _("Both sides agreed. A session is on its way."))


def _active(page: EngagementPage) -> NextStep:
    if page.to_confirm:
        return NextStep(_("Hours wait for your confirmation."), _("Look at the hours"), "#sessions")
    if asked := _about_meetings(page):
        return asked
    if page.hours.confirmed >= page.engagement.hours_planned * 60:
        note = _("The planned hours are done and confirmed.")
        return _post(page, "wrap-up", _("Wrap up and report"), note)
    return NextStep(_("After each session, log it. It takes 20 seconds."), _("Log a session"), "#log")


def _paused(page: EngagementPage) -> NextStep:
    note = _("The work rests. Go on when both are ready.")
    if until := page.engagement.paused_until:
        note = _("The work rests until %(day)s and then goes on by itself: %(reason)s.") % {
            "day": date_format(until),
            "reason": page.engagement.get_pause_reason_display(),
        }
    return _post(page, "resume", _("Go on"), note)


def _wrapping_up(page: EngagementPage) -> NextStep:
    if not page.outcomes.has_reported(page.side):
        if not all(goal.is_settled for goal in page.goals):
            note = _("Say how each learning goal ended, then what came of the work.")
            return NextStep(note, _("Look at the goals"), "#goals")
        url = reverse("engagements:outcome-give", args=[page.engagement.reference, OutcomeMoment.END])
        return NextStep(_("Say what came of it, in two minutes."), _("Say what came of it"), url)
    if not page.outcomes.is_reported:
        return NextStep(_("You have said what came of it. The other side is asked to do the same."))
    note = _("Both sides have said what came of it.")
    if page.hours.waiting or page.hours.unconfirmed:
        note = _("Both sides have said what came of it. Hours that are not confirmed by now will not count.")
    return _post(page, "complete", _("Complete the engagement"), note)


def _ended(page: EngagementPage) -> NextStep:
    if asked := [row for row in page.outcomes.to_give if row.moment == OutcomeMoment.LATER]:
        url = reverse("engagements:outcome-give", args=[page.engagement.reference, asked[0].moment])
        return NextStep(_("A year later: is the result still in use? One minute."), _("Answer"), url)
    if page.certificate:
        url = reverse("engagements:certificate-pdf", args=[page.certificate.code])
        return NextStep(_("The certificate shows the confirmed hours."), _("Download the certificate"), url)
    if page.hours.confirmed:
        note = _("The confirmed hours can be certified.")
        return _post(page, "certificate", _("Make the certificate"), note)
    return NextStep(_("This engagement is closed."))


def _over(page: EngagementPage) -> NextStep:
    return NextStep(_("This engagement is closed."))


def _held(page: EngagementPage) -> NextStep:
    return NextStep(_("The coordinator looks into a concern. The work rests until then."))


_HOLD: dict[str, Promise] = {"hold": gettext_lazy("Put on hold at once")}
_MOVES_OF_SUPERVISOR: dict[str, dict[str, Promise]] = {
    **dict.fromkeys(sorted(RUNNING_STATES - {EngagementState.ON_HOLD_SAFEGUARDING}), _HOLD),
    EngagementState.ON_HOLD_SAFEGUARDING: {"release": gettext_lazy("Release: the work goes on")},
    EngagementState.COMPLETED: {"follow-up": gettext_lazy("Close the question a year later")},
}
_MOVES_OF_SIDES: dict[str, dict[str, Promise]] = {
    EngagementState.SCHEDULED: {"start": gettext_lazy("Start the work")},
    EngagementState.ACTIVE: {"wrap-up": gettext_lazy("Wrap up and report")},
    EngagementState.PAUSED: {"resume": gettext_lazy("Go on")},
    EngagementState.WRAPPING_UP: {"resume": gettext_lazy("Go on working")},
}

_NEXT = {
    EngagementState.AGREEING: _agreeing,
    EngagementState.SCHEDULED: _scheduled,
    EngagementState.ACTIVE: _active,
    EngagementState.PAUSED: _paused,
    EngagementState.WRAPPING_UP: _wrapping_up,
    EngagementState.COMPLETED: _ended,
    EngagementState.FOLLOWED_UP: _ended,
    EngagementState.ENDED_EARLY: _ended,
    EngagementState.CANCELLED: _over,
    EngagementState.ON_HOLD_SAFEGUARDING: _held,
}
