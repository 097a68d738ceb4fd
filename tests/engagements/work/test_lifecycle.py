"""The life of an engagement: every step, who may take it, and what it leaves behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from engagements.actions import agreements, supervision
from engagements.actions import engagements as work
from engagements.actions.outcomes import give_outcome
from engagements.actions.sessions import confirm_session, correct_session, dispute_session, log_session
from engagements.models import Engagement, Need, Proposal, Session
from engagements.queries.proposals import waiting_for
from engagements.queries.work import confirmed_minutes, timeline_of
from mentors.models import ExpertProfile
from messaging.models import Conversation, Message, Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.world import World

pytestmark = pytest.mark.django_db


def today() -> object:
    return timezone.localdate()


def test_everything_is_in_place_when_an_engagement_is_completed(world: World) -> None:
    certificate = story.after_completion(world)

    engagement = Engagement.objects.get()
    assert engagement.state == "completed"
    assert engagement.started_at is not None
    assert engagement.ended_at is not None
    assert Proposal.objects.get().state == "converted"
    assert Need.objects.get().state == "filled"
    assert ExpertProfile.objects.get(pk=world.profile.pk).open_engagements == 0
    assert Conversation.objects.get().state == "open"
    assert certificate.facts["minutes"] == 90
    texts = list(Message.objects.filter(kind="event").order_by("seq").values_list("text", flat=True))
    assert texts[0] == "The proposal was accepted. Agree on the plan next."
    assert texts[-1] == "This engagement is completed."
    assert [str(event.text) for event in timeline_of(engagement)] == [
        "Introduced",
        "One side agreed to the plan",
        "Both sides agreed on the plan",
        "The work is under way",
        "The work is done; both sides report",
        "Completed",
    ]


def test_only_the_sides_move_an_engagement_when_others_try(world: World) -> None:
    engagement = story.after_engagement_started(world)
    for person in (world.chidi, world.dana):
        for act in (work.wrap_up_engagement, work.start_engagement, work.complete_engagement):
            with refused(NotAllowed):
                act(actor=person, engagement=engagement)
    with refused(NotAllowed):
        work.end_engagement_early(actor=world.dana, engagement=engagement, reason="no_time")
    for person in (world.amina, world.bereket, world.dana):
        with refused(NotAllowed):
            supervision.hold_engagement(actor=person, engagement=engagement)


def test_it_rests_and_goes_on_when_paused(world: World) -> None:
    engagement = story.after_engagement_started(world)
    engagement = story.after_pause(world, engagement)
    with refused(Conflict):
        log_session(actor=world.amina, engagement=engagement, held_on=today(), minutes=60, kind="training")
    engagement = work.resume_engagement(actor=world.bereket, engagement=engagement)
    assert engagement.state == "active"
    with refused(Conflict):
        work.resume_engagement(actor=world.bereket, engagement=engagement)


@pytest.mark.parametrize("phase", ["agreeing", "active"])
def test_both_places_are_free_again_when_it_stops_early(world: World, phase: str) -> None:
    if phase == "agreeing":
        engagement, stop, state = story.after_proposal_accepted(world), work.cancel_engagement, "cancelled"
    else:
        engagement, stop, state = story.after_engagement_started(world), work.end_engagement_early, "ended_early"
    with refused(Invalid):
        stop(actor=world.amina, engagement=engagement, reason="bored")

    engagement = stop(actor=world.amina, engagement=engagement, reason="no_time")

    assert (engagement.state, engagement.end_reason) == (state, "no_time")
    assert ExpertProfile.objects.get(pk=world.profile.pk).open_engagements == 0
    assert (Need.objects.get().state, Need.objects.get().places_taken) == ("published", 0)
    assert engagement.conversation.state == "closed"
    assert Notification.objects.filter(user=world.bereket).latest("pk").verb == f"engagements.engagement.{state}"
    with refused(InvalidTransition):
        stop(actor=world.amina, engagement=engagement, reason="no_time")


@pytest.mark.parametrize("phase", ["agreeing", "active"])
def test_it_goes_on_where_it_stood_when_a_hold_is_released(world: World, phase: str) -> None:
    begin = {"agreeing": story.after_proposal_accepted, "active": story.after_engagement_started}[phase]
    engagement = supervision.hold_engagement(actor=world.chidi, engagement=begin(world))
    assert engagement.conversation.state == "paused"
    for person in (world.amina, world.bereket):
        assert Notification.objects.filter(user=person).latest("pk").verb == "engagements.engagement.held"

    engagement = supervision.release_engagement(actor=world.chidi, engagement=engagement)

    assert engagement.state == phase
    assert Conversation.objects.get().state == "open"
    with refused(Conflict):
        supervision.release_engagement(actor=world.chidi, engagement=engagement)


def test_the_first_log_starts_the_work_when_it_is_only_agreed(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    for person in (world.amina, world.bereket):
        agreements.agree_engagement(actor=person, engagement=engagement)

    session = log_session(actor=world.bereket, engagement=engagement, held_on=today(), minutes=45, kind="mentoring")

    engagement = Engagement.objects.get()
    assert (engagement.state, session.logged_side) == ("active", "institution")
    assert engagement.started_at is not None
    assert waiting_for(world.amina).sessions == [session]
    assert not waiting_for(world.bereket).sessions


def test_logging_is_refused_without_a_trace_when_values_are_wrong(world: World) -> None:
    engagement = story.after_engagement_started(world)
    good = {"held_on": today(), "minutes": 60, "kind": "training"}
    wrong = (
        {"held_on": timezone.localdate() + timedelta(days=2)},
        {"held_on": timezone.localdate() - timedelta(days=61)},
        {"minutes": 4},
        {"minutes": 1441},
        {"kind": "chatting"},
        {"people_present": 0},
    )
    for change in wrong:
        with refused(Invalid):
            log_session(actor=world.amina, engagement=engagement, **{**good, **change})
    for person in (world.chidi, world.dana):
        with refused(NotAllowed):
            log_session(actor=person, engagement=engagement, **good)


def test_only_the_other_side_answers_when_hours_are_logged(world: World) -> None:
    session = story.after_session_logged(world)
    for person in (world.amina, world.chidi, world.dana):
        with refused(NotAllowed):
            confirm_session(actor=person, session=session)
        with refused(NotAllowed):
            dispute_session(actor=person, session=session, note="No")
    assert confirmed_minutes(session.engagement) == 0

    confirm_session(actor=world.bereket, session=session)

    assert confirmed_minutes(session.engagement) == 90
    with refused(InvalidTransition):
        confirm_session(actor=world.bereket, session=session)
    with refused(Conflict):
        correct_session(actor=world.amina, session=session, minutes=600)


def test_hours_are_confirmed_anew_when_a_dispute_was_corrected(world: World) -> None:
    session = story.after_session_logged(world)
    with refused(Invalid):
        dispute_session(actor=world.bereket, session=session, note=" ")
    session = dispute_session(actor=world.bereket, session=session, note="It was an hour.")
    assert confirmed_minutes(session.engagement) == 0
    with refused(NotAllowed):
        correct_session(actor=world.bereket, session=session, minutes=60)

    session = correct_session(actor=world.amina, session=session, minutes=60)

    assert (session.state, session.minutes, session.answered_by, session.dispute_note) == ("unconfirmed", 60, None, "")
    confirm_session(actor=world.bereket, session=session)
    assert confirmed_minutes(session.engagement) == 60


def test_completing_is_refused_when_an_outcome_is_missing(world: World) -> None:
    session = story.after_session_logged(world)
    engagement = work.wrap_up_engagement(actor=world.amina, engagement=session.engagement)
    answer = {"result": "partly", "effects": ["information"], "text": "Half of them read strips."}
    with refused(Conflict):
        work.complete_engagement(actor=world.amina, engagement=engagement)
    with refused(Invalid):
        give_outcome(actor=world.amina, engagement=engagement, **{**answer, "result": "great"})
    with refused(Invalid):
        give_outcome(actor=world.amina, engagement=engagement, **{**answer, "effects": ["magic"]})
    with refused(NotAllowed):
        give_outcome(actor=world.chidi, engagement=engagement, **answer)
    give_outcome(actor=world.amina, engagement=engagement, **answer)
    with refused(Conflict):
        give_outcome(actor=world.amina, engagement=engagement, **answer)
    with refused(Conflict):
        work.complete_engagement(actor=world.amina, engagement=engagement)
    give_outcome(actor=world.bereket, engagement=engagement, **answer)

    assert work.complete_engagement(actor=world.amina, engagement=engagement) is None  # no hours were confirmed

    assert Engagement.objects.get().state == "completed"
    with refused(Conflict):
        confirm_session(actor=world.bereket, session=Session.objects.get())


def test_the_coordinator_follows_up_when_a_year_has_passed(world: World) -> None:
    engagement = story.after_completion(world).engagement
    with refused(NotAllowed):
        supervision.follow_up_engagement(actor=world.amina, engagement=engagement)
    assert supervision.follow_up_engagement(actor=world.chidi, engagement=engagement).state == "followed_up"
