"""What waits: every kind with whose turn it is, the order, the remit, the cost."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.actions.verification import request_documents
from diaspora_net.accounts.models import User
from engagements.actions import agreements
from engagements.actions.engagements import wrap_up_engagement
from engagements.actions.needs import request_changes
from engagements.actions.outcomes import give_outcome
from engagements.actions.pauses import pause_engagement
from engagements.actions.proposals import decline_proposal, invite_expert
from engagements.actions.questions import answer_question, ask_sender
from engagements.actions.reminders import remind_waiting
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Engagement, Meeting, Need, Proposal, Session
from engagements.queries.waiting import WaitingStep, waiting_steps, waiting_tallies
from engagements.states.clocks import CLOCKS, Turn, WaitingKind
from tests import world as story
from tests.engagements.work.days import later
from tests.factories import make_expert, make_organisation, make_person
from tests.world import World

pytestmark = pytest.mark.django_db


def only(world: World) -> WaitingStep:
    """Return the one step that waits in Chidi's countries."""
    [step] = waiting_steps(world.chidi)
    return step


def facts(step: WaitingStep) -> tuple[WaitingKind, Turn, set[str]]:
    return step.kind, step.turn, {person.full_name.split()[0] for person in step.people}


def test_an_application_waits_for_the_institution_and_a_question_about_it_for_the_expert(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    assert facts(only(world)) == (WaitingKind.REPLY, Turn.INSTITUTION, {"Bereket"})
    assert only(world).reference == proposal.reference
    ask_sender(actor=world.bereket, proposal=proposal, text="In the mornings?")
    asked = only(world)
    assert facts(asked) == (WaitingKind.INFORMATION, Turn.EXPERT, {"Amina"})
    assert asked.since > proposal.sent_at
    answer_question(actor=world.amina, proposal=Proposal.objects.get(), text="Yes.")
    assert facts(only(world)) == (WaitingKind.REPLY, Turn.INSTITUTION, {"Bereket"})
    assert only(world).since > asked.since


def test_an_invitation_waits_for_the_expert_where_they_live(world: World) -> None:
    need = story.after_need_published(world)
    proposal = invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help us?")
    # A Friday at noon in Lyon, whose weekend is Saturday and Sunday.
    friday = timezone.datetime(2026, 6, 12, 10, tzinfo=timezone.get_fixed_timezone(0))
    Proposal.objects.filter(pk=proposal.pk).update(waiting_since=friday)
    assert facts(only(world)) == (WaitingKind.REPLY, Turn.EXPERT, {"Amina"})
    assert only(world).due_at == friday + timedelta(days=5)
    world.profile.residence = "EG"
    world.profile.save(update_fields=["residence"])
    # In Egypt Friday is free: three days after the start of Sunday.
    assert only(world).due_at == timezone.datetime(2026, 6, 16, 22, tzinfo=timezone.get_fixed_timezone(0))


def test_an_agreement_waits_for_both_then_for_one_and_rests_with_the_work(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    assert facts(only(world)) == (WaitingKind.AGREEMENT, Turn.BOTH, {"Amina", "Bereket"})
    agreements.agree_engagement(actor=world.amina, engagement=engagement)
    assert facts(only(world)) == (WaitingKind.AGREEMENT, Turn.INSTITUTION, {"Bereket"})
    agreements.agree_engagement(actor=world.bereket, engagement=Engagement.objects.get())
    assert waiting_steps(world.chidi) == []


def test_work_that_is_paused_waits_for_nobody(world: World) -> None:
    session = story.after_session_logged(world)
    assert facts(only(world)) == (WaitingKind.HOURS, Turn.INSTITUTION, {"Bereket"})
    assert (only(world).reference, only(world).page) == (session.reference, session.engagement.reference)
    until = timezone.localdate() + timedelta(days=30)
    pause_engagement(actor=world.amina, engagement=session.engagement, until=until, reason="absence")
    assert waiting_steps(world.chidi) == []


def test_what_a_suspended_organisation_has_waits_for_nobody(world: World) -> None:
    story.after_session_logged(world)
    story.after_need_published(world, title="Nobody came")
    assert {step.kind for step in waiting_steps(world.chidi)} == {WaitingKind.HOURS, WaitingKind.PROPOSALS}
    type(world.hospital).objects.update(state="suspended")
    assert waiting_steps(world.chidi) == []
    with later(60):
        assert (remind_waiting(), end_waiting()) == (0, 0)


def test_hours_wait_for_seven_days_and_count_apart_afterwards(world: World) -> None:
    story.after_session_logged(world)
    Session.objects.update(logged_at=timezone.now() - timedelta(days=6, hours=23))
    assert only(world).kind == WaitingKind.HOURS
    Session.objects.update(logged_at=timezone.now() - timedelta(days=7))
    assert waiting_steps(world.chidi) == []


def test_times_wait_for_who_did_not_propose_them_and_never_longer_than_they_last(world: World) -> None:
    meeting = story.after_times_proposed(world)
    assert facts(only(world)) == (WaitingKind.TIME, Turn.INSTITUTION, {"Bereket"})
    Meeting.objects.update(answer_by=timezone.now() + timedelta(hours=1))
    meeting.refresh_from_db()
    assert only(world).due_at == meeting.answer_by


def test_a_session_that_is_over_waits_for_both_sides(world: World) -> None:
    story.after_time_agreed(world)
    assert waiting_steps(world.chidi) == []
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=2))
    assert facts(only(world)) == (WaitingKind.SESSION, Turn.BOTH, {"Amina", "Bereket"})


def test_reports_wait_for_whose_is_missing_and_then_for_whoever_completes(world: World) -> None:
    engagement = wrap_up_engagement(actor=world.amina, engagement=story.after_engagement_started(world))
    assert facts(only(world)) == (WaitingKind.OUTCOME, Turn.BOTH, {"Amina", "Bereket"})
    for person, left in ((world.bereket, {"Amina"}), (world.amina, {"Amina", "Bereket"})):
        give_outcome(actor=person, engagement=engagement, result="achieved", effects=["knowledge"], text="It works.")
        assert facts(only(world))[2] == left
    since = only(world).since
    assert since == Engagement.objects.get().wrapping_up_at


def test_a_need_waits_while_nobody_has_proposed_and_again_after_a_no(world: World) -> None:
    need = story.after_need_published(world)
    assert facts(only(world)) == (WaitingKind.PROPOSALS, Turn.INSTITUTION, {"Bereket"})
    assert only(world).since == need.published_at
    proposal = invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help us?")
    assert only(world).kind == WaitingKind.REPLY
    declined = decline_proposal(actor=world.amina, proposal=proposal, reason="no_time")
    assert (only(world).kind, only(world).since) == (WaitingKind.PROPOSALS, declined.answered_at)


def test_coordinators_are_waited_for_and_who_they_ask(world: World) -> None:
    need = story.after_need_submitted(world)
    assert facts(only(world)) == (WaitingKind.CHECK, Turn.COORDINATOR, {"Chidi"})
    request_changes(actor=world.chidi, need=need, note="Which hours?")
    assert facts(only(world)) == (WaitingKind.CHANGES, Turn.INSTITUTION, {"Bereket"})
    Need.objects.all().delete()
    clinic = make_organisation(world.dana, name="Clinique de Sfax")
    assert facts(only(world)) == (WaitingKind.VERIFICATION, Turn.COORDINATOR, {"Chidi"})
    request_documents(actor=world.chidi, organisation=clinic, reason="Send the register's extract.")
    assert facts(only(world)) == (WaitingKind.DOCUMENTS, Turn.INSTITUTION, {"Dana"})


def test_what_is_most_overdue_stands_first_and_lists_have_pages(world: World) -> None:
    story.after_proposal_sent(world, title="Answered late", places=2)
    Proposal.objects.update(waiting_since=timezone.now() - timedelta(days=9))
    story.after_need_submitted(world, title="Checked late")
    Need.objects.filter(title="Checked late").update(submitted_at=timezone.now() - timedelta(days=20))
    story.after_need_submitted(world, title="In time")
    titles = [step.title for step in waiting_steps(world.chidi)]
    assert titles == ["Checked late", "Answered late", "In time"]
    assert [step.title for step in waiting_steps(world.chidi, late_only=True)] == titles[:2]
    assert [step.title for step in waiting_steps(world.chidi, limit=1, offset=1)] == titles[1:2]
    assert [step.title for step in waiting_steps(world.chidi, kinds=[WaitingKind.CHECK])] == [titles[0], titles[2]]
    first = waiting_steps(world.chidi)[0]
    assert first.over == first.waited - CLOCKS[WaitingKind.CHECK].target > 0
    tallies = waiting_tallies(world.chidi)
    assert (tallies[WaitingKind.CHECK].count, tallies[WaitingKind.CHECK].late) == (2, 1)
    assert tallies[WaitingKind.CHECK].oldest == first.since
    assert tallies[WaitingKind.HOURS].count == 0


def test_nobody_reads_of_other_countries(world: World) -> None:
    story.after_need_submitted(world)
    awa = make_person("awa@example.org", "Awa Ndiaye")
    grant_remit(actor=None, user=awa, country="SN")
    assert waiting_steps(awa) == []
    assert {tally.count for tally in waiting_tallies(awa).values()} == {0}
    for stranger in (world.amina, world.bereket, world.dana):
        with pytest.raises(Http404):
            waiting_steps(stranger)
        with pytest.raises(Http404):
            waiting_tallies(stranger)


def test_who_has_left_is_not_waited_for(world: World) -> None:
    story.after_proposal_sent(world)
    User.objects.filter(pk=world.bereket.pk).update(is_active=False)
    assert only(world).people == ()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(
    world: World, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    need = story.after_need_published(world, places=count)
    for number in range(count):
        person = make_person(f"expert{number}@example.org", f"Expert {number}")
        expert = make_expert(person, skills={"interpret-ecg": (3, 3)})
        invite_expert(actor=world.bereket, need=need, expert=expert, message="Would you help us?")
        story.after_need_submitted(world, title=f"To check {number}")
        story.after_need_published(world, title=f"Silent {number}")
        make_organisation(make_person(f"owner{number}@example.org", "Owner"), name=f"Clinic {number}")
    with django_assert_num_queries(6):
        steps = waiting_steps(world.chidi)
    assert len(steps) == 4 * count
    with django_assert_num_queries(2):
        waiting_tallies(world.chidi)
    assert all(step.url for step in steps)
