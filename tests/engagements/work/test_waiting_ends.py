"""Ends of what nobody did in time: each once, after two reminders, with kind words."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from diaspora_net.accounts.actions.verification import request_documents
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import agreements
from engagements.actions.engagements import wrap_up_engagement
from engagements.actions.needs import request_changes
from engagements.actions.outcomes import give_outcome
from engagements.actions.pauses import pause_engagement
from engagements.actions.proposals import accept_proposal, apply_for_need
from engagements.actions.sessions import confirm_session
from engagements.actions.staleness import renew_need
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Certificate, Meeting, Need, NeedTerm, Proposal
from engagements.queries.agreements import latest_version
from engagements.queries.waiting import waiting_steps
from engagements.states.clocks import WaitingKind
from mentors.models import ExpertProfile
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.days import later, run_out, told
from tests.engagements.work.refusals import refused
from tests.factories import make_organisation
from tests.world import World

pytestmark = pytest.mark.django_db


def ends(kind: str) -> set[str]:
    """Return who was told that a kind is over, by first name; each of them once."""
    news = told(kind, "ended")
    assert len({one.user_id for one in news}) == len(news)
    return {one.user.full_name.split()[0] for one in news}


def test_work_that_was_never_agreed_on_is_called_off_and_gives_both_places_back(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    agreements.agree_engagement(actor=world.amina, engagement=engagement)
    assert run_out(27) == 0
    assert run_out(29, every=29) == 1
    engagement.refresh_from_db()
    assert (engagement.state, engagement.end_reason) == ("cancelled", "no_contact")
    assert engagement.conversation.state == "closed"
    assert (Need.objects.get().state, Need.objects.get().places_taken) == ("published", 0)
    assert ExpertProfile.objects.get(pk=world.profile.pk).open_engagements == 0
    assert AuditEntry.objects.filter(verb="engagements.engagement.cancelled", actor=None).count() == 1
    news = Notification.objects.filter(verb="engagements.engagement.cancelled")
    assert {one.user for one in news} == {world.amina, world.bereket}


def test_a_change_that_nobody_accepts_goes_to_the_coordinator_and_the_work_goes_on(world: World) -> None:
    engagement = story.after_engagement_started(world)
    terms = replace(agreements.terms_of(latest_version(engagement)), hours_planned=20)
    agreements.change_terms(actor=world.amina, engagement=engagement, terms=terms)
    assert run_out(32) == 1
    engagement.refresh_from_db()
    assert engagement.state == "active"
    assert ends("agreement") == {"Chidi"}
    with later(60):
        assert end_waiting() == 0
    assert [step.kind for step in waiting_steps(world.chidi)] == [WaitingKind.AGREEMENT]


def test_a_session_of_which_nobody_spoke_is_put_aside(world: World) -> None:
    story.after_time_agreed(world)
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=2))
    assert run_out(16) == 1
    assert Meeting.objects.get().state == "expired"
    assert ends("session") == {"Amina", "Bereket"}
    assert waiting_steps(world.chidi) == []


def test_hours_without_an_answer_are_told_to_count_apart_and_can_be_confirmed_still(world: World) -> None:
    session = story.after_session_logged(world)
    assert run_out(9) == 1
    assert ends("hours") == {"Amina", "Bereket"}
    with later(30):
        assert end_waiting() == 0
        assert confirm_session(actor=world.bereket, session=session).state == "confirmed"


@pytest.mark.parametrize("reports", [0, 1, 2])
def test_work_is_completed_without_the_missing_report_and_certified(world: World, reports: int) -> None:
    session = story.after_session_logged(world)
    confirm_session(actor=world.bereket, session=session)
    engagement = wrap_up_engagement(actor=world.amina, engagement=session.engagement)
    for person in (world.amina, world.bereket)[:reports]:
        give_outcome(actor=person, engagement=engagement, result="achieved", effects=["knowledge"], text="It works.")
    assert run_out(30) == 1
    engagement.refresh_from_db()
    answered = engagement.outcomes.filter(moment="end", state="answered")
    assert (engagement.state, answered.count()) == ("completed", reports)
    assert Certificate.objects.get().state == "issued"
    assert ExpertProfile.objects.get(pk=world.profile.pk).open_engagements == 0
    last = engagement.conversation.messages.order_by("-seq").first()
    assert ("report is missing" in last.text) == (reports < 2)


def test_a_need_past_its_closing_date_is_hidden_then_ends_and_its_offers_with_it(world: World) -> None:
    need = story.after_need_published(world)
    Need.objects.update(closes_on=timezone.now().date() - timedelta(days=1))
    assert run_out(10) == 1
    need.refresh_from_db()
    assert need.state == "stale"
    assert not NeedTerm.objects.filter(need=need).exists()
    with later(10):
        assert run_out(17) == 1
    need.refresh_from_db()
    assert (need.state, need.closed_at is not None) == ("expired", True)
    for verb in ("stale", "expired"):
        assert [one.user for one in Notification.objects.filter(verb=f"engagements.need.{verb}")] == [world.bereket]
    with refused(Conflict):
        renew_need(actor=world.bereket, need=need)


def test_a_need_for_which_nobody_comes_is_hidden_after_eight_weeks_and_not_at_once_again(world: World) -> None:
    story.after_need_published(world)
    assert run_out(60, every=20) == 1
    assert Need.objects.get().state == "stale"
    with later(61):
        renew_need(actor=world.bereket, need=Need.objects.get())
        assert run_out(20, every=10) == 0
        assert Need.objects.get().state == "published"


def test_a_free_place_of_a_need_with_work_under_way_goes_to_the_coordinator(world: World) -> None:
    story.after_engagement_started(world, places=2)
    assert run_out(60, every=20) == 1
    assert Need.objects.get().state == "in_engagement"
    assert ends("proposals") == {"Chidi"}


def test_saying_yes_to_an_offer_opens_a_hidden_need(world: World) -> None:
    proposal = story.after_proposal_sent(world, places=2)
    Need.objects.update(state="stale", stale_at=timezone.now())
    accept_proposal(actor=world.bereket, proposal=Proposal.objects.get(pk=proposal.pk))
    assert Need.objects.get().state == "in_engagement"


def test_a_hidden_need_takes_no_offers(world: World) -> None:
    need = story.after_need_published(world)
    Need.objects.update(state="stale", stale_at=timezone.now())
    need.refresh_from_db()
    with refused(Conflict):
        apply_for_need(actor=world.amina, need=need, message="I can help.")


def test_only_who_runs_a_need_renews_it_until_a_day_to_come(world: World) -> None:
    need = story.after_need_published(world)
    today = timezone.now().date()
    for stranger in (world.amina, world.dana):
        with refused(NotAllowed):
            renew_need(actor=stranger, need=need)
    with refused(Invalid):
        renew_need(actor=world.bereket, need=need, closes_on=today - timedelta(days=2))
    assert renew_need(
        actor=world.bereket, need=need, closes_on=today + timedelta(days=9)
    ).closes_on == today + timedelta(days=9)
    assert renew_need(actor=world.chidi, need=need).closes_on is None


def test_a_need_that_was_never_changed_is_put_aside(world: World) -> None:
    request_changes(actor=world.chidi, need=story.after_need_submitted(world), note="Which hours?")
    assert run_out(58, every=20) == 1
    assert Need.objects.get().state == "withdrawn"
    assert ends("changes") == {"Bereket"}


def test_who_asked_reads_that_checking_takes_longer_and_it_waits_still(world: World) -> None:
    story.after_need_submitted(world)
    make_organisation(world.dana, name="Clinique de Sfax")
    assert run_out(12) == 2
    assert (ends("check"), ends("verification")) == ({"Bereket"}, {"Dana"})
    assert len(waiting_steps(world.chidi)) == 2


def test_the_coordinator_learns_of_documents_that_never_came(world: World) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Sfax")
    request_documents(actor=world.chidi, organisation=clinic, reason="Send the register's extract.")
    assert run_out(60, every=20) == 1
    assert ends("documents") == {"Chidi"}


def test_paused_work_has_no_clock(world: World) -> None:
    session = story.after_session_logged(world)
    until = timezone.localdate() + timedelta(days=90)
    pause_engagement(actor=world.amina, engagement=session.engagement, until=until, reason="absence")
    assert run_out(40, every=20) == 0
    assert told("hours") == []
