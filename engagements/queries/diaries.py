"""Which agreed sessions take somebody's time."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from engagements.models import Engagement, Meeting
from engagements.models.meeting import MEETING_MINUTES
from engagements.states import MeetingState

_LONGEST = timedelta(minutes=max(MEETING_MINUTES))


def sessions_across(meeting: Meeting, starts_at: datetime, people: Collection[int]) -> list[Meeting]:
    """Return the agreed sessions of any of ``people`` that lie across ``meeting`` at ``starts_at``. Queries: 1."""
    ends_at = starts_at + timedelta(minutes=meeting.minutes)
    near = agreed_with(people).filter(starts_at__gt=starts_at - _LONGEST, starts_at__lt=ends_at).exclude(pk=meeting.pk)
    return [one for one in near if one.ends_at and one.ends_at > starts_at]


def agreed_with(people: Collection[int]) -> QuerySet[Meeting]:
    """Return the agreed sessions in which any of ``people`` will be."""
    there = Q(expert_there__in=people) | Q(host_there__in=people)
    return Meeting.objects.filter(there, state=MeetingState.CONFIRMED)


def taken_times(engagement: Engagement) -> list[tuple[datetime, datetime]]:
    """Return beginnings and ends of what the expert and the focal point have agreed to, and of the engagement's own.

    Queries: 1.
    """
    people = [engagement.expert.user_id, engagement.focal_point_id]
    agreed = agreed_with(people) | Meeting.objects.filter(engagement=engagement, state=MeetingState.CONFIRMED)
    return [(one.starts_at, one.ends_at) for one in agreed if one.starts_at and one.ends_at]
