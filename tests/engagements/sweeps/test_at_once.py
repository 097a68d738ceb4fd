"""Several sweeps at the same moment do each thing once; ones that look first and write later do it several times."""

from threading import Barrier
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from engagements.actions.reminders import remind_waiting
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Proposal
from messaging.actions.news_emails import send_notification_emails
from messaging.actions.notifications import notify
from messaging.models import DailyMail, Notification
from tests import world as story
from tests.engagements.sweeps import naive
from tests.engagements.sweeps.steps import fails_once_reminded, is_over, reminded_once, waits_since
from tests.messaging.test_actions import in_threads
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
SWEEPS = 4


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def test_one_of_several_sweeps_reminds_when_all_run_at_once(world: World) -> None:
    waits_since(story.after_proposal_sent(world), 5)
    assert sum(in_threads(lambda _number: remind_waiting(), SWEEPS)) == 1  # type: ignore[arg-type]
    reminded_once(world)


def test_control_a_sweep_that_reads_then_writes_reminds_several_times(world: World) -> None:
    """The same fault without the row that only one sweep can write: each of the four tells him."""
    waits_since(story.after_proposal_sent(world), 5)
    gate = Barrier(SWEEPS)

    def sweep(_number: int) -> None:
        rows = naive.due()
        gate.wait(30)
        for row, since, _which in rows:
            naive.tell(row, since)

    in_threads(sweep, SWEEPS)
    fails_once_reminded(world, times=SWEEPS)


def test_one_of_several_sweeps_ends_when_all_run_at_once(world: World) -> None:
    is_over(story.after_proposal_sent(world))
    assert sum(in_threads(lambda _number: end_waiting(), SWEEPS)) == 1  # type: ignore[arg-type]
    assert Proposal.objects.get().state == "expired"
    assert Notification.objects.filter(verb="engagements.proposal.expired").count() == 2


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
    """The same fault without the row that is there once a day: four mails leave."""
    gate = Barrier(SWEEPS)

    def sweep(_number: int) -> None:
        is_told = DailyMail.objects.filter(user=world.bereket, sent_at__isnull=False).exists()
        gate.wait(30)
        if not is_told:
            mail.send_mail("News", "News.", None, [world.bereket.email])
            day = timezone.localdate()
            DailyMail.objects.get_or_create(user=world.bereket, day=day, defaults={"sent_at": timezone.now()})

    in_threads(sweep, SWEEPS)
    assert len(mail.outbox) == SWEEPS
