"""Play the work on one need of the history, from the yes to the answers a year after it."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from diaspora_net.accounts.models import User
from diaspora_net.core.transitions import lock
from engagements.actions import agreements, closing, nominations, outcomes, participants, proposals, sessions
from engagements.actions import engagements as engagement_actions
from engagements.actions.outcomes import Level
from engagements.actions.staleness import expire_need, let_stale
from engagements.demo.history.asked import Asking
from engagements.demo.history.cases import HIDDEN_AFTER, RUNS_OUT_AFTER, Meeting
from engagements.demo.history.frames import FAMILY, GIVEN, PEOPLE_OF
from engagements.queries.credentials import asked_skills
from engagements.states import NeedResult, OutcomeResult, ProposalOrigin
from engagements.states.outcomes import OutcomeMoment, SkillStep
from messaging.actions.messages import post_message

Act = Callable[[], object]
Dated = tuple[datetime, Act]
RISEN = {
    OutcomeResult.ACHIEVED: SkillStep.TEACHES,
    OutcomeResult.PARTLY: SkillStep.ALONE,
    OutcomeResult.NOT_ACHIEVED: SkillStep.WITH_HELP,
}
MET = {
    OutcomeResult.ACHIEVED: NeedResult.MET,
    OutcomeResult.PARTLY: NeedResult.PARTLY,
    OutcomeResult.NOT_ACHIEVED: NeedResult.NOT_MET,
}


class Work(Asking):
    """All acts of one case, each with its moment."""

    def acts(self) -> Iterator[Dated]:
        """Yield everything that happens about the need, in no order."""
        case, ago = self.case, self.world.calendar.ago
        yield ago(case.posted + 1, "09:10"), self.write
        yield ago(case.posted, "11:30"), self.open
        if case.fate == "nobody":
            yield ago(case.posted - HIDDEN_AFTER, "05:00"), lambda: let_stale(lock(self.need))
            yield ago(case.posted - HIDDEN_AFTER - RUNS_OUT_AFTER, "05:00"), lambda: expire_need(lock(self.need))
        elif case.fate == "withdrawn":
            yield ago(case.over, "10:00"), lambda: closing.withdraw_need(actor=self.focal_point, need=self.need)
        if case.first_day is not None:
            yield from self.ask_first(case.first_day)
        if case.sent is not None and case.answered is not None and case.agreed is not None:
            yield from self._agree(case.sent, case.answered, case.agreed)
        if case.started is not None:
            yield from self._work(case.started)
        yield from self._ends()

    def _agree(self, sent: int, answered: int, agreed: int) -> Iterator[Dated]:
        case, ago = self.case, self.world.calendar.ago
        yield ago(sent, "12:00"), partial(self.send, case.expert, case.origin)
        if case.origin == ProposalOrigin.NOMINATION:
            yield (
                ago(answered, "07:00"),
                lambda: nominations.agree_to_nomination(actor=self.expert, proposal=self.asked()),
            )
        yield ago(answered, "13:40"), self._accept
        for actor, clock in (("institution", "08:20"), ("expert", "19:30")):
            yield ago(agreed, clock), partial(self._sign, actor)

    def _accept(self) -> None:
        is_invited = self.case.origin == ProposalOrigin.INVITATION
        actor = self.expert if is_invited else self.focal_point
        proposal = proposals.view_proposal(actor=actor, proposal=self.asked())
        self.work = proposals.accept_proposal(actor=actor, proposal=proposal)
        self._say(self.expert, "hello")

    def _sign(self, side: str) -> None:
        actor = self.expert if side == "expert" else self.focal_point
        agreements.agree_engagement(actor=actor, engagement=self.engagement)

    def _say(self, speaker: User, words: str) -> None:
        conversation = self.engagement.conversation
        post_message(actor=speaker, conversation=conversation, client_id=uuid.uuid4(), text=self.said[words])

    def _work(self, started: int) -> Iterator[Dated]:
        ago = self.world.calendar.ago
        yield ago(started, "07:10"), self._begin
        for place, meeting in enumerate(self.case.sessions):
            yield ago(meeting.day, "17:00"), partial(self._hold, place, meeting)
        yield ago(self.case.sessions[0].day, "17:40"), lambda: self._say(self.focal_point, "thanks")

    def _begin(self) -> None:
        engagement = engagement_actions.start_engagement(actor=self.expert, engagement=self.engagement)
        people = PEOPLE_OF[self.world.organisations[self.case.institution].country.code]
        given, family = GIVEN[people], FAMILY[people]
        for place in range(self.case.participants):
            number = self.case.number * 5 + place
            named = participants.add_participant(
                actor=self.focal_point,
                engagement=engagement,
                name=f"{given[number % len(given)]} {family[number * 7 // 3 % len(family)]}",
                role="counterpart" if place == 0 else "mentee",
                language=self.case.language,
            )
            self.people.append(named.pk)
        for actor in (self.expert, self.focal_point):
            self._answer(actor, OutcomeMoment.START, levels=self._levels(None))

    def _levels(self, now: SkillStep | None) -> list[Level]:
        before = [place % 2 for place, _skill in enumerate(asked_skills(self.need))]
        skills = [skill for skill, _label in asked_skills(self.need)]
        return [Level(skill, max(now or 0, step), step) for skill, step in zip(skills, before, strict=True)]

    def _answer(self, actor: User, moment: OutcomeMoment, **answers: Any) -> None:
        outcomes.give_outcome(actor=actor, engagement=self.engagement, moment=moment, **answers)

    def _hold(self, place: int, meeting: Meeting) -> None:
        logging, answering = (self.expert, self.focal_point) if place % 3 else (self.focal_point, self.expert)
        session = sessions.log_session(
            actor=logging,
            engagement=self.engagement,
            held_on=self.world.calendar.ago(meeting.day).date(),
            minutes=meeting.minutes,
            kind=meeting.kind,
            is_on_site=meeting.is_on_site,
            attended=self.people[: meeting.people],
        )
        if meeting.fate in {"disputed", "corrected"}:
            sessions.dispute_session(actor=answering, session=session, note=self.said["dispute"])
        if meeting.fate == "corrected":
            session = sessions.correct_session(actor=logging, session=session, minutes=meeting.minutes - 15)
        if meeting.fate in {"confirmed", "corrected"}:
            sessions.confirm_session(actor=answering, session=session)

    def _ends(self) -> Iterator[Dated]:
        case, ago = self.case, self.world.calendar.ago
        if case.wrapped is not None:
            yield (
                ago(case.wrapped, "18:00"),
                lambda: engagement_actions.wrap_up_engagement(actor=self.expert, engagement=self.engagement),
            )
            yield ago(case.over + 3, "09:00"), partial(self._report, "institution")
            yield ago(case.over + 2, "20:00"), partial(self._report, "expert")
            yield (
                ago(case.over, "20:00"),
                lambda: engagement_actions.complete_engagement(actor=self.expert, engagement=self.engagement),
            )
            yield ago(case.over - 4, "09:00"), lambda: self._close(MET[OutcomeResult(case.result)])
        elif case.end_reason:
            yield ago(case.over, "18:00"), self._stop
            yield ago(case.over - 5, "09:00"), lambda: self._close(NeedResult.NOT_MET)
        if case.later_day is not None:
            for side, delay in (("expert", 0), ("institution", 2)):
                if case.later in {"both", side}:
                    yield ago(case.later_day - delay, "19:00"), partial(self._say_later, side)

    def _report(self, side: str) -> None:
        self._answer(
            self.expert if side == "expert" else self.focal_point,
            OutcomeMoment.END,
            result=self.case.result,
            effects=("information", "capacity") if self.case.result == OutcomeResult.ACHIEVED else ("information",),
            text=self.said["result"],
            people_reached=4 * self.case.participants,
            levels=self._levels(RISEN[OutcomeResult(self.case.result)]),
        )

    def _say_later(self, side: str) -> None:
        actor = self.expert if side == "expert" else self.focal_point
        self._answer(actor, OutcomeMoment.LATER, still_in_use=self.case.in_use)

    def _stop(self) -> None:
        stop = engagement_actions.end_engagement_early if self.case.started else engagement_actions.cancel_engagement
        stop(actor=self.focal_point, engagement=self.engagement, reason=self.case.end_reason)

    def _close(self, result: NeedResult) -> None:
        closing.close_need(actor=self.focal_point, need=self.need, result=result)
