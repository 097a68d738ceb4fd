"""Appointments as iCalendar (RFC 5545, 5546): an invitation for one person, and the person's whole calendar.

What a mailbox or a shared screen may show follows the person's choice for e-mails: names and place only with names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parseaddr
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import EmailChoice
from engagements.models import Meeting
from engagements.payloads.clocks import TwoClocks
from engagements.states import MeetingState

PRODUCT = "-//Diaspora Net//Sessions//EN"
REMIND_BEFORE = timedelta(minutes=30)
_STATUS = {
    MeetingState.PROPOSED: "TENTATIVE",
    MeetingState.CANCELLED: "CANCELLED",
    MeetingState.EXPIRED: "CANCELLED",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment with an agreed time, as one person reads it."""

    meeting: Meeting
    clocks: TwoClocks


def told_time(user: User, entry: Entry) -> str:
    """Return when it is: on both clocks, or on the reader's own when nothing may tell where the other side is."""
    return str(entry.clocks) if user.news_emails == EmailChoice.NAMED else entry.clocks.own


def method_of(meeting: Meeting) -> str:
    """Return what an e-mail about an appointment asks calendars to do: REQUEST, or CANCEL when it no longer holds."""
    return "CANCEL" if _STATUS.get(MeetingState(meeting.state)) == "CANCELLED" else "REQUEST"


def invitation(user: User, entry: Entry) -> bytes:
    """Return the invitation of ``user``; a later one about the same appointment takes its place in the calendar."""
    event = _event(user, entry)
    event.add("organizer", _address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    attendee = _address(user.email)
    attendee.params["RSVP"] = "FALSE"
    attendee.params["PARTSTAT"] = "ACCEPTED"
    event.add("attendee", attendee)
    calendar = _calendar(method_of(entry.meeting))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed(user: User, entries: Iterable[Entry]) -> bytes:
    """Return the calendar of ``user``, the same bytes as long as nothing changes."""
    calendar = _calendar("PUBLISH")
    with translation.override(user.language):
        calendar.add("x-wr-calname", _("Diaspora Net"))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(user, entry))
    return bytes(calendar.to_ical())


def event_file(user: User, entry: Entry) -> bytes:
    """Return one appointment as a file that any calendar takes."""
    calendar = _calendar("PUBLISH")
    calendar.add_component(_event(user, entry))
    return bytes(calendar.to_ical())


def calendar_links(user: User, entry: Entry) -> list[tuple[str, str]]:
    """Return names and addresses that open a new entry in the calendars most people have on the web.

    They tell as much as the person's e-mails may. Sources: how Google's render?action=TEMPLATE and Outlook's compose
    deep link read their parameters.
    """
    event = _event(user, entry)
    starts, ends = event.decoded("dtstart"), event.decoded("dtend")
    words = {name: str(event.get(name, "")) for name in ("summary", "description", "location")}
    google = {
        "action": "TEMPLATE",
        "text": words["summary"],
        "dates": f"{starts:%Y%m%dT%H%M%SZ}/{ends:%Y%m%dT%H%M%SZ}",
        "details": words["description"],
        "location": words["location"],
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": words["summary"],
        "startdt": f"{starts:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        "body": words["description"],
        "location": words["location"],
    }
    return [
        ("Google", f"https://calendar.google.com/calendar/render?{urlencode(google)}"),
        ("Outlook", f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(outlook)}"),
    ]


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _address(email: str) -> vCalAddress:
    return vCalAddress(f"mailto:{email}")


def _event(user: User, entry: Entry) -> Event:
    meeting = entry.meeting
    if meeting.starts_at is None:
        raise ValueError("an appointment without an agreed time stands in no calendar")
    is_named = user.news_emails == EmailChoice.NAMED
    link = settings.BASE_URL + reverse("engagements:meeting", args=[meeting.reference])
    starts = meeting.starts_at.astimezone(UTC)
    event = Event()
    event.add("uid", f"session-{meeting.reference}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at.astimezone(UTC))
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=meeting.minutes))
    event.add("status", _STATUS.get(MeetingState(meeting.state), "CONFIRMED"))
    with translation.override(user.language):
        title = meeting.engagement.need.title
        event.add("summary", _("Session: %(need)s") % {"need": title} if is_named else _("Session at Diaspora Net"))
        event.add("description", f"{told_time(user, entry)}\n{link}")
        if is_named and meeting.place:
            event.add("location", meeting.place)
        if meeting.state == MeetingState.CONFIRMED:
            event.add_component(_alarm())
    event.add("url", link)
    return event


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Your session begins soon"))
    alarm.add("trigger", -REMIND_BEFORE)
    return alarm
