"""How the engagements of the story go: plan, conversation, sessions, and where they stand today."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.actions import agreements, goals, meetings, outcomes, pauses, sessions, supervision
from engagements.actions import engagements as engagement_actions
from engagements.actions.outcomes import Level
from engagements.actions.proposals import accept_proposal, view_proposal
from engagements.demo import carrying
from engagements.demo.cast import World
from engagements.demo.clock import at
from engagements.demo.proposing import receiver, send
from engagements.demo.shapes import Held, Line, Result, Work
from engagements.models import Engagement
from engagements.queries.agreements import latest_version
from engagements.queries.credentials import asked_skills
from engagements.queries.meetings import open_meetings, starts_for
from engagements.states import EngagementState, OutcomeResult, PauseReason, ProposalOrigin
from engagements.states.outcomes import OutcomeMoment, SkillStep, StillInUse
from messaging.actions.conversations import add_participant
from messaging.actions.messages import post_message

Act = Callable[[], object]
AGREED_STATES = frozenset(EngagementState.values) - {EngagementState.AGREEING, EngagementState.CANCELLED}
REPORTED_STATES = frozenset({EngagementState.COMPLETED, EngagementState.FOLLOWED_UP})
# How well the people there do it afterwards, by how far the goal was achieved.
RISEN = {
    OutcomeResult.ACHIEVED: SkillStep.TEACHES,
    OutcomeResult.PARTLY: SkillStep.ALONE,
    OutcomeResult.NOT_ACHIEVED: SkillStep.WITH_HELP,
}
# A completed engagement was wrapped up a week before its end.
WEEK = 7


def work(world: World, planned: Work) -> None:
    """Play one engagement from its proposal to where it stands, in the order of its days."""
    with at(world.calendar.ago(planned.proposed, "08:10")):
        proposal = send(world, planned.need, planned.expert, planned.origin, planned.message)
    with at(world.calendar.ago(planned.accepted, "06:05")):
        actor = receiver(world, proposal)
        proposal = view_proposal(actor=actor, proposal=proposal)
        engagement = accept_proposal(actor=actor, proposal=proposal)
    world.engagements[planned.need] = engagement
    play = _Play(world, planned, engagement)
    for moment, act in sorted(play.acts(), key=lambda dated: dated[0]):
        with at(moment):
            act()


class _Play:
    """The dated acts of one engagement."""

    def __init__(self, world: World, planned: Work, engagement: Engagement) -> None:
        self.world, self.planned, self.engagement = world, planned, engagement
        self.expert, self.focal_point = engagement.expert.user, engagement.focal_point

    def acts(self) -> Iterator[tuple[datetime, Act]]:
        """Yield every act with its moment, in no order."""
        ago = self.world.calendar.ago
        yield from self._plan()
        for line in self.planned.lines:
            yield ago(line.days, line.clock), partial(self._say, line)
        for held in self.planned.sessions:
            yield ago(held.days, "17:00"), partial(self._hold, held)
        yield from self._coming()
        yield from self._ending()

    def _coming(self) -> Iterator[tuple[datetime, Act]]:
        """Yield how the next session of busy work is agreed: proposed yesterday, chosen where the expert applied."""
        is_busy = any(held.days <= WEEK for held in self.planned.sessions)
        if self.planned.state == EngagementState.ACTIVE and is_busy:
            yield self.world.calendar.ago(1, "09:10"), self._propose_times
            if self.planned.origin == ProposalOrigin.APPLICATION:
                yield self.world.calendar.ago(1, "15:40"), self._choose_time

    def _propose_times(self) -> None:
        times = starts_for(self.engagement, 60)[-3:]
        if times:
            meetings.propose_meeting(
                actor=self.expert,
                engagement=Engagement.objects.get(pk=self.engagement.pk),
                times=times,
                minutes=60,
                place=f"https://meet.example.org/{self.engagement.reference}",
            )

    def _choose_time(self) -> None:
        for meeting in open_meetings(self.engagement):
            starts_at = meeting.times.all()[0].starts_at
            meetings.choose_time(actor=self.focal_point, meeting=meeting, starts_at=starts_at)

    def _plan(self) -> Iterator[tuple[datetime, Act]]:
        planned, ago = self.planned, self.world.calendar.ago
        if planned.agreed is not None:
            yield ago(planned.agreed, "20:00"), self._write_plan
            if planned.state in AGREED_STATES:
                agree = partial(agreements.agree_engagement, actor=self.focal_point, engagement=self.engagement)
                yield ago(planned.agreed - 1, "07:30"), agree
        if planned.started is not None:
            start = partial(engagement_actions.start_engagement, actor=self.expert, engagement=self.engagement)
            yield ago(planned.started, "06:30"), start
            yield ago(planned.started, "06:35"), self._say_where_it_stands
            for text, state in planned.goals:
                yield ago(planned.started // 2, "06:40"), partial(self._set_goal, text, state)
        if planned.started is not None and planned.state == EngagementState.ACTIVE:
            yield ago(planned.started, "06:35"), partial(carrying.plan_milestones, self.engagement)
            yield ago(planned.started, "06:37"), partial(carrying.share_plan, self.engagement)
            yield ago(planned.started // 3, "06:45"), partial(carrying.reach_milestones, self.engagement)
        if planned.longer is not None:
            yield ago(planned.longer.days, "09:40"), self._extend

    def _write_plan(self) -> None:
        self._rewrite(
            self.expert,
            goal=self.planned.goal,
            hours_planned=self.planned.hours,
            ends_on=self.world.calendar.ahead(self.planned.ends),
        )
        agreements.agree_engagement(actor=self.expert, engagement=self.engagement)

    def _rewrite(self, actor: User, **changes: Any) -> None:
        """Write a new version of the agreement that differs from the last one in ``changes``."""
        terms = replace(agreements.terms_of(latest_version(self.engagement)), **changes)
        agreements.change_terms(actor=actor, engagement=self.engagement, terms=terms)

    def _set_goal(self, text: str, state: str) -> None:
        goal = goals.add_goal(actor=self.focal_point, engagement=self.engagement, text=text)
        for step in ("in_progress", state):
            if state != "open" and goal.state != step:
                goal = goals.move_goal(actor=self.expert, goal=goal, to=step)

    def _extend(self) -> None:
        """Let the institution ask for more hours and give its own yes; the expert's is awaited."""
        longer = self.planned.longer
        if longer is None:
            return
        hours = self.planned.hours + longer.hours
        goal = f"{self.planned.goal} {longer.goal}"
        self._rewrite(self.focal_point, goal=goal, hours_planned=hours)
        agreements.agree_engagement(actor=self.focal_point, engagement=self.engagement)
        if longer.is_accepted:
            agreements.agree_engagement(actor=self.expert, engagement=self.engagement)

    def _say(self, line: Line) -> None:
        speakers = {"expert": self.expert, "focal": self.focal_point}
        speaker = speakers.get(line.who) or self._colleague(line.who)
        post_message(actor=speaker, conversation=self.engagement.conversation, client_id=uuid.uuid4(), text=line.text)

    def _colleague(self, key: str) -> User:
        """Return somebody of the institution's team, in the conversation from their first word on."""
        colleague, conversation = self.world.people[key], self.engagement.conversation
        if not conversation.participants.filter(user=colleague).exists():
            add_participant(conversation=conversation, user=colleague)
        return colleague

    def _hold(self, held: Held) -> None:
        """Log a session and let the other side answer its hours in the same evening."""
        logging, answering = self.expert, self.focal_point
        if held.by == "institution":
            logging, answering = answering, logging
        session = sessions.log_session(
            actor=logging,
            engagement=self.engagement,
            held_on=self.world.calendar.ago(held.days).date(),
            minutes=held.minutes,
            kind=held.kind,
            people_present=held.people,
            summary=held.summary,
        )
        if held.fate == "confirmed":
            sessions.confirm_session(actor=answering, session=session)
        elif held.fate == "disputed":
            sessions.dispute_session(actor=answering, session=session, note=held.note)

    def _ending(self) -> Iterator[tuple[datetime, Act]]:
        planned, ago = self.planned, self.world.calendar.ago
        if planned.state in REPORTED_STATES:
            end = planned.ended or planned.changed
            yield ago(end + WEEK, "18:00"), self._wrap_up
            yield ago(end + 3, "18:00"), partial(self._report, self.expert, planned.of_expert)
            yield ago(end + 2, "09:00"), partial(self._report, self.focal_point, planned.of_institution)
            complete = partial(engagement_actions.complete_engagement, actor=self.expert, engagement=self.engagement)
            yield ago(end, "20:00"), complete
        if planned.changed and planned.state != EngagementState.COMPLETED:
            yield ago(planned.changed, "20:30"), self._change

    def _wrap_up(self) -> None:
        engagement_actions.wrap_up_engagement(actor=self.expert, engagement=self.engagement)

    def _report(self, actor: User, result: Result | None) -> None:
        if result is None:
            return
        outcomes.give_outcome(
            actor=actor,
            engagement=self.engagement,
            result=result.result,
            effects=result.effects,
            text=result.text,
            people_reached=result.people,
            levels=self._levels(now=RISEN[OutcomeResult(result.result)]),
        )

    def _levels(self, *, now: int | None = None) -> list[Level]:
        """Return how well each agreed skill is done: with help at most before the work, ``now`` as it went."""
        skills = [skill for skill, _label in asked_skills(self.engagement.need)]
        before = [place % 2 for place in range(len(skills))]
        if now is None:
            return [Level(skill, step) for skill, step in zip(skills, before, strict=True)]
        return [Level(skill, max(now, step), step) for skill, step in zip(skills, before, strict=True)]

    def _say_where_it_stands(self) -> None:
        for person in (self.expert, self.focal_point):
            outcomes.give_outcome(
                actor=person, engagement=self.engagement, moment=OutcomeMoment.START, levels=self._levels()
            )

    def _follow_up(self) -> None:
        """Let both sides say a year later that the result is in use; the second answer follows the engagement up."""
        for person, use in ((self.expert, StillInUse.YES), (self.focal_point, StillInUse.PARTLY)):
            outcomes.give_outcome(
                actor=person, engagement=self.engagement, moment=OutcomeMoment.LATER, still_in_use=use
            )

    def _change(self) -> None:
        """Take the last step, to where the engagement stands today."""
        engagement, planned, coordinator = self.engagement, self.planned, self.world.coordinator
        if planned.state == EngagementState.PAUSED:
            pauses.pause_engagement(
                actor=self.focal_point,
                engagement=engagement,
                until=timezone.localdate() + timedelta(days=30),
                reason=PauseReason.ABSENCE,
            )
        elif planned.state == EngagementState.WRAPPING_UP:
            self._wrap_up()
            self._report(self.expert, planned.of_expert)
        elif planned.state == EngagementState.ENDED_EARLY:
            engagement_actions.end_engagement_early(actor=self.expert, engagement=engagement, reason=planned.reason)
        elif planned.state == EngagementState.CANCELLED:
            engagement_actions.cancel_engagement(actor=self.focal_point, engagement=engagement, reason=planned.reason)
        elif planned.state == EngagementState.ON_HOLD_SAFEGUARDING:
            supervision.hold_engagement(actor=coordinator, engagement=engagement)
        elif planned.state == EngagementState.FOLLOWED_UP:
            self._follow_up()
