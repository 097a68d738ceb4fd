"""The third answer, no-and-pause, waiting for a place, and how long answers usually take."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements.actions.place_watches import tell_due_watches, unwatch_place, watch_place
from engagements.actions.proposals import (
    accept_proposal,
    apply_for_need,
    decline_proposal,
    invite_expert,
    view_proposal,
)
from engagements.actions.questions import answer_question, ask_sender
from engagements.models import Need, PlaceWatch, Proposal, ProposalQuestion
from engagements.queries.pace import OFFERS_PER_PLACE, usual_days_of_organisations
from engagements.queries.proposals import proposals_to_answer
from mentors.actions.profiles import resume_due_profiles
from mentors.models import Posting
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.days import run_out
from tests.engagements.work.refusals import refused
from tests.factories import make_expert, make_person
from tests.threads import at_once
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def told(person: User) -> list[str]:
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("verb", flat=True))


def offer(number: int, need: Need) -> Proposal:
    person = make_person(f"expert{number}@example.org", f"Expert {number}")
    make_expert(person, skills={"interpret-ecg": (2, 3)})
    return apply_for_need(actor=person, need=need, message="I can help.")


def test_the_clock_runs_for_the_sender_while_a_question_is_open(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    assert list(proposals_to_answer(world.bereket)) == [proposal]

    with time_machine.travel(timezone.now() + timedelta(days=5), tick=True):
        ask_sender(actor=world.bereket, proposal=proposal, text="Could you come in March?")
        assert proposal.state == "info_requested"
        assert (proposal.expires_at - timezone.now()).days >= 13
        assert list(proposals_to_answer(world.amina)) == [proposal]
        assert not proposals_to_answer(world.bereket).exists()
        answer_question(actor=world.amina, proposal=proposal, text="Yes, for ten days.")
        assert list(proposals_to_answer(world.bereket)) == [proposal]
        accept_proposal(actor=world.bereket, proposal=proposal)
    assert proposal.state == "converted"


def test_only_the_asked_side_asks_and_only_the_sender_answers(world: World) -> None:
    proposal = view_proposal(actor=world.bereket, proposal=story.after_proposal_sent(world))
    for person in (world.amina, world.chidi, world.dana):
        with refused(NotAllowed):
            ask_sender(actor=person, proposal=proposal, text="Why?")
    with refused(Conflict):
        answer_question(actor=world.amina, proposal=proposal, text="Because.")
    for text in ("", "  ", "x" * 501):
        with refused(Invalid):
            ask_sender(actor=world.bereket, proposal=proposal, text=text)
    ask_sender(actor=world.bereket, proposal=proposal, text="Why?")
    with refused(Conflict):
        ask_sender(actor=world.bereket, proposal=proposal, text="And when?")
    for person in (world.bereket, world.chidi, world.dana):
        with refused(NotAllowed):
            answer_question(actor=person, proposal=proposal, text="Because.")
    with refused(Invalid):
        answer_question(actor=world.amina, proposal=proposal, text=" ")


def test_three_questions_are_enough(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    for number in range(3):
        ask_sender(actor=world.bereket, proposal=proposal, text=f"Question {number}?")
        answer_question(actor=world.amina, proposal=proposal, text="Yes.")
    with refused(Conflict):
        ask_sender(actor=world.bereket, proposal=proposal, text="And?")
    assert ProposalQuestion.objects.count() == 3


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_a_yes_or_no_needs_no_answer_to_the_question(world: World, answer: str) -> None:
    proposal = story.after_proposal_sent(world)
    ask_sender(actor=world.bereket, proposal=proposal, text="Why?")
    if answer == "accept":
        accept_proposal(actor=world.bereket, proposal=proposal)
    else:
        decline_proposal(actor=world.bereket, proposal=proposal, reason="no_time")
    with refused(Conflict):
        answer_question(actor=world.amina, proposal=proposal, text="Because.")


def test_an_expert_says_no_and_is_hidden_until_a_day(world: World) -> None:
    need = story.after_need_published(world)
    proposal = invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Can you help us?")
    today = timezone.localdate()
    with refused(Invalid):
        decline_proposal(actor=world.amina, proposal=proposal, reason="no_time", pause_until=today)

    decline_proposal(actor=world.amina, proposal=proposal, reason="no_time", pause_until=today + timedelta(days=14))

    world.profile.refresh_from_db()
    assert (world.profile.state, world.profile.resumes_on) == ("paused", today + timedelta(days=14))
    assert not Posting.objects.filter(expert=world.profile).exists()
    assert resume_due_profiles() == 0
    with time_machine.travel(timezone.now() + timedelta(days=14), tick=True):
        assert resume_due_profiles() == 1
        assert resume_due_profiles() == 0
    world.profile.refresh_from_db()
    assert (world.profile.state, world.profile.resumes_on) == ("published", None)
    assert Posting.objects.filter(expert=world.profile).exists()
    assert told(world.amina).count("mentors.profile.resumed") == 1


def test_a_need_reads_five_offers_for_a_place_and_tells_those_who_wait(world: World) -> None:
    need = story.after_need_published(world)
    offers = [offer(number, need) for number in range(OFFERS_PER_PLACE)]
    with refused(Conflict):
        apply_for_need(actor=world.amina, need=need, message="I can help.")
    watch_place(actor=world.amina, need=need)
    watch_place(actor=world.amina, need=need)
    assert tell_due_watches() == 0

    decline_proposal(actor=world.bereket, proposal=offers[0], reason="other_chosen")

    assert tell_due_watches() == 1
    assert tell_due_watches() == 0
    assert told(world.amina) == ["engagements.need.place_free"]
    with refused(Conflict):
        watch_place(actor=world.amina, need=need)
    apply_for_need(actor=world.amina, need=need, message="I can help.")


def test_nobody_is_told_when_they_wait_no_longer(world: World) -> None:
    need = story.after_need_published(world)
    offers = [offer(number, need) for number in range(OFFERS_PER_PLACE)]
    watch_place(actor=world.amina, need=need)
    unwatch_place(actor=world.amina, need=need)
    decline_proposal(actor=world.bereket, proposal=offers[0], reason="other_chosen")
    assert tell_due_watches() == 0
    with refused(NotAllowed):
        watch_place(actor=world.dana, need=need)


@pytest.mark.django_db(transaction=True)
def test_each_is_told_once_when_two_sweeps_run_at_the_same_time(world: World) -> None:
    need = story.after_need_published(world)
    for number in range(3):
        expert = make_expert(make_person(f"w{number}@example.org", f"W {number}"), skills={"interpret-ecg": (2, 3)})
        PlaceWatch.objects.create(need=need, expert=expert)
    assert sum(at_once([tell_due_watches] * 2)) == 3  # type: ignore[arg-type]
    assert Notification.objects.filter(verb="engagements.need.place_free").count() == 3


def test_usual_days_are_told_from_three_answers_on_and_in_whole_days(world: World) -> None:
    """What ran out without a word counts as no answer: who lets half of them do so is not said to answer at all."""
    need = story.after_need_published(world)
    hospital = world.hospital.pk
    for number, waited in enumerate((timedelta(hours=2), timedelta(days=2, hours=1), timedelta(days=9))):
        proposal = offer(number, need)
        assert usual_days_of_organisations([hospital]) == {}
        if number == 1:
            ask_sender(actor=world.bereket, proposal=proposal, text="When?")
            ProposalQuestion.objects.update(asked_at=proposal.sent_at + waited)
            answer_question(actor=proposal.sent_by, proposal=proposal, text="Soon.")
        decline_proposal(actor=world.bereket, proposal=proposal, reason="no_time")
        at = proposal.sent_at + (timedelta(days=30) if number == 1 else waited)
        Proposal.objects.filter(pk=proposal.pk).update(answered_at=at)
    assert usual_days_of_organisations([hospital]) == {hospital: 3}

    for number in (3, 4):
        offer(number, need)
    run_out(20)
    assert usual_days_of_organisations([hospital]) == {hospital: 9}
    offer(5, story.after_need_published(world, title="Another"))
    run_out(20)
    assert usual_days_of_organisations([hospital]) == {}


def test_the_pages_lead_through_question_and_answer(world: World, as_person: SignIn) -> None:
    proposal = story.after_proposal_sent(world)
    page = reverse("engagements:proposal", args=[proposal.reference])
    asked, sender = as_person(world.bereket), as_person(world.amina)
    assert "Tell me more" in asked.get(page).content.decode()

    refusal = asked.post(reverse("engagements:proposal-ask", args=[proposal.reference]), {"text": ""})
    assert refusal.status_code == 422
    asked.post(reverse("engagements:proposal-ask", args=[proposal.reference]), {"text": "In March?"})
    assert "Your question waits" in asked.get(page).content.decode()
    assert "They would like to know more" in sender.get(page).content.decode()
    sender.post(reverse("engagements:proposal-inform", args=[proposal.reference]), {"text": "Yes, in March."})

    answered = asked.get(page).content.decode()
    assert "Yes, in March." in answered
    assert "Tell me more" in answered
