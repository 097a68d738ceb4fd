"""Remind both sides of a session a day and an hour before, ask afterwards how it went, and watch changing clocks.

Whether somebody was reminded is read from their news, which hold one of each kind for each agreed time; so every sweep
may run twice or at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core.transitions import lock
from engagements.models import Meeting
from engagements.payloads.clocks import clocks_of, moment_on
from engagements.queries.meeting_news import Due, due_reminders, meetings_on_other_clocks, people_told
from engagements.rules.work import side_of
from engagements.states import MeetingState
from messaging.actions.notifications import notify
from messaging.queries.emails import quiet_end

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# People write down how it went once they have hung up.
AFTERWARDS = timedelta(minutes=15)
# What is older is asked for by the pages only.
ASKED_UNTIL = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of reminder: its name, its words, and whether it waits while its reader wants quiet."""

    name: str
    text: str
    waits: bool


DAY_BEFORE = Kind("day", gettext_noop("Your session about “%(need)s”: %(when)s."), waits=True)
HOUR_BEFORE = Kind("hour", gettext_noop("Your session about “%(need)s” begins soon: %(when)s."), waits=False)
AFTER = Kind("after", gettext_noop("Was the session about “%(need)s” held? Log it in 20 seconds."), waits=True)
OTHER_CLOCK = Kind(
    "clock",
    gettext_noop("Clocks change, so your session about “%(need)s” is now at %(when)s. Move it if need be."),
    True,
)


def send_due_reminders() -> int:
    """Send the reminders that are due now; return how many.

    A day before is left out for times agreed later than that, and waits while its reader wants quiet; an hour before
    is told in any case, by e-mail only outside quiet hours.
    """
    now = timezone.now()
    sent = 0
    for kind, due in (
        (HOUR_BEFORE, Due(now, now + HOUR, agreed_before=HOUR)),
        (DAY_BEFORE, Due(now + HOUR, now + DAY, agreed_before=DAY)),
        (AFTER, Due(now - ASKED_UNTIL, now - AFTERWARDS)),
    ):
        for meeting in due_reminders(due):
            if kind is not AFTER or (meeting.ends_at is not None and meeting.ends_at + AFTERWARDS <= now):
                sent += _remind(meeting, kind, now)
    return sent


def tell_changed_clocks() -> int:
    """Tell both sides when a zone has changed its rules and a clock will show another time than agreed.

    The instant stays what it was; the sides move it if they want. Return how many were told.
    """
    now = timezone.now()
    return sum(_remind(meeting, OTHER_CLOCK, now) for meeting in meetings_on_other_clocks())


@transaction.atomic
def _remind(meeting: Meeting, kind: Kind, now: datetime) -> int:
    """Tell everybody concerned who was not told yet; return how many. The appointment is looked at again, locked."""
    present = lock(meeting)
    if present.state != MeetingState.CONFIRMED or present.starts_at != meeting.starts_at:
        return 0
    key = f"meeting:{meeting.pk}:{kind.name}:{meeting.starts_at:%Y%m%d%H%M}"
    told = 0
    for person in people_told(meeting, without_news=key):
        is_quiet = quiet_end(person, now) is not None
        if is_quiet and kind.waits:
            continue
        notify(
            user=person,
            verb=f"engagements.meeting.{kind.name}",
            text=kind.text,
            params={"need": meeting.engagement.need.title, "when": _when(person, meeting)},
            url=reverse("engagements:meeting", args=[meeting.reference]),
            ask=f"meeting:{meeting.reference}",
            event_key=key,
            by_email=not is_quiet,
            is_urgent=kind in (DAY_BEFORE, HOUR_BEFORE),
        )
        told += 1
    return told


def _when(person: User, meeting: Meeting) -> str:
    side = side_of(person, meeting.engagement)
    here, _there = clocks_of(person, side, meeting.engagement, knows_city=False)
    with translation.override(person.language):
        return moment_on(here, meeting.starts_at or meeting.answer_by)
