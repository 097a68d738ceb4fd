"""An engagement from the question to the year after it, answered from nothing but the mailbox."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.models import AuditEntry
from engagements.actions.engagements import complete_engagement, wrap_up_engagement
from engagements.actions.meeting_reminders import send_due_reminders
from engagements.actions.meetings import propose_meeting
from engagements.actions.participants import add_participant
from engagements.actions.proposals import invite_expert
from engagements.models import Engagement, Meeting, Outcome, Session
from engagements.tasks import ask_outcomes
from tests import world as story
from tests.engagements.answers.letters import leave, links, named
from tests.factories import make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db


class Mailbox:
    """Everything that reached one address."""

    def __init__(self, address: str) -> None:
        self.address = address

    def offered(self) -> dict[str, str]:
        """Return the answers of all mails so far, the newest of each kind."""
        leave()
        letters = [letter for letter in mail.outbox if letter.to == [self.address]]
        return {label: path for letter in letters for label, path in links(letter).items()}  # type: ignore[arg-type]

    def answer(self, label: str, **values: str) -> None:
        """Open the page behind an answer as a browser without any account, and press its button."""
        path = self.offered()[label]
        client = Client()
        assert client.get(path).status_code == 200
        answer = client.post(path, values)
        assert answer.status_code == 200, answer.content.decode()
        assert not client.cookies


def test_every_answer_of_an_engagement_is_given_from_the_mailbox(world: World) -> None:
    named(world.amina, world.bereket)
    amina, bereket, leila = (Mailbox(f"{name}@example.org") for name in ("amina", "bereket", "leila"))
    report = "Answer in two minutes"
    ecg = make_vocabulary()["interpret-ecg"].pk

    need = story.after_need_published(world)
    invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Could you teach our nurses?")
    amina.answer("Tell me more", text="How many nurses?")
    bereket.answer("Answer the question", text="Six of them.")
    amina.answer("Accept")
    bereket.answer("Agree to the plan")
    amina.answer("Agree to the plan")
    engagement = Engagement.objects.get()
    assert engagement.state == "scheduled"

    add_participant(
        actor=world.bereket,
        engagement=engagement,
        name="Leïla Trabelsi",
        role="counterpart",
        email=leila.address,
        has_consented=True,
    )
    ask_outcomes()
    for mailbox in (amina, bereket, leila):
        mailbox.answer(report, **{f"level_{ecg}": "0"})

    starts_at = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    propose_meeting(actor=world.bereket, engagement=engagement, times=[starts_at], minutes=60)
    when = next(label for label in amina.offered() if label.count(":") == 2)
    amina.answer(when, starts_at=starts_at.isoformat())
    assert Meeting.objects.get().state == "confirmed"

    with after(days=2, hours=2):
        send_due_reminders()
        amina.answer("Yes, it was held", minutes="60", kind="training", people_present="6")
        bereket.answer("Confirm the hours")
        assert Session.objects.get().state == "confirmed"

        wrap_up_engagement(actor=world.amina, engagement=Engagement.objects.get())
        ask_outcomes()
        said = {"result": "achieved", "effects": "capacity", "text": "They read strips now.", f"level_{ecg}": "2"}
        for mailbox in (bereket, amina, leila):
            mailbox.answer(report, **said, feedback="Thank you", feedback_to="other_side")
        complete_engagement(actor=world.bereket, engagement=Engagement.objects.get())

    with after(days=370):
        ask_outcomes()
        for mailbox in (amina, bereket, leila):
            mailbox.answer(report, still_in_use="yes", text="Every week.")
    assert Engagement.objects.get().state == "followed_up"
    assert set(Outcome.objects.values_list("moment", "respondent", "state")) == {
        (moment, respondent, "answered")
        for moment in ("start", "end", "later")
        for respondent in ("expert", "institution", "counterpart")
    }
    assert acts_of(world.amina) >= {"engagements.proposal.accepted", "engagements.session.logged"}
    assert acts_of(world.bereket) >= {"engagements.engagement.agreed", "engagements.session.confirmed"}


def after(**ahead: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**ahead), tick=True)


def acts_of(person: User) -> set[str]:
    """Return what somebody did through links."""
    entries: Callable[..., object] = AuditEntry.objects.filter(actor=person, changes__through="link").values_list
    return set(entries("verb", flat=True))  # type: ignore[call-overload]
