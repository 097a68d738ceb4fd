"""Reminders of sessions: a day and an hour before, once each, and the question afterwards."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.actions.meeting_ends import cancel_meeting
from engagements.actions.meeting_reminders import send_due_reminders, tell_changed_clocks
from engagements.actions.meetings import choose_time, offer_times
from engagements.models import Meeting
from messaging.models import Notification
from messaging.queries.notifications import in_words
from tests import world as story
from tests.world import World

pytestmark = pytest.mark.django_db


def agreed(world: World, *, ahead: timedelta, days_ago: int = 5) -> Meeting:
    """Return an appointment ``ahead`` from now that was agreed days ago."""
    meeting = story.after_time_agreed(world)
    now = timezone.now()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now + ahead, changed_at=now - timedelta(days=days_ago))
    meeting.refresh_from_db()
    return meeting


def reminders(kind: str) -> list[Notification]:
    return list(Notification.objects.filter(verb=f"engagements.meeting.{kind}").order_by("user"))


@pytest.mark.parametrize(
    ("ahead", "kinds"),
    [
        (timedelta(hours=25), set()),
        (timedelta(hours=23), {"day"}),
        (timedelta(minutes=59), {"hour"}),
        (timedelta(minutes=-70), set()),
        (timedelta(minutes=-80), {"after"}),
        (timedelta(days=-8), set()),
    ],
)
def test_both_sides_are_told_once_when_a_reminder_is_due(world: World, ahead: timedelta, kinds: set[str]) -> None:
    agreed(world, ahead=ahead)
    assert [send_due_reminders(), send_due_reminders()] == [2 * len(kinds), 0]
    for kind in ("day", "hour", "after"):
        people = {one.user for one in reminders(kind)}
        assert people == ({world.amina, world.bereket} if kind in kinds else set())


def test_nobody_is_reminded_when_it_was_agreed_only_then_or_called_off(world: World) -> None:
    meeting = agreed(world, ahead=timedelta(hours=20), days_ago=0)
    assert send_due_reminders() == 0
    Meeting.objects.update(changed_at=timezone.now() - timedelta(days=3))
    cancel_meeting(actor=world.amina, meeting=meeting, reason="ill")
    assert send_due_reminders() == 0


def test_a_moved_session_is_reminded_of_anew_when_its_new_time_comes(world: World) -> None:
    meeting = agreed(world, ahead=timedelta(hours=23))
    assert send_due_reminders() == 2
    later = timezone.now() + timedelta(days=3)
    meeting = offer_times(actor=world.bereket, meeting=meeting, times=[later], minutes=60)
    assert send_due_reminders() == 0
    choose_time(actor=world.amina, meeting=meeting, starts_at=later)
    now = timezone.now()
    Meeting.objects.update(starts_at=now + timedelta(hours=22), changed_at=now - timedelta(days=3))
    assert send_due_reminders() == 2


def test_the_day_before_waits_and_the_hour_before_does_not_when_it_is_quiet(world: World) -> None:
    here = timezone.now().astimezone(world.amina.zone)
    User.objects.filter(pk=world.amina.pk).update(quiet_from=here.hour, quiet_until=(here.hour + 2) % 24)
    meeting = agreed(world, ahead=timedelta(hours=23))
    assert send_due_reminders() == 1
    assert [one.user for one in reminders("day")] == [world.bereket]
    User.objects.filter(pk=world.amina.pk).update(quiet_from=None, quiet_until=None)
    assert send_due_reminders() == 1

    User.objects.filter(pk=world.amina.pk).update(quiet_from=here.hour, quiet_until=(here.hour + 2) % 24)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() + timedelta(minutes=50))
    assert send_due_reminders() == 2
    by_email = {one.user: one.email_due_at is not None for one in reminders("hour")}
    assert by_email == {world.amina: False, world.bereket: True}


def test_each_reads_the_time_on_their_own_clock_when_reminded(world: World) -> None:
    User.objects.filter(pk=world.amina.pk).update(time_zone="Pacific/Kiritimati")
    User.objects.filter(pk=world.bereket.pk).update(time_zone="Pacific/Pago_Pago")
    meeting = agreed(world, ahead=timedelta(hours=23))
    send_due_reminders()
    assert meeting.starts_at is not None
    words = {one.user: in_words(one) for one in reminders("day")}
    for person in words:
        local = meeting.starts_at.astimezone(person.zone)
        assert f"{local:%a} {local.day} " in words[person]
        assert f"{local:%H:%M} {person.time_zone.rpartition('/')[2].replace('_', ' ')}, you" in words[person]


def test_both_are_told_once_when_a_zone_has_changed_its_rules(world: World) -> None:
    meeting = story.after_time_agreed(world)
    assert tell_changed_clocks() == 0
    before = datetime.fromisoformat(meeting.institution_wall) - timedelta(hours=1)
    Meeting.objects.update(institution_wall=f"{before:%Y-%m-%dT%H:%M}")
    assert [tell_changed_clocks(), tell_changed_clocks()] == [2, 0]
    assert {one.user for one in reminders("clock")} == {world.amina, world.bereket}
