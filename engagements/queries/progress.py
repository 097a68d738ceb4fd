"""Where engagements stand for one person: the steps, the one thing to do next, and what waits for whom."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaspora_net.accounts.models import User
from engagements.models import Certificate, Engagement, Goal, Outcome, Participant, Session
from engagements.queries.agreements import Agreement, agreement_of
from engagements.queries.certificates import participants_of, valid_certificate_of
from engagements.queries.credentials import asked_skills
from engagements.queries.goals import goals_of
from engagements.queries.hours import Hours, hours_of
from engagements.queries.meetings import MeetingLine, meeting_lines
from engagements.queries.work import (
    Event,
    get_engagement,
    outcomes_of,
    sessions_of,
    timeline_of,
)
from engagements.rules.work import can_supervise, side_of
from engagements.states import (
    ANSWERING_STATES,
    CHANGEABLE_STATES,
    ENGAGEMENT_TRANSITIONS,
    LOGGING_STATES,
    RUNNING_STATES,
    EngagementState,
    HoursState,
    Side,
)

_CURRENT_STEP = {
    EngagementState.AGREEING: 1,
    EngagementState.SCHEDULED: 2,
    EngagementState.ACTIVE: 3,
    EngagementState.PAUSED: 3,
    EngagementState.ON_HOLD_SAFEGUARDING: 3,
    EngagementState.WRAPPING_UP: 4,
    EngagementState.COMPLETED: 6,
    EngagementState.FOLLOWED_UP: 6,
}


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next: a sentence, and a button (a form when ``is_post``) unless one waits for others."""

    note: str
    label: str = ""
    url: str = ""
    is_post: bool = False
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EngagementPage:
    """Everything an engagement's page shows to one person. ``side`` is None for who only looks on."""

    engagement: Engagement
    side: Side | None
    is_supervisor: bool
    sessions: list[Session]
    outcomes: list[Outcome]
    certificate: Certificate | None
    participants: list[Participant]
    skills: list[tuple[int, str]]
    timeline: list[Event]
    agreement: Agreement
    goals: list[Goal]
    meetings: list[MeetingLine]

    @property
    def taking_part(self) -> list[tuple[int, str]]:
        """Return the ids and names of the participants who have not left."""
        return [(one.pk, one.name) for one in self.participants if one.left_at is None]

    @property
    def hours(self) -> Hours:
        """Return what the sessions add up to."""
        return hours_of(self.sessions)

    @property
    def step_labels(self) -> list[str]:
        """Return the names of the steps of every engagement."""
        return [_("Introduced"), _("Agreed"), _("Under way"), _("Reported"), _("Closed")]

    @property
    def current_step(self) -> int | None:
        """Return the current step, 1-based; None where the way was left early."""
        return _CURRENT_STEP.get(EngagementState(self.engagement.state))

    @property
    def own_outcome(self) -> Outcome | None:
        """Return what the viewer's side said came of it."""
        return next((outcome for outcome in self.outcomes if outcome.side == self.side), None)

    @property
    def to_confirm(self) -> list[Session]:
        """Return the sessions whose hours wait for the viewer's side."""
        return [session for session in self.to_answer if session.state == HoursState.UNCONFIRMED]

    @property
    def to_answer(self) -> list[Session]:
        """Return the sessions the viewer's side may confirm: unconfirmed and disputed ones of the other side."""
        return [session for session in self._unsettled if session.logged_side != self.side]

    @property
    def to_correct(self) -> list[Session]:
        """Return the sessions the viewer's side may correct."""
        return [session for session in self._unsettled if session.logged_side == self.side]

    @property
    def _unsettled(self) -> list[Session]:
        if self.side is None or self.engagement.state not in ANSWERING_STATES:
            return []
        return [session for session in self.sessions if session.state != HoursState.CONFIRMED]

    @property
    def can_change_terms(self) -> bool:
        """Say whether the viewer may propose other terms."""
        return self.side is not None and self.engagement.state in CHANGEABLE_STATES

    @property
    def can_set_goals(self) -> bool:
        """Say whether the viewer may add learning goals and say how far they are."""
        is_held = self.engagement.state == EngagementState.ON_HOLD_SAFEGUARDING
        return self.side is not None and not is_held and self.engagement.state in RUNNING_STATES

    @property
    def can_log(self) -> bool:
        """Say whether the viewer may log a session now."""
        return self.side is not None and self.engagement.state in LOGGING_STATES

    @property
    def can_report(self) -> bool:
        """Say whether the viewer may say now what came of it."""
        reporting = {EngagementState.ACTIVE, EngagementState.WRAPPING_UP}
        return self.side is not None and self.own_outcome is None and self.engagement.state in reporting

    @property
    def moves(self) -> list[NextStep]:
        """Return the moves beside the next step that the viewer may make, as forms without words."""
        names = _MOVES_OF_SUPERVISOR if self.is_supervisor else _MOVES_OF_SIDES if self.side else {}
        next_url = self.next_step.url
        moves = [_post(self, name, str(label), "") for name, label in names.get(self.engagement.state, {}).items()]
        return [move for move in moves if move.url != next_url]

    @property
    def stop(self) -> NextStep | None:
        """Return how the viewer may end the engagement: call off before it began, end early afterwards."""
        if self.side is None and not self.is_supervisor:
            return None
        possible = ENGAGEMENT_TRANSITIONS.get(self.engagement.state, ())
        note = _("The places are free again and the conversation closes. This cannot be undone.")
        if EngagementState.CANCELLED in possible:
            return _post(self, "cancel", _("Call off"), note)
        return _post(self, "end", _("End early"), note) if EngagementState.ENDED_EARLY in possible else None

    @property
    def next_step(self) -> NextStep:
        """Return what the viewer does next."""
        if self.side is None:
            return NextStep(_("You look on: the two sides do the work."))
        if self.agreement.pending and self.agreement.waits_for(self.side):
            url = reverse("engagements:engagement-terms", args=[self.engagement.reference])
            return NextStep(_("A change of the agreement waits for your answer."), _("Read the change"), url)
        return _NEXT[EngagementState(self.engagement.state)](self)


def engagement_page(viewer: User, reference: str) -> EngagementPage:
    """Return what the page shows to ``viewer``. Raises Http404 unless they may see it. Queries: at most 15."""
    engagement = get_engagement(viewer, reference)
    side = side_of(viewer, engagement)
    return EngagementPage(
        engagement=engagement,
        side=side,
        is_supervisor=side is None and can_supervise(viewer, engagement),
        sessions=sessions_of(engagement),
        outcomes=outcomes_of(engagement),
        certificate=valid_certificate_of(engagement),
        participants=participants_of(engagement),
        skills=asked_skills(engagement.need),
        timeline=timeline_of(engagement),
        agreement=agreement_of(engagement),
        goals=goals_of(engagement),
        meetings=meeting_lines(viewer, engagement, side),
    )


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
    return _post(page, "resume", _("Go on"), _("The work rests. Go on when both are ready."))


def _wrapping_up(page: EngagementPage) -> NextStep:
    if page.own_outcome is None:
        if not all(goal.is_settled for goal in page.goals):
            note = _("Say how each learning goal ended, then what came of the work.")
            return NextStep(note, _("Look at the goals"), "#goals")
        return NextStep(_("Say what came of it, in two minutes."), _("Say what came of it"), "#outcome")
    if len(page.outcomes) < len(Side):
        return NextStep(_("You have said what came of it. The other side is asked to do the same."))
    note = _("Both sides have said what came of it.")
    if page.hours.waiting or page.hours.unconfirmed:
        note = _("Both sides have said what came of it. Hours that are not confirmed by now will not count.")
    return _post(page, "complete", _("Complete the engagement"), note)


def _ended(page: EngagementPage) -> NextStep:
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
    EngagementState.COMPLETED: {"follow-up": gettext_lazy("Both sides were asked a year later")},
}
_PAUSE, _WRAP_UP = gettext_lazy("Pause"), gettext_lazy("Wrap up and report")
_MOVES_OF_SIDES: dict[str, dict[str, Promise]] = {
    EngagementState.SCHEDULED: {"start": gettext_lazy("Start the work"), "pause": _PAUSE},
    EngagementState.ACTIVE: {"wrap-up": _WRAP_UP, "pause": _PAUSE},
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
