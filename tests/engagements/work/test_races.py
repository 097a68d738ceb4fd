"""What happens when people act at the same moment, on real connections."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict
from engagements.actions.agreements import agree_engagement, change_terms, terms_of
from engagements.actions.invitations import send_due_invitations
from engagements.actions.meeting_ends import cancel_meeting, expire_due_meetings
from engagements.actions.meeting_reminders import send_due_reminders
from engagements.actions.meetings import choose_time
from engagements.actions.proposals import accept_proposal, apply_for_need, invite_expert, withdraw_proposal
from engagements.actions.sessions import confirm_session, log_session
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Engagement, Meeting, Need, Proposal, Session
from engagements.queries.agreements import agreement_of, latest_version
from mentors.models import ExpertProfile
from messaging.models import Conversation, Notification
from tests import world as story
from tests.engagements.work.days import let_proposals_run_out
from tests.factories import make_expert, make_person
from tests.threads import at_once
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def experts(count: int) -> list[ExpertProfile]:
    people = [make_person(f"expert{n}@example.org", f"Expert {n}", join_role="expert") for n in range(count)]
    return [make_expert(person, skills={"interpret-ecg": (3, 5)}) for person in people]


def test_one_engagement_begins_when_eight_accept_the_same_proposal(world: World) -> None:
    proposal = story.after_proposal_sent(world)

    def accept() -> object:
        return accept_proposal(actor=world.bereket, proposal=Proposal.objects.get(pk=proposal.pk))

    results = at_once([accept] * THREADS)

    assert sum(isinstance(result, Engagement) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == THREADS - 1
    assert Engagement.objects.count() == 1
    assert Need.objects.get().places_taken == 1
    assert ExpertProfile.objects.get(pk=world.profile.pk).open_engagements == 1
    assert Notification.objects.filter(verb="engagements.proposal.accepted").count() == 1


def test_no_place_is_given_twice_when_eight_proposals_are_accepted_at_once(world: World) -> None:
    need = story.after_need_published(world, places=3)
    proposals = [apply_for_need(actor=expert.user, need=need, message="I can help.") for expert in experts(THREADS)]

    results = at_once(
        [lambda proposal=proposal: accept_proposal(actor=world.bereket, proposal=proposal) for proposal in proposals]
    )

    assert sum(isinstance(result, Engagement) for result in results) == 3
    need.refresh_from_db()
    assert (need.state, need.places_taken) == ("filled", 3)
    states = sorted(Proposal.objects.values_list("state", flat=True))
    assert states == ["converted"] * 3 + ["superseded"] * 5


def test_capacity_holds_when_six_needs_accept_the_same_expert_at_once(world: World) -> None:
    needs = [story.after_need_published(world) for _turn in range(6)]
    proposals = [apply_for_need(actor=world.amina, need=need, message="I can help.") for need in needs]

    results = at_once(
        [lambda proposal=proposal: accept_proposal(actor=world.bereket, proposal=proposal) for proposal in proposals]
    )

    assert sum(isinstance(result, Engagement) for result in results) == 2
    assert ExpertProfile.objects.get(pk=world.profile.pk).open_engagements == 2
    assert Need.objects.filter(places_taken=1).count() == 2
    assert Proposal.objects.filter(state="converted").count() == 2
    assert Proposal.objects.filter(state="sent").count() == 4


def test_one_proposal_stands_when_both_sides_ask_each_other_at_once(world: World) -> None:
    need = story.after_need_published(world)
    acts: list[Callable[[], object]] = [
        lambda: apply_for_need(actor=world.amina, need=need, message="I can help."),
        lambda: invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help?"),
    ] * 3

    results = at_once(acts)

    assert sum(isinstance(result, Proposal) for result in results) == 1
    assert Proposal.objects.count() == 1
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("turn", range(4))
def test_a_legal_end_is_reached_when_accept_withdraw_and_expiry_meet(world: World, turn: int) -> None:
    proposal = story.after_proposal_sent(world)
    let_proposals_run_out()

    def fresh() -> Proposal:
        return Proposal.objects.get(pk=proposal.pk)

    at_once(
        [
            lambda: accept_proposal(actor=world.bereket, proposal=fresh()),
            lambda: withdraw_proposal(actor=world.amina, proposal=fresh()),
            end_waiting,
            end_waiting,
        ]
    )

    proposal = fresh()
    need = Need.objects.get()
    taken = 1 if proposal.state == "converted" else 0
    assert proposal.state in {"converted", "withdrawn", "expired"}
    assert Engagement.objects.count() == need.places_taken == taken
    assert ExpertProfile.objects.get(pk=world.profile.pk).open_engagements == taken
    assert proposal.conversation.state == ("open" if taken else "closed")


def test_siblings_do_not_wait_for_each_other_when_they_are_withdrawn_while_one_is_accepted(world: World) -> None:
    need = story.after_need_published(world)
    people = experts(5)
    first, *others = [apply_for_need(actor=one.user, need=need, message="I can help.") for one in people]

    at_once(
        [
            lambda: accept_proposal(actor=world.bereket, proposal=first),
            *(lambda one=one: withdraw_proposal(actor=one.expert.user, proposal=one) for one in others),
        ]
    )

    assert Engagement.objects.count() == 1
    assert set(Proposal.objects.exclude(pk=first.pk).values_list("state", flat=True)) <= {"withdrawn", "superseded"}


def test_the_work_is_scheduled_when_both_sides_agree_at_once(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    at_once(
        [
            lambda person=person: agree_engagement(actor=person, engagement=Engagement.objects.get())
            for person in (world.amina, world.bereket)
        ]
    )
    engagement.refresh_from_db()
    assert engagement.state == "scheduled"


@pytest.mark.parametrize("turn", range(4))
def test_one_legal_agreement_stands_when_both_change_and_accept_at_once(world: World, turn: int) -> None:
    engagement = story.after_engagement_started(world)
    terms = replace(terms_of(latest_version(engagement)), hours_planned=30)

    def change(person: User, hours: int) -> object:
        changed = replace(terms, hours_planned=hours)
        return change_terms(actor=person, engagement=Engagement.objects.get(), terms=changed, seen="2")

    change_terms(actor=world.amina, engagement=engagement, terms=terms)
    at_once(
        [
            lambda: agree_engagement(actor=world.amina, engagement=Engagement.objects.get(), seen="2"),
            lambda: agree_engagement(actor=world.bereket, engagement=Engagement.objects.get(), seen="2"),
            lambda: change(world.amina, 40),
            lambda: change(world.bereket, 50),
        ]
    )

    engagement.refresh_from_db()
    agreement = agreement_of(engagement)
    assert [version.number for version in agreement.versions] == [3, 2, 1]
    assert agreement.in_force is not None
    assert engagement.hours_planned == agreement.in_force.hours_planned
    assert not agreement.versions[0].acceptances.all()


def test_a_session_is_logged_once_when_the_button_is_pressed_five_times(world: World) -> None:
    engagement = story.after_engagement_started(world)
    day = engagement.created_at.date()

    def log() -> object:
        return log_session(actor=world.amina, engagement=engagement, held_on=day, minutes=60, kind="training")

    at_once([log] * 5)
    assert Session.objects.count() == 1


def test_hours_are_confirmed_once_when_five_confirm(world: World) -> None:
    session = story.after_session_logged(world)
    results = at_once([lambda: confirm_session(actor=world.bereket, session=Session.objects.get(pk=session.pk))] * 5)
    assert sum(isinstance(result, Session) for result in results) == 1
    assert Session.objects.get().state == "confirmed"


@pytest.mark.parametrize("turn", range(3))
def test_one_end_is_reached_when_choose_move_cancel_and_expiry_meet(world: World, turn: int) -> None:
    meeting = story.after_times_proposed(world)
    first, second = [time.starts_at for time in meeting.times.all()]
    told = Notification.objects.filter(verb__startswith="engagements.meeting.").count()

    def fresh() -> Meeting:
        return Meeting.objects.get(pk=meeting.pk)

    results = at_once(
        [
            lambda: choose_time(actor=world.bereket, meeting=fresh(), starts_at=first),
            lambda: choose_time(actor=world.bereket, meeting=fresh(), starts_at=second),
            lambda: cancel_meeting(actor=world.amina, meeting=fresh(), reason="ill"),
            expire_due_meetings,
        ]
    )

    done = [result for result in results[:3] if isinstance(result, Meeting)]
    assert 1 <= len(done) <= 2
    assert fresh().state in {"confirmed", "cancelled"}
    assert Notification.objects.filter(verb__startswith="engagements.meeting.").count() == told + len(done)


def test_every_calendar_is_told_once_when_four_sweeps_run_at_once(world: World) -> None:
    story.after_time_agreed(world)

    results = at_once([send_due_invitations] * 4)

    assert sum(int(str(result)) for result in results) == len(mail.outbox) == 2


def test_everybody_is_reminded_once_when_four_sweeps_run_at_once(world: World) -> None:
    story.after_time_agreed(world)
    now = timezone.now()
    Meeting.objects.update(starts_at=now + timedelta(minutes=50), changed_at=now - timedelta(days=2))

    results = at_once([send_due_reminders] * 4)

    assert sum(int(str(result)) for result in results) == 2
    assert Notification.objects.filter(verb="engagements.meeting.hour").count() == 2


def test_an_offer_closes_once_when_four_sweeps_run_at_once(world: World) -> None:
    story.after_times_proposed(world)
    Meeting.objects.update(answer_by=timezone.now() - timedelta(minutes=1))

    results = at_once([expire_due_meetings] * 4)

    assert sorted(str(result) for result in results) == ["0", "0", "0", "1"]
    assert Notification.objects.filter(verb="engagements.meeting.expired").count() == 2
