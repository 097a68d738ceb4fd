"""Where an engagement stands for one person: its steps, what waits for whom, and what they may do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core.transitions import can_advance
from engagements.models import Certificate, Engagement, Goal, Milestone, Participant, Session, SharedFile
from engagements.queries.agreements import Agreement, agreement_of
from engagements.queries.certificates import participants_of, valid_certificate_of
from engagements.queries.chains import chain_of
from engagements.queries.credentials import asked_skills
from engagements.queries.goals import goals_of
from engagements.queries.hours import Hours, hours_of
from engagements.queries.meetings import MeetingLine, meeting_lines
from engagements.queries.milestones import milestone_events, milestones_of
from engagements.queries.outcomes import OutcomesShown, outcomes_of
from engagements.queries.shared_files import shared_files_of
from engagements.queries.work import Event, get_engagement, sessions_of, timeline_of
from engagements.rules.work import can_supervise, side_of
from engagements.states import (
    ANSWERING_STATES,
    CHANGEABLE_STATES,
    CONTINUING_STATES,
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
class EngagementPage:
    """Everything an engagement's page shows to one person. ``side`` is None for who only looks on."""

    engagement: Engagement
    side: Side | None
    is_supervisor: bool
    sessions: list[Session]
    outcomes: OutcomesShown
    certificate: Certificate | None
    participants: list[Participant]
    skills: list[tuple[int, str]]
    timeline: list[Event]
    agreement: Agreement
    goals: list[Goal]
    milestones: list[Milestone]
    files: list[SharedFile]
    chain: list[Engagement]
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
    def can_plan_next(self) -> bool:
        """Say whether the viewer may plan what follows: at the end of the chain, while it runs or when it is over."""
        is_last = self.chain[-1].pk == self.engagement.pk
        return self.side is not None and is_last and self.engagement.state in CONTINUING_STATES

    @property
    def can_pause(self) -> bool:
        """Say whether the viewer may let the work rest."""
        return self.side is not None and can_advance(self.engagement.state, "paused", ENGAGEMENT_TRANSITIONS)

    @property
    def can_extend(self) -> bool:
        """Say whether the viewer may propose to go on for longer; while a change waits, that comes first."""
        is_agreed = self.agreement.in_force is not None and self.agreement.in_force == self.agreement.latest
        return self.can_change_terms and is_agreed

    @property
    def can_set_goals(self) -> bool:
        """Say whether the viewer may plan goals and milestones and say how far they are."""
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
        has_reported = self.outcomes.has_reported(self.side)
        return self.side is not None and not has_reported and self.engagement.state in reporting


def engagement_page(viewer: User, reference: str) -> EngagementPage:
    """Return what the page shows to ``viewer``. Raises Http404 unless they may see it. Queries: at most 19."""
    engagement = get_engagement(viewer, reference)
    side = side_of(viewer, engagement)
    is_supervisor = side is None and can_supervise(viewer, engagement)
    milestones = milestones_of(engagement)
    return EngagementPage(
        engagement=engagement,
        side=side,
        is_supervisor=is_supervisor,
        sessions=sessions_of(engagement),
        outcomes=OutcomesShown(outcomes_of(engagement), viewer, side, is_supervisor=is_supervisor),
        certificate=valid_certificate_of(engagement),
        participants=participants_of(engagement),
        skills=asked_skills(engagement.need),
        timeline=_by_time([*timeline_of(engagement), *milestone_events(milestones)]),
        agreement=agreement_of(engagement),
        goals=goals_of(engagement),
        milestones=milestones,
        files=shared_files_of(engagement),
        chain=chain_of(engagement),
        meetings=meeting_lines(viewer, engagement, side),
    )


def _by_time(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.at)
