"""What sweeps do when everything goes wrong: two at once, killed half-way, on a wrong clock, without a broker.

Each promise has a control: a sweep that reads, then writes, which breaks it under the same fault.
"""

import os
import subprocess
import sys
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from engagements.actions.reminders import remind_waiting
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Need, Proposal, Reminder
from engagements.queries.waiting_rows import rows_to_remind
from engagements.states.clocks import WaitingKind
from messaging.actions import notifications, pokes
from messaging.actions.news_emails import send_notification_emails
from messaging.actions.notifications import notify
from messaging.models import DailyMail, Notification
from tests import world as story
from tests.engagements.work.days import told
from tests.liveserver import database_url
from tests.messaging.test_actions import in_threads
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
SWEEPS = 4


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def waits_since(proposal: Proposal, days: int) -> None:
    """Let a proposal have waited for so many days."""
    since = timezone.now() - timedelta(days=days)
    Proposal.objects.filter(pk=proposal.pk).update(waiting_since=since, expires_at=since + timedelta(days=14))


def is_over(proposal: Proposal) -> None:
    """Let a proposal have run out, after a second reminder two days ago."""
    waits_since(proposal, 20)
    proposal.refresh_from_db()
    warned = timezone.now() - timedelta(days=2)
    Reminder.objects.create(kind="reply", row=proposal.pk, since=proposal.waiting_since, number=2, sent_at=warned)


def killed(where: str, directory: Path | None = None) -> None:
    """Run a sweep in another process which kills itself ``where`` it hurts; the test's mails lie in ``directory``."""
    command = [
        sys.executable,
        "-m",
        "tests.engagements.work.dying_sweep",
        where,
        *([str(directory)] if directory else []),
    ]
    environment = {**os.environ, "DATABASE_URL": database_url()}
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False, timeout=100)
    assert run.returncode == -9, run.stderr.decode()[-2000:]


def test_one_of_several_sweeps_reminds_when_all_run_at_once(world: World) -> None:
    waits_since(story.after_proposal_sent(world), 5)
    assert sum(in_threads(lambda _number: remind_waiting(), SWEEPS)) == 1  # type: ignore[arg-type]
    assert [news.user for news in told("reply")] == [world.bereket]


def test_control_a_sweep_that_reads_then_writes_reminds_several_times(world: World) -> None:
    """The same fault without the row that only one sweep can write."""
    proposal = story.after_proposal_sent(world)
    waits_since(proposal, 5)
    gate = Barrier(SWEEPS)

    def naive(_number: int) -> int:
        due = list(rows_to_remind(WaitingKind.REPLY).values_list("pk", flat=True))
        gate.wait(30)
        for _row in due:
            with transaction.atomic():
                notify(
                    user=world.bereket,
                    verb="engagements.reply.reminded",
                    text="Waits.",
                    params={},
                    url="/",
                    event_key=f"naive:{uuid4()}",
                )
        return len(due)

    in_threads(naive, SWEEPS)
    assert len(told("reply")) == SWEEPS


def test_one_of_several_sweeps_ends_when_all_run_at_once(world: World) -> None:
    is_over(story.after_proposal_sent(world))
    assert sum(in_threads(lambda _number: end_waiting(), SWEEPS)) == 1  # type: ignore[arg-type]
    assert Proposal.objects.get().state == "expired"
    assert Notification.objects.filter(verb="engagements.proposal.expired").count() == 2


def test_nothing_is_half_done_when_a_sweep_is_killed_before_it_commits(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    waits_since(proposal, 5)
    killed("reminder")
    assert (Reminder.objects.count(), told("reply")) == (0, [])
    assert remind_waiting() == 1
    assert len(told("reply")) == 1

    is_over(proposal)
    killed("end")
    proposal.refresh_from_db()
    assert (proposal.state, Reminder.objects.filter(number=3).count()) == ("sent", 0)
    assert not Notification.objects.filter(verb="engagements.proposal.expired").exists()
    assert end_waiting() == 1
    assert Notification.objects.filter(verb="engagements.proposal.expired").count() == 2


def test_control_a_sweep_without_a_transaction_forgets_people_when_it_is_killed(world: World) -> None:
    """It has written that it reminds, dies before it does, and nobody is ever told."""

    class Killed(BaseException):
        pass

    proposal = story.after_proposal_sent(world)
    waits_since(proposal, 5)

    def naive() -> None:
        for row, since, number in rows_to_remind(WaitingKind.REPLY).values_list("pk", "step_since", "step_number"):
            Reminder.objects.create(kind="reply", row=row, since=since, number=number)
            raise Killed

    with pytest.raises(Killed):
        naive()
    assert remind_waiting() == 0
    assert told("reply") == []


@pytest.mark.parametrize(("where", "before"), [("mail-before", 0), ("mail-after", 1)])
def test_one_mail_more_at_most_and_the_same_one_when_the_sweep_is_killed(
    world: World, tmp_path: Path, where: str, before: int
) -> None:
    Notification.objects.all().delete()
    notify(user=world.bereket, verb="a.b", text="News.", params={}, url="/", event_key="one")
    killed(where, tmp_path)
    sent = [message_from_bytes(path.read_bytes()) for path in tmp_path.iterdir()]
    assert len(sent) == before
    assert send_notification_emails() == 0
    ago = timezone.now() - timedelta(minutes=1)
    Notification.objects.update(email_lease_until=ago)
    DailyMail.objects.update(lease_until=ago)
    assert [send_notification_emails(), send_notification_emails()] == [1, 0]
    [again] = mail.outbox
    assert {letter["Message-ID"] for letter in sent} <= {again.extra_headers["Message-ID"]}


def test_one_mail_leaves_a_day_when_several_sweeps_and_news_come_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    Notification.objects.all().delete()
    deliver = EmailBackend.send_messages

    def slowly(backend: EmailBackend, letters: list[object]) -> int:
        notify(user=world.bereket, verb="a.b", text="News.", params={}, url="/", event_key=str(uuid4()))
        return int(deliver(backend, letters) or 0)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    notify(user=world.bereket, verb="a.b", text="News.", params={}, url="/", event_key="first")
    in_threads(lambda _number: send_notification_emails(), SWEEPS)
    assert len(mail.outbox) == 1
    assert DailyMail.objects.count() == 1


def test_control_a_sweep_that_looks_then_sends_mails_several_times(world: World) -> None:
    """The same fault without the row that is there once a day."""
    gate = Barrier(SWEEPS)

    def naive(_number: int) -> None:
        is_told = DailyMail.objects.filter(user=world.bereket, sent_at__isnull=False).exists()
        gate.wait(30)
        if not is_told:
            mail.send_mail("News", "News.", None, [world.bereket.email])
            day = timezone.localdate()
            DailyMail.objects.get_or_create(user=world.bereket, day=day, defaults={"sent_at": timezone.now()})

    in_threads(naive, SWEEPS)
    assert len(mail.outbox) == SWEEPS


def test_everything_is_told_and_mailed_when_the_broker_is_dead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_values: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(pokes.current_app, "send_task", refuse)
    monkeypatch.setitem(pokes.current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(pokes, "_not_before", {})
    monkeypatch.setattr(notifications, "publish", lambda _wakes: True)
    waits_since(story.after_proposal_sent(world), 5)
    Notification.objects.all().delete()
    assert remind_waiting() == 1
    Notification.objects.update(email_due_at=timezone.now())
    assert send_notification_emails() == 1
    assert [letter.to for letter in mail.outbox] == [[world.bereket.email]]


def test_a_wrong_clock_ends_nothing_that_nobody_was_warned_of(world: World) -> None:
    """A year ahead for a moment: reminders may go out early, but nothing is closed before a real day has passed."""
    proposal = story.after_proposal_sent(world)
    waits_since(proposal, 400)
    assert end_waiting() == 0
    assert remind_waiting() == 1
    assert end_waiting() == 0
    Reminder.objects.update(sent_at=timezone.now() + timedelta(days=365))
    waits_since(proposal, 1)
    assert (remind_waiting(), end_waiting()) == (0, 0)
    proposal.refresh_from_db()
    assert (proposal.state, Need.objects.get().state) == ("sent", "published")
