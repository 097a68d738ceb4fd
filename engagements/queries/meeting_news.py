"""Which appointments are due for a reminder, and who was not reminded yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.models import Meeting
from engagements.payloads.clocks import has_other_clock
from engagements.states import LOGGING_STATES, MeetingState
from messaging.models import Notification

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Due:
    """Agreed starts after one instant and until another; only those agreed ``agreed_before`` the start, if given."""

    after: datetime
    until: datetime
    agreed_before: timedelta | None = None


def due_reminders(due: Due) -> list[Meeting]:
    """Return the agreed appointments that start within ``due``, the first ones first; none of work that rests.

    Queries: 1.
    """
    meetings = Meeting.objects.filter(
        state=MeetingState.CONFIRMED,
        starts_at__gt=due.after,
        starts_at__lte=due.until,
        engagement__state__in=sorted(LOGGING_STATES),
    ).select_related("engagement__need__organisation", "engagement__expert__user")
    if due.agreed_before is not None:
        meetings = meetings.filter(changed_at__lt=F("starts_at") - due.agreed_before)
    return list(meetings.order_by("starts_at", "pk")[:AT_ONCE])


def people_told(meeting: Meeting, *, without_news: str) -> list[User]:
    """Return whose calendars hold the appointment and who has no news of this key yet. Queries: 1."""
    news = Notification.objects.filter(user=OuterRef("pk"), event_key=without_news)
    concerned = User.objects.filter(pk__in=meeting.invitations.values("user"), is_active=True)
    return list(concerned.filter(~Exists(news)).order_by("pk"))


def meetings_on_other_clocks() -> list[Meeting]:
    """Return the coming appointments for which a clock will show another time than was agreed. Queries: 1."""
    coming = (
        Meeting.objects.filter(state=MeetingState.CONFIRMED, starts_at__gt=timezone.now())
        .select_related("engagement__need__organisation", "engagement__expert__user")
        .order_by("starts_at", "pk")
    )
    return [one for one in coming if has_other_clock(one)]
