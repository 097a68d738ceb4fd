"""Answers that do not come: who is reminded when, how it ends, and what follows for the need."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from diaspora_net import schedule
from diaspora_net.core.models import AuditEntry
from engagements import tasks
from engagements.actions.proposals import apply_for_need, decline_proposal, invite_expert
from engagements.actions.questions import answer_question, ask_sender
from engagements.actions.staleness import renew_need
from engagements.models import Need, Programme, Proposal, Reminder
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.days import later, run_out, told
from tests.factories import make_expert, make_person
from tests.world import World

pytestmark = pytest.mark.django_db
# A Wednesday at eleven in Tunis and noon in Lyon.
WEDNESDAY = datetime(2026, 6, 10, 10, tzinfo=UTC)


def expired() -> dict[int, Notification]:
    """Return what each person was told at the end."""
    return {news.user_id: news for news in Notification.objects.filter(verb="engagements.proposal.expired")}


@time_machine.travel(WEDNESDAY, tick=False)
def test_it_ends_after_ten_working_days_when_both_reminders_went_unheard(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    assert proposal.expires_at == WEDNESDAY + timedelta(days=14)

    assert run_out(13, every=1) == 0
    assert [news.user for news in told("reply")] == [world.bereket, world.bereket]
    assert list(Reminder.objects.order_by("sent_at").values_list("number", flat=True)) == [1, 2]
    sent = Reminder.objects.order_by("sent_at").values_list("sent_at", flat=True)
    assert [moment.date() for moment in sent] == [WEDNESDAY.date() + timedelta(days=days) for days in (2, 7)]

    with later(14):
        assert [tasks.end_waiting(), tasks.end_waiting()] == [1, 0]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.conversation.state) == ("expired", "closed")
    assert AuditEntry.objects.filter(verb="engagements.proposal.expired", actor=None).count() == 1
    assert set(expired()) == {world.amina.pk, world.bereket.pk}


def test_nothing_ends_unwarned_when_the_sweeps_stood_still_for_weeks(world: World) -> None:
    story.after_proposal_sent(world)
    with later(30):
        assert tasks.end_waiting() == 0
        assert [tasks.remind_waiting(), tasks.remind_waiting()] == [1, 0]
        assert len(told("reply")) == 1
        assert tasks.end_waiting() == 0
    with later(31.01):
        assert tasks.remind_waiting() == 0
        assert tasks.end_waiting() == 1


def test_an_answered_one_stays_when_its_time_has_passed(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    decline_proposal(actor=world.bereket, proposal=proposal, reason="no_time")
    run_out(20)
    assert Proposal.objects.get().state == "declined"
    assert told("reply") == []


def test_each_turn_has_its_own_clock_and_reminders(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    with later(5):
        tasks.remind_waiting()
        ask_sender(actor=world.bereket, proposal=proposal, text="Could you come in March?")
    with later(12):
        tasks.remind_waiting()
        answer_question(actor=world.amina, proposal=proposal, text="Yes, for ten days.")
    with later(17):
        tasks.remind_waiting()
    assert [news.user for news in told("reply")] == [world.bereket, world.bereket]
    assert [news.user for news in told("information")] == [world.amina]
    assert [len(told(kind)) for kind in ("reply", "information")] == [2, 1]


def test_who_did_not_answer_a_question_is_told_so(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    ask_sender(actor=world.bereket, proposal=proposal, text="Could you come in March?")
    assert run_out(20) == 1
    assert "without your answer" in expired()[world.amina.pk].text
    assert "did not answer in time" in expired()[world.bereket.pk].text


def test_the_institution_reads_who_fits_next_when_an_expert_was_silent(world: World) -> None:
    need = story.after_need_published(world)
    invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help us?")
    assert run_out(20) == 1
    assert expired()[world.bereket.pk].url == reverse("engagements:need-people", args=[need.reference])
    assert "without your answer" in expired()[world.amina.pk].text


def test_a_programme_sets_its_own_days(world: World) -> None:
    need = story.after_need_published(world)
    waits = {"reply": 6}  # twice the usual three, so reminders and end come after twice their days, too
    programme = Programme.objects.create(name="Slow", kind="roster", country="TN", created_by=world.chidi, waits=waits)
    Need.objects.update(programme=programme)
    need.refresh_from_db()
    with time_machine.travel(WEDNESDAY, tick=False):
        proposal = apply_for_need(actor=world.amina, need=need, message="I can help.")
        assert proposal.expires_at == WEDNESDAY + timedelta(days=28)
        run_out(27, every=4)
        sent = Reminder.objects.filter(kind="reply").order_by("sent_at").values_list("sent_at", flat=True)
        assert [(moment - WEDNESDAY).days for moment in sent] == [8, 16]


def offer_runs_out(need: Need, number: int) -> None:
    """Let somebody offer help, and three weeks pass without an answer."""
    person = make_person(f"expert{number}@example.org", f"Expert {number}")
    make_expert(person, skills={"interpret-ecg": (2, 3)})
    apply_for_need(actor=person, need=Need.objects.get(pk=need.pk), message="I can help.")
    assert run_out(20) == 1
    need.refresh_from_db()


def test_a_need_is_hidden_after_two_offers_without_an_answer_and_opens_with_one_tap(world: World) -> None:
    need = story.after_need_published(world)
    alerts = Notification.objects.filter(verb="engagements.proposal.unanswered_twice")
    offer_runs_out(need, 1)
    assert (need.state, alerts.count()) == ("published", 0)
    with later(21):
        offer_runs_out(need, 2)
        assert (need.state, need.terms.exists()) == ("stale", False)
        assert [news.user for news in Notification.objects.filter(verb="engagements.need.stale")] == [world.bereket]
        assert [alert.user for alert in alerts] == [world.chidi]
    with later(42):
        renewed = renew_need(actor=world.bereket, need=need)
        assert (renewed.state, renewed.terms.exists()) == ("published", True)
        offer_runs_out(need, 3)
        assert need.state == "published"


def test_coordinators_learn_of_an_expert_who_leaves_two_unanswered(world: World) -> None:
    for number in range(2):
        with later(21 * number):
            need = story.after_need_published(world, title=f"Need {number}")
            invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help us?")
            run_out(20)
    alerts = Notification.objects.filter(verb="engagements.proposal.unanswered_twice")
    assert [alert.user for alert in alerts] == [world.chidi]


def test_the_beat_table_names_tasks_that_exist_when_the_worker_starts() -> None:
    named = {name for name in schedule.SWEEPS if name.startswith("engagements.tasks.")}
    assert named >= {tasks.remind_waiting.name, tasks.end_waiting.name, tasks.send_digests.name}
    assert named <= set(tasks.end_waiting.app.tasks)
