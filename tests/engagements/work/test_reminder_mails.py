"""The e-mail of reminders: one for everything that waits, each with its answers or its link, nothing that is done."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.actions.proposals import decline_proposal
from engagements.actions.reminders import remind_waiting
from engagements.models import Need, Proposal, Session
from messaging.actions.news_emails import send_notification_emails
from messaging.models import Notification
from tests import world as story
from tests.world import World

pytestmark = pytest.mark.django_db


def three_things_wait(world: World) -> None:
    """Let a proposal, hours and a need wait for Bereket for ten days, and be reminded of."""
    story.after_session_logged(world, title="Hours of nurses")
    story.after_proposal_sent(world, title="Offer for nurses")
    story.after_need_published(world, title="Silent nurses")
    ago = timezone.now() - timedelta(days=5)
    Proposal.objects.filter(state="sent").update(waiting_since=ago)
    Session.objects.update(logged_at=ago)
    Need.objects.filter(title="Silent nurses").update(published_at=timezone.now() - timedelta(days=10))
    Notification.objects.all().delete()
    remind_waiting()
    Notification.objects.exclude(user=world.bereket).delete()
    Notification.objects.update(email_due_at=timezone.now())


def test_one_mail_lists_what_waits_and_names_nobody_unless_wanted(world: World) -> None:
    three_things_wait(world)
    assert send_notification_emails() == 1
    [letter] = mail.outbox
    assert letter.subject == "3 things wait for you"
    html = next(str(part.content) for part in letter.alternatives if part.mimetype == "text/html")
    for text in (letter.body, html):
        assert "nurses" not in text
        assert "Amina" not in text
        assert "A need waits for an expert. Look at who fits." in text
        assert len(set(re.findall(r"/answer/[^\s\"<]+", text))) >= 2
        assert "/people/" in text


def test_names_and_topics_stand_in_it_when_its_reader_wants_them(world: World) -> None:
    User.objects.filter(pk=world.bereket.pk).update(news_emails="named")
    three_things_wait(world)
    assert send_notification_emails() == 1
    for title in ("Hours of nurses", "Offer for nurses", "Silent nurses"):
        assert title in mail.outbox[0].body
    assert "working day" in mail.outbox[0].body or "asked for by" in mail.outbox[0].body


def test_what_was_done_meanwhile_is_not_in_it_and_nothing_leaves_when_all_is(world: World) -> None:
    story.after_proposal_sent(world)
    Proposal.objects.update(waiting_since=timezone.now() - timedelta(days=5))
    remind_waiting()
    Notification.objects.exclude(verb="engagements.reply.reminded").delete()
    Notification.objects.update(email_due_at=timezone.now())
    decline_proposal(actor=world.bereket, proposal=Proposal.objects.get(), reason="no_time")
    Notification.objects.exclude(verb="engagements.reply.reminded").delete()
    assert send_notification_emails() == 0
    assert Notification.objects.get().email_due_at is None


def test_nobody_is_mailed_who_wants_none(world: World) -> None:
    User.objects.filter(pk=world.bereket.pk).update(news_emails="off")
    three_things_wait(world)
    assert send_notification_emails() == 0
    assert Notification.objects.filter(read_at=None).count() == 3
