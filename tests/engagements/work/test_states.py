"""Whatever people do in whatever order, every noun only takes steps of its table, and what belongs together agrees.

A machine draws acts and actors at random, most of them out of turn. After each act: who was refused has changed
nothing, who was not has moved along the table, and the sums of the database are right.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from diaspora_net.accounts.actions.blocks import block_person, unblock_person
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import DomainError
from diaspora_net.core.models import AuditEntry
from diaspora_net.core.transitions import Transitions
from engagements.actions import closing, needs, supervision
from engagements.actions import engagements as work
from engagements.actions.agreements import agree_engagement, change_terms, terms_of
from engagements.actions.goals import add_goal, move_goal
from engagements.actions.outcomes import give_outcome
from engagements.actions.pauses import pause_engagement
from engagements.actions.proposals import (
    accept_proposal,
    apply_for_need,
    decline_proposal,
    invite_expert,
    view_proposal,
    withdraw_proposal,
)
from engagements.actions.questions import answer_question, ask_sender
from engagements.actions.sessions import confirm_session, correct_session, dispute_session, log_session
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Certificate, Engagement, Goal, Need, Proposal, Session
from engagements.queries.agreements import agreement_of, latest_version
from engagements.states import (
    CERTIFICATE_TRANSITIONS,
    ENGAGEMENT_TRANSITIONS,
    GOAL_TRANSITIONS,
    HOURS_TRANSITIONS,
    LIVE_PROPOSAL_STATES,
    NEED_TRANSITIONS,
    OPEN_PROPOSAL_STATES,
    PROPOSAL_TRANSITIONS,
    RUNNING_STATES,
)
from mentors.models import ExpertProfile
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.days import let_proposals_run_out
from tests.world import World, make_world

pytestmark = pytest.mark.django_db

TABLES: dict[type[Model], Transitions] = {
    Need: NEED_TRANSITIONS,
    Proposal: PROPOSAL_TRANSITIONS,
    Engagement: ENGAGEMENT_TRANSITIONS,
    Session: HOURS_TRANSITIONS,
    Goal: GOAL_TRANSITIONS,
    Certificate: CERTIFICATE_TRANSITIONS,
}
WHO = st.sampled_from(["amina", "bereket", "chidi", "dana"])


def states() -> dict[tuple[type[Model], Any], str]:
    found: dict[tuple[type[Model], Any], str] = {}
    for model in TABLES:
        found |= {(model, pk): state for pk, state in model._base_manager.values_list("pk", "state")}
    return found


def reachable(table: Transitions, begin: str) -> set[str]:
    seen: set[str] = set()
    waiting = [begin]
    while waiting:
        if (one := waiting.pop()) not in seen:
            seen.add(one)
            waiting += [str(to) for to in table.get(one, ())]
    return seen


def traces() -> tuple[int, int]:
    return AuditEntry.objects.count(), Notification.objects.count()


class Work(RuleBasedStateMachine):
    """One need of two places, one expert, and everything that can be done about them."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.need = story.after_need_published(self.world, places=2)
        self.before = states()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def act(self, act: Callable[[], object]) -> None:
        """Do it; a refusal has to leave no trace, in states, audit or news."""
        before, told = states(), traces()
        try:
            with transaction.atomic():
                act()
        except DomainError:
            assert (states(), traces()) == (before, told), "a refusal left a trace"

    def person(self, who: str) -> User:
        return self.world.people[who]

    def newest(self, model: Any) -> Any:
        return model.objects.order_by("-pk").first()

    # The story as it goes when nothing is in the way, or chance would never get past an offer
    @rule(steps=st.integers(1, 4))
    def go_on(self, steps: int) -> None:
        self.go_on_by(steps)

    @rule(steps=st.integers(1, 8))
    def go_far(self, steps: int) -> None:
        self.go_on_by(steps)

    def go_on_by(self, steps: int) -> None:
        for _step in range(steps):
            self.next_step()

    def next_step(self) -> None:
        proposal, engagement = self.newest(Proposal), self.newest(Engagement)
        if engagement is not None and engagement.state in RUNNING_STATES:
            self.work_on(engagement)
        elif proposal is not None and proposal.state in OPEN_PROPOSAL_STATES:
            by_expert = proposal.origin == "application"
            receiver, sender = ("bereket", "amina") if by_expert else ("amina", "bereket")
            asked = proposal.state == "info_requested"
            self.answer_proposal_as(sender if asked else receiver, "answer" if asked else "accept")
        elif Need.objects.filter(state__in=["published", "in_engagement"]).exists():
            self.apply_as("amina")
        else:
            story.after_need_published(self.world, places=2)

    def work_on(self, engagement: Engagement) -> None:
        sides = ("amina", "bereket")
        if engagement.state == "agreeing":
            for who in sides:
                self.act(lambda who=who: agree_engagement(actor=self.person(who), engagement=engagement))
        elif engagement.state == "active":
            session = engagement.sessions.order_by("-pk").first()
            if session is None:
                self.log_as("amina", 90)
            elif session.state == "confirmed":
                self.move_as("amina", "wrap")
            else:
                self.answer_hours_as("bereket" if session.logged_side == "expert" else "amina", "confirm")
        elif engagement.state == "wrapping_up":
            for goal in engagement.goals.all():
                self.act(lambda goal=goal: move_goal(actor=self.person("amina"), goal=goal, to="achieved"))
            for who in sides:
                self.say_as(who)
            self.move_as("bereket", "complete")
        elif engagement.state in {"paused", "scheduled"}:
            self.move_as("amina", "resume" if engagement.state == "paused" else "start")
        else:
            self.move_as("chidi", "release")

    # The need
    @rule(who=WHO, step=st.sampled_from(["pause", "resume", "resume", "resume", "withdraw", "close"]))
    def run_need(self, who: str, step: str) -> None:
        acts: dict[str, Callable[..., object]] = {
            "pause": needs.pause_need,
            "resume": needs.resume_need,
            "withdraw": closing.withdraw_need,
            "close": lambda **of: closing.close_need(result="partly", **of),
        }
        self.act(lambda: acts[step](actor=self.person(who), need=self.newest(Need)))

    @rule()
    def open_another(self) -> None:
        if not Need.objects.filter(state__in=["published", "in_engagement", "paused"]).exists():
            story.after_need_published(self.world, places=1)

    # The proposal
    @rule(who=WHO)
    def apply(self, who: str) -> None:
        self.apply_as(who)

    def apply_as(self, who: str) -> None:
        self.act(lambda: apply_for_need(actor=self.person(who), need=self.newest(Need), message="I can help."))

    @rule(who=WHO)
    def invite(self, who: str) -> None:
        profile = ExpertProfile.objects.get(pk=self.world.profile.pk)
        self.act(
            lambda: invite_expert(
                actor=self.person(who), need=self.newest(Need), expert=profile, message="Would you help?"
            )
        )

    @precondition(lambda self: Proposal.objects.exists())
    @rule(who=WHO, step=st.sampled_from(["view", "accept", "accept", "accept", "decline", "withdraw", "ask", "answer"]))
    def answer_proposal(self, who: str, step: str) -> None:
        self.answer_proposal_as(who, step)

    def answer_proposal_as(self, who: str, step: str) -> None:
        acts: dict[str, Callable[..., object]] = {
            "view": view_proposal,
            "accept": accept_proposal,
            "decline": lambda **of: decline_proposal(reason="no_time", **of),
            "withdraw": withdraw_proposal,
            "ask": lambda **of: ask_sender(text="How many nurses?", **of),
            "answer": lambda **of: answer_question(text="Twelve.", **of),
        }
        self.act(lambda: acts[step](actor=self.person(who), proposal=self.newest(Proposal)))

    @rule(due=st.booleans())
    def time_passes(self, due: bool) -> None:
        if due:
            let_proposals_run_out()
        self.act(end_waiting)

    # The engagement
    @precondition(lambda self: Engagement.objects.exists())
    @rule(who=WHO, step=st.sampled_from(["agree", "change"]))
    def agree(self, who: str, step: str) -> None:
        engagement, actor = self.newest(Engagement), self.person(who)
        if step == "change":
            terms = terms_of(latest_version(engagement))
            changed = type(terms)(**{**vars_of(terms), "hours_planned": terms.hours_planned + 1})
            seen = str(latest_version(engagement).number)
            self.act(lambda: change_terms(actor=actor, engagement=engagement, terms=changed, seen=seen))
        else:
            self.act(lambda: agree_engagement(actor=actor, engagement=engagement))

    @precondition(lambda self: Engagement.objects.exists())
    @rule(
        who=WHO,
        step=st.sampled_from(
            ["start", "pause", "resume", "wrap", "complete", "end", "cancel", "hold", "release", "follow_up"]
        ),
    )
    def move_engagement(self, who: str, step: str) -> None:
        self.move_as(who, step)

    def move_as(self, who: str, step: str) -> None:
        until = timezone.localdate() + timedelta(days=9)
        acts: dict[str, Callable[..., object]] = {
            "start": work.start_engagement,
            "pause": lambda **of: pause_engagement(until=until, reason="waiting", **of),
            "resume": work.resume_engagement,
            "wrap": work.wrap_up_engagement,
            "complete": work.complete_engagement,
            "end": lambda **of: work.end_engagement_early(reason="no_time", **of),
            "cancel": lambda **of: work.cancel_engagement(reason="no_time", **of),
            "hold": supervision.hold_engagement,
            "release": supervision.release_engagement,
            "follow_up": supervision.follow_up_engagement,
        }
        self.act(lambda: acts[step](actor=self.person(who), engagement=self.newest(Engagement)))

    @precondition(lambda self: Engagement.objects.exists())
    @rule(who=WHO, minutes=st.sampled_from([30, 90]))
    def log(self, who: str, minutes: int) -> None:
        self.log_as(who, minutes)

    def log_as(self, who: str, minutes: int) -> None:
        engagement = self.newest(Engagement)
        day = engagement.created_at.date()
        self.act(
            lambda: log_session(
                actor=self.person(who), engagement=engagement, held_on=day, minutes=minutes, kind="training"
            )
        )

    @precondition(lambda self: Session.objects.exists())
    @rule(who=WHO, step=st.sampled_from(["confirm", "dispute", "correct"]))
    def answer_hours(self, who: str, step: str) -> None:
        self.answer_hours_as(who, step)

    def answer_hours_as(self, who: str, step: str) -> None:
        acts: dict[str, Callable[..., object]] = {
            "confirm": confirm_session,
            "dispute": lambda **of: dispute_session(note="It was an hour.", **of),
            "correct": lambda **of: correct_session(minutes=60, **of),
        }
        self.act(lambda: acts[step](actor=self.person(who), session=self.newest(Session)))

    @precondition(lambda self: Engagement.objects.exists())
    @rule(who=WHO, to=st.sampled_from(["in_progress", "achieved", "partly", "dropped", "open"]))
    def work_on_goal(self, who: str, to: str) -> None:
        goal = self.newest(Goal)
        if goal is None:
            engagement = self.newest(Engagement)
            self.act(lambda: add_goal(actor=self.person(who), engagement=engagement, text="Read an ECG alone"))
        else:
            self.act(lambda: move_goal(actor=self.person(who), goal=goal, to=to))

    @precondition(lambda self: Engagement.objects.exists())
    @rule(who=WHO)
    def say_what_came_of_it(self, who: str) -> None:
        self.say_as(who)

    def say_as(self, who: str) -> None:
        self.act(
            lambda: give_outcome(
                actor=self.person(who),
                engagement=self.newest(Engagement),
                result="achieved",
                effects=["knowledge"],
                text="Six nurses read them now.",
            )
        )

    # The people
    @rule(part=st.booleans())
    def part(self, part: bool) -> None:
        amina, bereket = self.world.amina, self.world.bereket
        verb = block_person if part else unblock_person
        self.act(lambda: verb(actor=amina, person=bereket))

    # What always holds
    @invariant()
    def steps_are_of_the_table(self) -> None:
        after = states()
        for (model, pk), state in after.items():
            begin = self.before.get((model, pk))
            if begin is not None:
                assert state in reachable(TABLES[model], begin), f"{model.__name__}: {begin} → {state}"
        self.before = after

    @invariant()
    def places_add_up(self) -> None:
        for need in Need.objects.all():
            running = need.engagements.filter(state__in=RUNNING_STATES).count()
            done = need.engagements.filter(state__in=["completed", "followed_up"]).count()
            assert need.places_taken == running + done <= need.places
            if need.state == "filled":
                assert need.places_taken == need.places
            if need.state == "published":
                assert need.places_taken == 0
        profile = ExpertProfile.objects.get(pk=self.world.profile.pk)
        assert profile.open_engagements == profile.engagements.filter(state__in=RUNNING_STATES).count()
        assert profile.open_engagements <= profile.capacity

    @invariant()
    def conversations_are_open_for_live_work_only(self) -> None:
        for proposal in Proposal.objects.select_related("conversation", "need"):
            live = proposal.state in LIVE_PROPOSAL_STATES
            assert live or proposal.conversation.state == "closed", f"{proposal.state}: {proposal.conversation.state}"
        closed = Proposal.objects.filter(state__in=OPEN_PROPOSAL_STATES, need__state__in=["closed", "withdrawn"])
        assert not closed.exists(), "a closed need still asks for an answer"

    @invariant()
    def work_is_agreed_before_it_runs(self) -> None:
        for engagement in Engagement.objects.filter(state__in=["scheduled", "active", "wrapping_up", "completed"]):
            agreement = agreement_of(engagement)
            assert agreement.in_force is not None
            assert engagement.hours_planned == agreement.in_force.hours_planned
        for certificate in Certificate.objects.filter(state="issued").select_related("engagement"):
            confirmed = certificate.engagement.sessions.filter(state="confirmed")
            assert certificate.facts["minutes"] == sum(confirmed.values_list("minutes", flat=True))

    @invariant()
    def work_rests_by_its_state(self) -> None:
        """What the triggers hold at the end of each transaction, which is never the end of these."""
        connection.check_constraints()


def vars_of(terms: Any) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in terms.__dataclass_fields__}


def run(machine: type[Work], examples: int) -> None:
    Work.world = make_world()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            phases=[Phase.generate],  # a shorter story is not worth minutes of the database's time
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_illegal_state_is_reached(db: None) -> None:
    run(Work, int(os.environ.get("EXAMPLES", "10")))


def test_the_machine_notices_a_step_outside_the_table(db: None) -> None:
    """The control: a writer who goes round the one door is found."""
    Work.world = make_world()
    machine = Work()
    try:
        machine.run_need(who="bereket", step="close")
        machine.steps_are_of_the_table()
        Need.objects.filter(state="closed").update(state="published")
        with pytest.raises(AssertionError, match="closed → published"):
            machine.steps_are_of_the_table()
    finally:
        machine.teardown()
