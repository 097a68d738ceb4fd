"""News in the app and by e-mail: once each, whoever runs at the same moment, whatever fails."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core import news
from diaspora_net.core.mails import TRIES
from messaging import tasks
from messaging.actions import emails, news_emails, notifications, pokes
from messaging.actions.messages import mark_read, post_event
from messaging.actions.notifications import notify, read_all_notifications
from messaging.models import Conversation, DailyMail, Notification, Participant
from messaging.queries.messages import Badge, unread_badge
from messaging.queries.notifications import notification_list
from tests.messaging.test_actions import in_threads, write

SignIn = Callable[[User | None], Client]


def tell(user: User, key: str = "proposal-1-accepted", **values: Any) -> None:
    values = {"params": {"title": "Train nurses"}, "url": "/engagements/", **values}
    notify(user=user, verb="proposals.accepted", text="Your offer for %(title)s was accepted.", event_key=key, **values)


def later(**values: float) -> None:
    """Let time pass for what waits to be sent."""
    for field in ("email_due_at", "email_lease_until"):
        for row in Notification.objects.exclude(**{field: None}):
            Notification.objects.filter(pk=row.pk).update(**{field: getattr(row, field) - timedelta(**values)})
    DailyMail.objects.update(lease_until=F("lease_until") - timedelta(**values))


def test_news_is_told_once_when_the_same_event_comes_again(amina: User, salma: User) -> None:
    tell(amina)
    tell(amina, params={"title": "Other"})
    tell(salma)
    [row] = notification_list(amina)
    assert row.text == "Your offer for Train nurses was accepted."
    assert unread_badge(amina) == Badge(messages=0, notifications=1)


@pytest.mark.django_db(transaction=True)
def test_news_is_told_once_when_eight_tell_it_at_once(amina: User) -> None:
    assert in_threads(lambda _number: tell(amina), 8) == [None] * 8
    assert amina.notifications.count() == 1


def test_no_news_remains_when_the_transaction_is_rolled_back(amina: User) -> None:
    with transaction.atomic():
        tell(amina)
        transaction.set_rollback(True)
    assert not amina.notifications.exists()


def test_lower_packages_reach_people_when_they_tell_news(amina: User) -> None:
    news.tell(user_id=amina.pk, verb="x", text="Verified.", params={}, url="/org/", event_key="k")
    assert [row.text for row in notification_list(amina)] == ["Verified."]


def test_page_stands_when_a_translation_names_an_unknown_value(amina: User) -> None:
    tell(amina, params={})
    assert [row.text for row in notification_list(amina)] == ["Your offer for %(title)s was accepted."]


def test_badge_is_empty_when_all_is_read(amina: User, salma: User, talk: Conversation) -> None:
    tell(amina)
    tell(amina, "other")
    write(salma, talk)
    write(amina, talk)
    post_event(conversation=talk, text="Something happened.")
    assert unread_badge(amina) == Badge(messages=1, notifications=2)
    assert read_all_notifications(actor=amina) == 2
    mark_read(actor=amina, conversation=talk, seq=3)
    assert unread_badge(amina) == Badge(messages=0, notifications=0)


# ── By e-mail ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_mail_is_neutral_and_in_the_readers_language_when_news_is_due(amina: User, settings: Any) -> None:
    settings.BASE_URL = "https://network.example.org"
    tell(amina)
    assert tasks.email_notifications() == 1
    [message] = mail.outbox
    assert message.to == [amina.email]
    assert message.subject == "There is news for you at Diaspora Net"
    assert "https://network.example.org/notifications/" in message.body
    for secret in ("Train nurses", amina.full_name, "Ben Salah"):
        assert secret not in message.body + message.subject
    row = amina.notifications.get()
    assert message.extra_headers["Message-ID"] == f"<news-{DailyMail.objects.get().pk}@network.example.org>"
    assert row.emailed_at is not None
    assert tasks.email_notifications() == 0


def test_one_mail_leaves_when_several_news_are_due(amina: User, salma: User) -> None:
    for key in ("a", "b", "c"):
        tell(amina, key)
    tell(salma)
    assert news_emails.send_notification_emails() == 2
    assert sorted(message.to[0] for message in mail.outbox) == [amina.email, salma.email]
    assert not Notification.objects.filter(emailed_at=None).exists()


@pytest.mark.parametrize("why", ["inactive", "unwanted", "read", "in the app only"])
def test_no_mail_leaves_when_the_person_shall_not_have_it(why: str, amina: User) -> None:
    tell(amina, by_email=why != "in the app only")
    if why == "inactive":
        User.objects.filter(pk=amina.pk).update(is_active=False)
    if why == "unwanted":
        User.objects.filter(pk=amina.pk).update(news_emails="off")
    if why == "read":
        read_all_notifications(actor=amina)
    assert news_emails.send_notification_emails() == 0
    assert not mail.outbox
    assert news_emails.send_notification_emails() == 0


@pytest.mark.django_db(transaction=True)
def test_each_mail_leaves_once_when_two_sweeps_run_at_once(
    amina: User, salma: User, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first mail server is slow, so the second sweep passes while the first still sends."""
    for person in (amina, salma, dana):
        tell(person)
    sending = threading.Semaphore(0)
    real = EmailBackend.send_messages

    def slowly(self: EmailBackend, messages: list[Any]) -> int:
        sending.release()
        sending.acquire(timeout=0.5)
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    answers = in_threads(lambda _number: news_emails.send_notification_emails(), 2)
    assert sum(answers) == 3
    assert sorted(message.to[0] for message in mail.outbox) == sorted(p.email for p in (amina, salma, dana))


def test_mail_comes_later_when_the_mail_server_fails(
    amina: User, monkeypatch: pytest.MonkeyPatch, as_person: SignIn
) -> None:
    tell(amina)

    def fail(*_args: object) -> int:
        raise OSError("no mail server")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", fail)
        assert news_emails.send_notification_emails() == 0
    row = amina.notifications.get()
    assert (row.email_attempts, row.emailed_at, row.email_lease_until) == (1, None, None)
    assert timedelta(seconds=4) < row.email_due_at - timezone.now() <= timedelta(seconds=10)
    assert news_emails.send_notification_emails() == 0
    later(seconds=11)
    assert news_emails.send_notification_emails() == 1
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", fail)
        tell(amina, "another", is_urgent=True)
        for _attempt in range(TRIES + 2):
            news_emails.send_notification_emails()
            later(hours=2)
    assert "have not arrived since" in as_person(amina).get("/notifications/").content.decode()
    tell(amina, "third", is_urgent=True)
    assert news_emails.send_notification_emails() == 1
    assert "have not arrived since" not in as_person(amina).get("/notifications/").content.decode()
    given_up = amina.notifications.get(event_key="another")
    assert (given_up.email_attempts, given_up.email_due_at, given_up.email_failed_at is None) == (TRIES, None, False)


def test_mail_leaves_after_the_lease_when_a_worker_died_with_it(amina: User) -> None:
    tell(amina)
    news_emails._lease_daily()
    assert news_emails.send_notification_emails() == 0
    later(minutes=3)
    assert news_emails.send_notification_emails() == 1


def test_news_and_its_mail_stand_when_the_broker_is_dead(
    amina: User, settings: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(notifications, "publish", lambda _wakes: True)

    def refuse(*_args: object, **_values: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(pokes.current_app, "send_task", refuse)
    monkeypatch.setitem(pokes.current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(pokes, "_not_before", {})
    with django_capture_on_commit_callbacks(execute=True):
        tell(amina)
    assert news_emails.send_notification_emails() == 1


def test_sweep_is_poked_once_when_many_news_come_at_once(
    amina: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    poked: list[str] = []
    monkeypatch.setattr(notifications, "publish", lambda _wakes: True)
    monkeypatch.setattr(pokes.current_app, "send_task", lambda name, **_values: poked.append(name))
    monkeypatch.setattr(pokes, "_not_before", {})
    monkeypatch.setitem(pokes.current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    with django_capture_on_commit_callbacks(execute=True):
        for key in "abc":
            tell(amina, key)
        tell(amina, "d", by_email=False)
    assert poked == ["messaging.tasks.email_notifications"]


# ── About unread messages ───────────────────────────────────────────────────────────────────────────────────────────
def age(talk: Conversation, **values: float) -> None:
    """Let time pass for a conversation."""
    ago = timedelta(**values)
    for message in talk.messages.all():
        talk.messages.filter(pk=message.pk).update(created_at=message.created_at - ago)
    for place in talk.participants.exclude(emailed_at=None):
        Participant.objects.filter(pk=place.pk).update(emailed_at=place.emailed_at - ago)


def test_one_mail_leaves_when_messages_wait_unread(amina: User, salma: User, talk: Conversation) -> None:
    write(amina, talk, "Secret one")
    write(amina, talk, "Secret two")
    assert tasks.email_unread() == 0
    age(talk, minutes=11)
    assert tasks.email_unread() == 1
    [message] = mail.outbox
    assert message.to == [salma.email]
    assert "Secret" not in message.body
    assert "/messages/" in message.body
    age(talk, minutes=31)
    assert tasks.email_unread() == 0
    write(amina, talk, "Secret three")
    age(talk, minutes=11)
    assert tasks.email_unread() == 1


def test_second_mail_waits_half_an_hour_when_more_is_written(amina: User, salma: User, talk: Conversation) -> None:
    write(amina, talk)
    age(talk, minutes=11)
    assert tasks.email_unread() == 1
    write(amina, talk)
    age(talk, minutes=12)
    assert tasks.email_unread() == 0
    age(talk, minutes=20)
    assert tasks.email_unread() == 1


@pytest.mark.parametrize("why", ["read", "left", "unwanted", "own", "event"])
def test_no_mail_leaves_when_there_is_nothing_to_tell(why: str, amina: User, salma: User, talk: Conversation) -> None:
    post_event(conversation=talk, text="Something happened.") if why == "event" else write(amina, talk)
    age(talk, minutes=11)
    if why == "read":
        mark_read(actor=salma, conversation=talk, seq=1)
    if why == "left":
        talk.participants.filter(user=salma).update(left_at=timezone.now())
    if why == "unwanted":
        User.objects.filter(pk=salma.pk).update(message_emails="off")
    if why == "own":
        talk.participants.filter(user=salma).delete()
    assert tasks.email_unread() == 0


@pytest.mark.django_db(transaction=True)
def test_one_mail_about_unread_leaves_when_two_sweeps_run_at_once(amina: User, talk: Conversation) -> None:
    write(amina, talk)
    age(talk, minutes=11)
    assert sorted(in_threads(lambda _number: emails.send_unread_emails(), 2)) == [0, 1]
    assert len(mail.outbox) == 1


def test_mail_about_unread_comes_again_when_the_mail_server_failed(
    amina: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(amina, talk)
    age(talk, minutes=11)

    def fail(*_args: object) -> int:
        raise OSError("no mail server")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", fail)
        assert emails.send_unread_emails() == 0
    age(talk, minutes=31)
    assert emails.send_unread_emails() == 1


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_news_is_read_and_followed_when_opened(amina: User, salma: User, as_person: SignIn) -> None:
    tell(amina)
    row = amina.notifications.get()
    page = as_person(amina).get("/notifications/")
    assert "Your offer for Train nurses was accepted." in page.content.decode()
    assert as_person(amina).get(f"/notifications/{row.pk}/open").status_code == 405
    assert as_person(salma).post(f"/notifications/{row.pk}/open").status_code == 404
    answer = as_person(amina).post(f"/notifications/{row.pk}/open")
    assert (answer.status_code, answer["Location"]) == (302, "/engagements/")
    row.refresh_from_db()
    assert row.read_at is not None


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_nobody_is_led_away_when_news_names_a_foreign_address(url: str, amina: User, as_person: SignIn) -> None:
    tell(amina, url=url)
    answer = as_person(amina).post(f"/notifications/{amina.notifications.get().pk}/open")
    assert answer["Location"] == "/notifications/"


def test_all_is_read_when_marked_so(amina: User, salma: User, as_person: SignIn) -> None:
    for person in (amina, salma):
        tell(person)
    as_person(amina).post("/notifications/read/")
    assert [unread_badge(person).notifications for person in (amina, salma)] == [0, 1]


# ── One a day ───────────────────────────────────────────────────────────────────────────────────────────────────────
NOON = datetime(2026, 6, 10, 10, tzinfo=UTC)


@time_machine.travel(NOON, tick=False)
def test_one_mail_leaves_a_day_and_the_rest_together_on_the_next_morning(amina: User) -> None:
    User.objects.filter(pk=amina.pk).update(time_zone="Europe/Paris", news_emails="named")
    tell(amina, "first")
    assert news_emails.send_notification_emails() == 1
    for key in ("second", "third"):
        tell(amina, key, params={"title": key})
    assert news_emails.send_notification_emails() == 0
    eight = datetime(2026, 6, 11, 6, tzinfo=UTC)
    assert {row.email_due_at for row in Notification.objects.filter(emailed_at=None)} == {eight}
    with time_machine.travel(eight - timedelta(minutes=1), tick=False):
        assert news_emails.send_notification_emails() == 0
    with time_machine.travel(eight, tick=False):
        assert news_emails.send_notification_emails() == 1
    assert "second" in mail.outbox[1].body
    assert "third" in mail.outbox[1].body
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 2


def test_urgent_news_is_mailed_at_once_and_leaves_the_mail_of_the_day_alone(amina: User) -> None:
    tell(amina, "first")
    assert news_emails.send_notification_emails() == 1
    for number in range(2):
        tell(amina, f"urgent-{number}", is_urgent=True)
        assert news_emails.send_notification_emails() == 1
    tell(amina, "second")
    assert news_emails.send_notification_emails() == 0
    assert len(mail.outbox) == 3


@time_machine.travel(NOON, tick=False)
def test_the_day_is_that_of_the_reader(amina: User, salma: User) -> None:
    """At noon in Paris it is the 10th in Honolulu still for 14 hours, in Kiritimati the 11th already."""
    User.objects.filter(pk=amina.pk).update(time_zone="Pacific/Honolulu")
    User.objects.filter(pk=salma.pk).update(time_zone="Pacific/Kiritimati")
    for person in (amina, salma):
        tell(person)
    assert news_emails.send_notification_emails() == 2
    assert [row.day.day for row in DailyMail.objects.order_by("user")] == [10, 11]


def test_a_clock_that_jumps_ahead_and_back_sends_no_second_mail_of_a_day(amina: User) -> None:
    tell(amina, "first")
    assert news_emails.send_notification_emails() == 1
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=True):
        tell(amina, "second")
        assert news_emails.send_notification_emails() == 1
    tell(amina, "third")
    assert news_emails.send_notification_emails() == 0


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_mail_of_the_day_comes_again_as_the_same_when_the_sweep_died(
    moment: str, amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    deliver = EmailBackend.send_messages

    def die(backend: EmailBackend, letters: Any) -> int:
        if moment == "after":
            deliver(backend, letters)
        raise Killed

    tell(amina)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", die)
        with pytest.raises(Killed):
            news_emails.send_notification_emails()
    tell(amina, "meanwhile")
    assert news_emails.send_notification_emails() == 0
    later(minutes=3)
    assert news_emails.send_notification_emails() == 1
    assert news_emails.send_notification_emails() == 0
    numbers = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert len(numbers) == (2 if moment == "after" else 1)
    assert len(set(numbers)) == 1
