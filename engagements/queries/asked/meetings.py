"""What an appointment asks: which of the times, and afterwards whether it was held."""

from datetime import datetime

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from engagements.models import Meeting
from engagements.payloads.answer_links import Asked
from engagements.payloads.durations import duration
from engagements.queries.meetings import EngagementClocks, clocks_for, get_meeting
from engagements.rules.work import side_of
from engagements.states import LOGGING_STATES, MeetingState, Side
from engagements.states.answers import Purpose


def asked_meeting(user: User, reference: str, *, is_named: bool) -> Asked | None:
    """Return what the appointment asks of ``user``. Queries: at most 7."""
    try:
        meeting = get_meeting(user, reference)
    except Http404:
        return None
    engagement = meeting.engagement
    side = side_of(user, engagement)
    other = engagement.expert.user if side == Side.INSTITUTION else meeting.proposed_by
    if side is None or are_apart(user, [other]):
        return None
    clocks = clocks_for(user, engagement, side)
    times = _times(meeting, clocks, is_named=is_named)
    purposes = _purposes(user, meeting, side, has_times=bool(times))
    return Asked(
        key=f"meeting:{reference}",
        thing=meeting,
        stamp=_stamp(meeting),
        words=_words(meeting, clocks, is_named=is_named),
        facts=((str(_("How long")), duration(meeting.minutes)),) if Purpose.CHOOSE in purposes else (),
        purposes=purposes,
        times=times,
        page=reverse("engagements:meeting", args=[reference]),
        locks=(engagement, meeting),
        values={
            "held": (reference, _agreed(meeting).astimezone(user.zone).date(), meeting.minutes),
            "modality": engagement.modality,
            "today": timezone.localdate(timezone=user.zone),
        },
    )


def _stamp(meeting: Meeting) -> str:
    """Return how the present turn is known: an offer by its moment, an agreed time by itself."""
    moment = meeting.proposed_at if meeting.state == MeetingState.PROPOSED else _agreed(meeting)
    return f"{moment.timestamp():.3f}"


def _agreed(meeting: Meeting) -> datetime:
    return meeting.starts_at or meeting.proposed_at


def _purposes(user: User, meeting: Meeting, side: Side, *, has_times: bool) -> tuple[Purpose, ...]:
    if meeting.engagement.state not in LOGGING_STATES:
        return ()
    if meeting.state == MeetingState.PROPOSED:
        is_asked = side != meeting.proposed_side and user.pk != meeting.proposed_by_id
        return (Purpose.CHOOSE,) if is_asked and has_times else ()
    if meeting.state == MeetingState.CONFIRMED and meeting.starts_at and meeting.starts_at <= timezone.now():
        return (Purpose.HELD, Purpose.MISSED)
    return ()


def _times(meeting: Meeting, clocks: EngagementClocks, *, is_named: bool) -> tuple[tuple[datetime, str], ...]:
    """Return the offered times that are still to come; where names are not told, on the reader's clock alone."""
    now = timezone.now()
    moments = [time.starts_at for time in meeting.times.all() if time.starts_at > now]
    told = [clocks.at(moment) for moment in moments]
    return tuple((two.moment, str(two) if is_named else two.own) for two in told)


def _words(meeting: Meeting, clocks: EngagementClocks, *, is_named: bool) -> str:
    need = {"need": meeting.engagement.need.title}
    if meeting.starts_at is None or meeting.state == MeetingState.PROPOSED:
        told = _("Times for a session about “%(need)s” are proposed. Choose one.") % need
        return told if is_named else _("Times for a session are proposed. Choose one.")
    when = clocks.at(meeting.starts_at)
    told = _("Was the session about “%(need)s” held? %(when)s") % {**need, "when": when}
    return told if is_named else _("Was your session held? %(when)s") % {"when": when.own}
