"""Read what stands in people's calendars, and whose calendar a private address opens."""

import uuid
from datetime import timedelta

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.models import CalendarFeed, Invitation, Meeting
from engagements.payloads.clocks import TwoClocks, clocks_of
from engagements.queries.meetings import clocks_for
from engagements.queries.work import open_memberships
from engagements.reports.calendar import Entry
from engagements.rules.work import side_of
from engagements.states import MeetingState, Side

SHOWN_STATES = (MeetingState.PROPOSED, MeetingState.CONFIRMED, MeetingState.HELD)
SHOWN_AFTER = timedelta(days=60)
_WITH = (
    "engagement__need__organisation",
    "engagement__expert__user",
    "engagement__proposal__need__organisation",
)
_SIGNER = signing.Signer(salt="engagements.calendar")


def loaded_invitations() -> QuerySet[Invitation]:
    """Return what calendars know of appointments, with all that a mail about one says."""
    return Invitation.objects.select_related("user", *(f"meeting__{name}" for name in _WITH))


def entry_for(user: User, meeting: Meeting) -> Entry:
    """Return an appointment with an agreed time as ``user`` reads it. Queries: at most 3."""
    if meeting.starts_at is None:
        raise ValueError("an appointment without an agreed time stands in no calendar")
    side = side_of(user, meeting.engagement)
    return Entry(meeting, clocks_for(user, meeting.engagement, side).at(meeting.starts_at))


def calendar_entries(user: User) -> list[Entry]:
    """Return the appointments with an agreed time of the last 60 days and to come, of the user's own sides.

    Queries: 1. An expert's city is told to nobody here: a calendar is often shared.
    """
    speaking = open_memberships(user, speaking=True).values("organisation")
    meetings = (
        Meeting.objects.filter(
            Q(engagement__expert__user=user) | Q(engagement__need__organisation__in=speaking),
            state__in=SHOWN_STATES,
            starts_at__gte=timezone.now() - SHOWN_AFTER,
        )
        .select_related(*_WITH)
        .order_by("starts_at", "pk")
    )
    return [Entry(meeting, _clocks(user, meeting)) for meeting in meetings]


def _clocks(user: User, meeting: Meeting) -> TwoClocks:
    from_expert = meeting.engagement.expert.user_id == user.pk
    side = Side.EXPERT if from_expert else Side.INSTITUTION
    here, there = clocks_of(user, side, meeting.engagement, knows_city=False)
    return TwoClocks(meeting.starts_at or meeting.answer_by, here, there)


def feed_of(user: User) -> CalendarFeed | None:
    """Return the person's calendar address when there is one that works. Queries: 1."""
    return CalendarFeed.objects.filter(user=user, is_on=True).first()


def feed_token(feed: CalendarFeed) -> str:
    """Return what stands in the private address; it opens this calendar, until the number changes, and nothing else."""
    return _SIGNER.sign_object([str(feed.user.public_id), feed.number])


def reader_of(token: str) -> User | None:
    """Return whose calendar an address opens; None for one that was withdrawn or never made. Queries: 0 or 1."""
    try:
        public_id, number = _SIGNER.unsign_object(token)
        person = uuid.UUID(public_id)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    feed = CalendarFeed.objects.filter(user__public_id=person, user__is_active=True, number=number, is_on=True)
    found = feed.select_related("user").first()
    return found.user if found else None
