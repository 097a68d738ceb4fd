"""Agree on times for sessions: propose, choose, propose back, move. ``meeting_ends`` closes them.

Each act locks the engagement before the appointment, checks who acts, writes, and tells the other side. Who proposed
the present times never chooses among them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.diaries import free_at, people_there
from engagements.actions.invitations import plan_invitations
from engagements.actions.meeting_ends import require_side, tell_about_meeting
from engagements.models import Engagement, Meeting, MeetingTime
from engagements.models.meeting import MEETING_MINUTES, MOST_TIMES
from engagements.payloads.clocks import wall_of, zone_of
from engagements.states import LOGGING_STATES, MEETING_TRANSITIONS, OPEN_MEETING_STATES, MeetingState, Side

MAX_PLACE = 300
FARTHEST = timedelta(days=366)
# More open appointments than anybody plans; it stops scripts.
MOST_OPEN = 20


@transaction.atomic
def propose_meeting(
    *, actor: User, engagement: Engagement, times: Sequence[datetime], minutes: int, place: str = ""
) -> Meeting:
    """Propose one to three ``times`` for a session of ``minutes``; ``place`` is a link, a phone number or words.

    Pressing the button twice proposes once. Raises NotAllowed unless ``actor`` is a side, Conflict unless the work is
    agreed or under way, Invalid with the problem of each field. Effects: appointment, audit entry, line, news.
    """
    side = require_side(actor, engagement)
    _check(times, minutes, place)
    _require_work(engagement)
    open_ones = engagement.meetings.filter(state__in=sorted(OPEN_MEETING_STATES))
    twin = _twin(open_ones.filter(proposed_by=actor, minutes=minutes, state=MeetingState.PROPOSED), times)
    if twin is not None:
        return twin
    if open_ones.count() >= MOST_OPEN:
        raise Conflict(_("At most %(most)s times can be open. Answer or call off some first.") % {"most": MOST_OPEN})
    meeting = Meeting.objects.create(
        engagement=engagement,
        minutes=minutes,
        place=place.strip(),
        expert_zone=zone_of(Side.EXPERT, engagement),
        institution_zone=zone_of(Side.INSTITUTION, engagement),
        proposed_by=actor,
        proposed_side=side,
        answer_by=max(times),
    )
    _offer(meeting, times)
    tell_about_meeting(
        actor,
        meeting,
        "proposed",
        line=gettext_noop("Times for a session were proposed."),
        news=gettext_noop("Times for a session about “%(need)s” are proposed. Choose one."),
    )
    return meeting


def _twin(candidates: QuerySet[Meeting], times: Sequence[datetime]) -> Meeting | None:
    wanted = sorted(set(times))
    for meeting in candidates.prefetch_related("times"):
        if [time.starts_at for time in meeting.times.all()] == wanted:
            return meeting
    return None


@transaction.atomic
def choose_time(*, actor: User, meeting: Meeting, starts_at: datetime) -> Meeting:
    """Agree to one of the times that the other side proposed. Choosing it again changes nothing.

    Raises NotAllowed for the side that proposed, Conflict when the time is over or no longer offered, the work rests,
    or somebody has agreed to another session then. Effects: state, time with both clocks in words, who is there, audit
    entry, line, news; calendars learn it.
    """
    side = require_side(actor, meeting.engagement)
    _require_work(meeting.engagement)
    present = lock(meeting)
    if present.state == MeetingState.CONFIRMED and present.starts_at == starts_at:
        meeting.refresh_from_db()
        return meeting
    if side == present.proposed_side or actor.pk == present.proposed_by_id:
        raise NotAllowed(_("The other side chooses among the times you proposed."))
    if present.state == MeetingState.PROPOSED and not present.times.filter(starts_at=starts_at).exists():
        raise Conflict(_("This time is no longer offered. Reload the page and look again."))
    if starts_at <= timezone.now():
        raise Conflict(_("This time is over. Choose another one or propose your own."))
    people = people_there(actor, present)
    with free_at(actor, present, starts_at, people):
        meeting = advance(
            meeting,
            MeetingState.CONFIRMED,
            MEETING_TRANSITIONS,
            starts_at=starts_at,
            expert_wall=wall_of(starts_at, present.expert_zone),
            institution_wall=wall_of(starts_at, present.institution_zone),
            agreed_by=actor,
            expert_there=people[Side.EXPERT],
            host_there=people[Side.INSTITUTION],
            sequence=present.sequence + 1,
            changed_at=timezone.now(),
        )
    plan_invitations(meeting)
    tell_about_meeting(
        actor,
        meeting,
        "confirmed",
        line=gettext_noop("A time for a session is agreed."),
        news=gettext_noop("The time of a session about “%(need)s” is agreed."),
    )
    return meeting


@transaction.atomic
def offer_times(*, actor: User, meeting: Meeting, times: Sequence[datetime], minutes: int, place: str = "") -> Meeting:
    """Propose other times: back to who proposed, instead of one's own, or to move what was agreed.

    An agreed time stays in calendars as not certain until the other side answers. Raises NotAllowed unless ``actor``
    is a side, Conflict when the appointment is closed or has begun, Invalid with the problem of each field. Effects:
    offer, state, audit entry, line, news; calendars learn of a move.
    """
    side = require_side(actor, meeting.engagement)
    _check(times, minutes, place)
    _require_work(meeting.engagement)
    present = lock(meeting)
    offer = {
        "minutes": minutes,
        "place": place.strip(),
        "expert_zone": zone_of(Side.EXPERT, meeting.engagement),
        "institution_zone": zone_of(Side.INSTITUTION, meeting.engagement),
        "proposed_by": actor,
        "proposed_side": side,
        "proposed_at": timezone.now(),
        "changed_at": timezone.now(),
        "answer_by": max(times),
    }
    if present.state == MeetingState.PROPOSED:
        Meeting.objects.filter(pk=meeting.pk).update(**offer)
        meeting.refresh_from_db()
        verb, line = "offered", gettext_noop("Other times for a session were proposed.")
        news = gettext_noop("Other times for a session about “%(need)s” are proposed. Choose one.")
    else:
        if present.starts_at and present.starts_at <= timezone.now():
            raise Conflict(_("This session should have begun already. Say whether it was held."))
        offer["sequence"] = present.sequence + 1
        meeting = advance(meeting, MeetingState.PROPOSED, MEETING_TRANSITIONS, **offer)
        plan_invitations(meeting)
        verb, line = "moved", gettext_noop("A session is to be moved: other times were proposed.")
        news = gettext_noop("A session about “%(need)s” is to be moved. Choose one of the new times.")
    _offer(meeting, times)
    tell_about_meeting(actor, meeting, verb, line=line, news=news)
    return meeting


def _offer(meeting: Meeting, times: Sequence[datetime]) -> None:
    MeetingTime.objects.filter(meeting=meeting).delete()
    MeetingTime.objects.bulk_create(
        MeetingTime(meeting=meeting, position=position, starts_at=moment)
        for position, moment in enumerate(sorted(set(times)), start=1)
    )


def _require_work(engagement: Engagement) -> None:
    if lock(engagement).state not in LOGGING_STATES:
        raise Conflict(_("Times are agreed while the work is agreed or under way."))


def _check(times: Sequence[datetime], minutes: int, place: str) -> None:
    now = timezone.now()
    problems: dict[str, str] = {}
    if not times:
        problems["times"] = _("Choose at least one time.")
    elif len(set(times)) > MOST_TIMES:
        problems["times"] = _("Choose at most %(most)s times.") % {"most": MOST_TIMES}
    elif min(times) <= now:
        problems["times"] = _("Choose times that are still to come.")
    elif max(times) > now + FARTHEST:
        problems["times"] = _("This lies more than a year away. Check the year.")
    if minutes not in MEETING_MINUTES:
        problems["minutes"] = _("Choose how long it takes.")
    if len(place.strip()) > MAX_PLACE:
        problems["place"] = _("Write up to %(limit)s characters.") % {"limit": MAX_PLACE}
    if problems:
        raise Invalid(_("Look at the times again."), fields=problems)
