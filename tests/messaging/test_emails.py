"""E-mails about unread messages: who gets one, what it says, how often, and how it is stopped."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail, signing
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.models import User
from messaging.actions import emails
from messaging.actions.conversations import mute_conversation, open_conversation
from messaging.actions.edits import delete_message
from messaging.actions.messages import mark_read
from messaging.actions.news_emails import send_notification_emails
from messaging.actions.notifications import notify
from messaging.models import Conversation, Notification, Participant
from messaging.queries.emails import quiet_end, unsubscribe_token
from tests.factories import make_person
from tests.messaging.test_actions import in_threads, write
from tests.messaging.test_notifications import age, tell

SignIn = Callable[..., Client]


def read(salma: User, talk: Conversation) -> None:
    mark_read(actor=salma, conversation=talk, seq=1)


def mute(salma: User, talk: Conversation) -> None:
    mute_conversation(actor=salma, conversation=talk, is_muted=True)


def leave(salma: User, talk: Conversation) -> None:
    talk.participants.filter(user=salma).update(left_at=timezone.now())


def block(salma: User, talk: Conversation) -> None:
    block_person(actor=salma, person=User.objects.get(email="amina@example.org"))


def be_blocked(salma: User, talk: Conversation) -> None:
    block_person(actor=User.objects.get(email="amina@example.org"), person=salma)


def go(salma: User, talk: Conversation) -> None:
    User.objects.filter(pk=salma.pk).update(is_active=False)


def turn_off(salma: User, talk: Conversation) -> None:
    User.objects.filter(pk=salma.pk).update(message_emails="off")


def lose_address(salma: User, talk: Conversation) -> None:
    EmailAddress.objects.filter(user=salma).update(verified=False)


def take_back(salma: User, talk: Conversation) -> None:
    delete_message(actor=User.objects.get(email="amina@example.org"), message=talk.messages.get())


REASONS = [read, mute, leave, block, be_blocked, go, turn_off, lose_address, take_back]


@pytest.mark.parametrize("why", REASONS)
def test_no_mail_leaves_when_it_changed_after_the_sweep_had_looked(
    why: Callable[..., None], amina: User, salma: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first look finds the place; whatever happens then, the claim looks again in the same statement."""
    write(amina, talk)
    age(talk, minutes=11)
    places = emails.unread_places(
        waiting=emails.UNREAD_AFTER, until=emails.UNREAD_UNTIL, every=emails.UNREAD_EVERY, after=0
    )
    assert [place.user for place in places] == [salma]
    why(salma, talk)
    looks = iter([places, []])
    monkeypatch.setattr(emails, "unread_places", lambda **_values: next(looks))
    assert emails.send_unread_emails() == 0
    assert mail.outbox == []
    assert talk.participants.get(user=salma).emailed_at is None


def test_mail_names_nobody_unless_its_reader_wants_it(amina: User, salma: User, talk: Conversation) -> None:
    write(amina, talk, "The first line\nand a second")
    age(talk, minutes=11)
    assert emails.send_unread_emails() == 1
    neutral = mail.outbox[0]
    for word in ("Amina", "first line", str(talk.pk)):
        assert word not in neutral.subject + neutral.body + str(neutral.extra_headers)
    User.objects.filter(pk=salma.pk).update(message_emails="named")
    write(amina, talk, "Another line\nand a second")
    age(talk, minutes=31)
    assert emails.send_unread_emails() == 1
    named = mail.outbox[1]
    assert named.subject == "Amina Ben Salah wrote to you"
    assert "Amina Ben Salah: Another line\n" in named.body
    assert "and a second" not in named.body
    assert f"/messages/{talk.pk}/" in named.body


def test_no_header_is_forged_when_a_name_holds_a_line_break(amina: User, salma: User, talk: Conversation) -> None:
    User.objects.filter(pk=amina.pk).update(full_name="Amina\r\nBcc: all@example.org")
    User.objects.filter(pk=salma.pk).update(message_emails="named")
    write(amina, talk)
    age(talk, minutes=11)
    assert emails.send_unread_emails() == 1
    assert mail.outbox[0].recipients() == [salma.email]
    assert mail.outbox[0].subject == "Amina Bcc: all@example.org wrote to you"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_lost_mail_comes_again_as_the_same_mail_when_the_sweep_died(
    moment: str, amina: User, salma: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before or after the mail server took it: one more at most, half an hour later, with the same number."""

    class Killed(BaseException):
        pass

    deliver = EmailBackend.send_messages

    def die(backend: EmailBackend, letters: Any) -> int:
        if moment == "after":
            deliver(backend, letters)
        raise Killed

    write(amina, talk)
    age(talk, minutes=11)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", die)
        with pytest.raises(Killed):
            emails.send_unread_emails()
    write(amina, talk, "One more meanwhile")
    age(talk, minutes=12)
    assert emails.send_unread_emails() == 0
    age(talk, minutes=20)
    assert emails.send_unread_emails() == 1
    numbers = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert len(numbers) == (2 if moment == "after" else 1)
    assert len(set(numbers)) == 1
    age(talk, minutes=31)
    assert emails.send_unread_emails() == 1
    assert mail.outbox[-1].extra_headers["Message-ID"] not in numbers


@pytest.mark.django_db(transaction=True)
def test_each_mail_leaves_once_when_three_sweeps_take_twenty_at_once(amina: User) -> None:
    for number in range(20):
        person = make_person(f"p{number}@example.org", f"Person {number}")
        talk = open_conversation(participants=[amina, person], topic="", state="open")
        write(amina, talk)
        age(talk, minutes=11)
    counts = in_threads(lambda _number: emails.send_unread_emails(), 3)
    assert sum(int(str(count)) for count in counts) == 20
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(f"p{number}@example.org" for number in range(20))


@pytest.mark.django_db(transaction=True)
def test_no_mail_follows_a_block_when_both_happen_at_once(amina: User, salma: User) -> None:
    """Many times at the same moment: a mail that left was claimed before the block was committed, or there is none."""
    for _round in range(10):
        mail.outbox.clear()
        talk = open_conversation(participants=[amina, salma], topic="", state="open")
        write(amina, talk)
        age(talk, minutes=11)
        gate = threading.Event()

        def sweep(gate: threading.Event = gate) -> int:
            gate.wait(5)
            return emails.send_unread_emails()

        def part(gate: threading.Event = gate) -> int:
            gate.set()
            block_person(actor=salma, person=amina)
            return emails.send_unread_emails()

        counts = in_threads(lambda number, acts=(sweep, part): acts[number](), 2)  # type: ignore[misc]
        assert sum(int(str(count)) for count in counts) == len(mail.outbox) <= 1
        Participant.objects.update(emailed_at=None)
        assert emails.send_unread_emails() == 0
        salma.blocks.all().delete()
        Conversation.objects.all().delete()


@pytest.mark.parametrize(
    ("hour", "quiet", "end"),
    [
        (23, (22, 6), 6),
        (5, (22, 6), 6),
        (6, (22, 6), None),
        (21, (22, 6), None),
        (13, (12, 14), 14),
        (14, (12, 14), None),
        (3, (None, None), None),
    ],
)
def test_quiet_hours_follow_the_readers_clock(
    hour: int, quiet: tuple[int | None, int | None], end: int | None, amina: User
) -> None:
    amina.time_zone, (amina.quiet_from, amina.quiet_until) = "Asia/Kolkata", quiet
    now = datetime(2026, 6, 1, hour, 0, tzinfo=amina.zone).astimezone(UTC)
    until = quiet_end(amina, now)
    assert (until.astimezone(amina.zone).hour if until else None) == end
    if until:
        assert timedelta(0) < until - now <= timedelta(hours=8)


def test_mails_wait_when_it_is_quiet(amina: User, salma: User, talk: Conversation) -> None:
    hour = timezone.now().astimezone(salma.zone).hour
    User.objects.filter(pk=salma.pk).update(quiet_from=hour, quiet_until=(hour + 2) % 24)
    write(amina, talk)
    age(talk, minutes=11)
    tell(salma)
    assert emails.send_unread_emails() + send_notification_emails() == 0
    news = Notification.objects.get()
    assert news.email_due_at is not None
    assert news.email_due_at > timezone.now()
    assert news.email_attempts == 0
    User.objects.filter(pk=salma.pk).update(quiet_from=None, quiet_until=None)
    Notification.objects.update(email_due_at=timezone.now())
    assert (emails.send_unread_emails(), send_notification_emails()) == (1, 1)


def test_news_stand_in_the_mail_when_its_reader_wants_it(amina: User) -> None:
    User.objects.filter(pk=amina.pk).update(news_emails="named")
    words = {"verb": "a.b.c", "text": "“%(need)s” waits.", "params": {"need": "Dialysis"}}
    notify(user=amina, url="/for-you/", event_key="need-1", **words)
    assert send_notification_emails() == 1
    assert mail.outbox[0].subject == "“Dialysis” waits."


@pytest.mark.parametrize(("kind", "field"), [("messages", "message_emails"), ("news", "news_emails")])
def test_one_click_stops_one_kind_of_mail_and_looking_changes_nothing(
    kind: str, field: str, amina: User, salma: User, talk: Conversation
) -> None:
    write(amina, talk)
    age(talk, minutes=11)
    tell(salma)
    assert (emails.send_unread_emails(), send_notification_emails()) == (1, 1)
    letter = mail.outbox[0 if kind == "messages" else 1]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = letter.extra_headers["List-Unsubscribe"].strip("<>")
    path = "/" + url.split("/", 3)[3]
    client = Client(enforce_csrf_checks=True)
    for _time in range(2):
        assert client.get(path).status_code == 200
    salma.refresh_from_db()
    assert (salma.news_emails, salma.message_emails) == ("neutral", "neutral")
    for _time in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    salma.refresh_from_db()
    other = {"message_emails": "news_emails", "news_emails": "message_emails"}[field]
    assert (getattr(salma, field), getattr(salma, other)) == ("off", "neutral")


def test_every_other_link_is_answered_alike_when_it_was_not_signed_for_this(amina: User, client: Client) -> None:
    good = unsubscribe_token(amina, "news")
    forged = [
        "x",
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        signing.dumps([str(amina.public_id), "news"], salt="another"),
        signing.dumps([str(amina.public_id), "everything"], salt="messaging.unsubscribe"),
        signing.dumps([str(uuid.uuid4()), "news"], salt="messaging.unsubscribe"),
        signing.dumps("news", salt="messaging.unsubscribe"),
    ]
    answers = {client.post(f"/emails/off/{token}/").status_code for token in forged}
    assert answers == {404}
    amina.refresh_from_db()
    assert amina.news_emails == "neutral"
