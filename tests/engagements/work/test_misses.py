"""Missed sessions: when they count, and that a coordinator calls after two, without anybody being put to shame."""

from datetime import timedelta

import pytest
from django.utils import timezone

from diaspora_net.core.errors import Conflict
from engagements.actions.meeting_ends import cancel_meeting, miss_meeting
from engagements.actions.meetings import choose_time, propose_meeting
from engagements.models import Engagement, Meeting
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.world import World

pytestmark = pytest.mark.django_db


def agreed(world: World, engagement: Engagement, *, starts_in: timedelta) -> Meeting:
    """Return an appointment of Amina and Bereket that starts so long from now."""
    time = timezone.now() + timedelta(days=2)
    meeting = propose_meeting(actor=world.amina, engagement=engagement, times=[time], minutes=60)
    meeting = choose_time(actor=world.bereket, meeting=meeting, starts_at=time)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() + starts_in)
    meeting.refresh_from_db()
    return meeting


def alerts() -> list[Notification]:
    return list(Notification.objects.filter(verb="engagements.meeting.missed_twice").order_by("pk"))


def test_nobody_is_missed_before_ten_minutes_are_over(world: World) -> None:
    engagement = story.after_engagement_started(world)
    meeting = agreed(world, engagement, starts_in=timedelta(minutes=-9))
    with refused(Conflict):
        miss_meeting(actor=world.amina, meeting=meeting, absent="institution")
    Meeting.objects.update(starts_at=timezone.now() - timedelta(minutes=10))
    assert miss_meeting(actor=world.amina, meeting=Meeting.objects.get(), absent="institution").state == "no_show"


def test_the_coordinator_calls_when_one_side_missed_one_and_called_off_another_late(world: World) -> None:
    engagement = story.after_engagement_started(world)
    late = agreed(world, engagement, starts_in=timedelta(hours=2))
    cancel_meeting(actor=world.bereket, meeting=late, reason="urgent_work")
    assert alerts() == []
    missed = agreed(world, engagement, starts_in=timedelta(hours=-1))
    miss_meeting(actor=world.amina, meeting=missed, absent="institution")
    [alert] = alerts()
    assert alert.user == world.chidi
    assert "institution" in alert.text
    third = agreed(world, engagement, starts_in=timedelta(hours=-1))
    miss_meeting(actor=world.amina, meeting=third, absent="institution")
    assert len(alerts()) == 1


def test_misses_of_both_sides_and_early_cancellations_do_not_add_up(world: World) -> None:
    engagement = story.after_engagement_started(world)
    for person, hours in ((world.bereket, 2), (world.amina, 2), (world.bereket, 5), (world.bereket, 4)):
        meeting = agreed(world, engagement, starts_in=timedelta(hours=hours))
        cancel_meeting(actor=person, meeting=meeting, reason="ill")
    assert alerts() == []
