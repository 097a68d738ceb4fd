"""Sweeps that are killed half-way, as by a power cut: a real process and a real SIGKILL, of ours and of naive ones."""

from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from engagements.actions.reminders import remind_waiting
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Reminder
from messaging.actions.news_emails import send_notification_emails
from messaging.actions.notifications import notify
from messaging.models import DailyMail, Notification
from tests import world as story
from tests.engagements.sweeps import naive
from tests.engagements.sweeps.steps import fails_once_reminded, is_over, killed, reminded_once, waits_since
from tests.engagements.work.days import told
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def ids_of_mails(directory: Path) -> list[str]:
    """Return the Message-ID of every mail that left, from the process that was killed and from this one."""
    letters = [message_from_bytes(path.read_bytes()) for path in sorted(directory.iterdir())]
    return [str(letter["Message-ID"]) for letter in [*letters, *(sent.message() for sent in mail.outbox)]]


def mailed_as_one(ids: list[str]) -> None:
    """Assert that news left by e-mail, and that a mail that left twice can be told by its id to be the same."""
    assert len(set(ids)) == 1
    assert len(ids) <= 2


def test_nothing_is_half_done_when_a_sweep_is_killed_before_it_commits(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    waits_since(proposal, 5)
    killed("reminder")
    assert (Reminder.objects.count(), told("reply")) == (0, [])
    assert [remind_waiting(), remind_waiting()] == [1, 0]
    reminded_once(world)

    is_over(proposal)
    killed("end")
    proposal.refresh_from_db()
    assert (proposal.state, Reminder.objects.filter(number=3).count()) == ("sent", 0)
    assert not Notification.objects.filter(verb="engagements.proposal.expired").exists()
    assert end_waiting() == 1
    assert Notification.objects.filter(verb="engagements.proposal.expired").count() == 2


@pytest.mark.parametrize(("sweep", "times"), [("mark_then_tell", 0), ("tell_then_mark", 2)])
def test_control_a_sweep_with_two_transactions_forgets_or_repeats_when_it_is_killed(
    world: World, sweep: str, times: int
) -> None:
    """Killed between its two transactions, the one that marks first tells nobody, the one that tells first twice."""
    waits_since(story.after_proposal_sent(world), 5)
    killed(f"kill:{sweep}")
    for _again in range(2):
        getattr(naive, sweep)()
    fails_once_reminded(world, times=times)


@pytest.mark.parametrize("sweep", ["mark_then_tell", "tell_then_mark"])
def test_control_the_same_sweeps_remind_once_when_nobody_kills_them(world: World, sweep: str) -> None:
    """So it is the kill that they cannot bear."""
    waits_since(story.after_proposal_sent(world), 5)
    for _again in range(2):
        getattr(naive, sweep)()
    reminded_once(world)


@pytest.mark.parametrize(("where", "before"), [("mail-before", 0), ("mail-after", 1)])
def test_one_mail_more_at_most_and_the_same_one_when_the_sweep_is_killed(
    world: World, tmp_path: Path, where: str, before: int
) -> None:
    Notification.objects.all().delete()
    notify(user=world.bereket, verb="a.b", text="News.", params={}, url="/", event_key="one")
    killed(where, tmp_path)
    assert len(ids_of_mails(tmp_path)) == before
    assert send_notification_emails() == 0
    ago = timezone.now() - timedelta(minutes=1)
    Notification.objects.update(email_lease_until=ago)
    DailyMail.objects.update(lease_until=ago)
    assert [send_notification_emails(), send_notification_emails()] == [1, 0]
    mailed_as_one(ids_of_mails(tmp_path))


@pytest.mark.parametrize(("sweep", "mails"), [("mark_then_mail", 0), ("mail_then_mark", 2)])
def test_control_a_sweep_without_lease_and_fixed_id_loses_the_mail_or_sends_another(
    world: World, tmp_path: Path, sweep: str, mails: int
) -> None:
    """Killed in the middle, the one that notes first never mails, the other mails twice under ids of their own."""
    Notification.objects.all().delete()
    notify(user=world.bereket, verb="a.b", text="News.", params={}, url="/", event_key="one")
    killed(f"kill:{sweep}", tmp_path)
    getattr(naive, sweep)()
    ids = ids_of_mails(tmp_path)
    with pytest.raises(AssertionError):
        mailed_as_one(ids)
    assert (len(ids), len(set(ids))) == (mails, mails)


def test_a_sweep_that_is_killed_on_a_clock_that_was_ahead_holds_nothing_on_the_right_one(
    world: World, tmp_path: Path
) -> None:
    """Read as it stands, which is the control, its lease would hold the mail for a year."""
    Notification.objects.all().delete()
    notify(user=world.bereket, verb="a.b", text="News.", params={}, url="/", event_key="one")
    killed("mail-before", tmp_path, "365")
    held = Notification.objects.filter(email_lease_until__gt=timezone.now() + timedelta(days=364))
    assert (held.count(), DailyMail.objects.filter(lease_until__gt=timezone.now()).count()) == (1, 1)
    assert [send_notification_emails(), send_notification_emails()] == [1, 0]
    assert len(mail.outbox) == 1


def test_news_that_a_clock_which_was_ahead_put_off_leaves_on_the_right_one(world: World) -> None:
    """One mail a day: the second piece of news waits for the next day, which that clock takes for one in a year."""
    Notification.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(days=365), tick=True):
        for number in ("one", "two"):
            notify(user=world.bereket, verb="a.b", text="News.", params={}, url="/", event_key=number)
            send_notification_emails()
    assert len(mail.outbox) == 1
    assert Notification.objects.filter(emailed_at=None, email_due_at__gt=timezone.now() + timedelta(days=364)).exists()
    assert send_notification_emails() == 1
