"""Keep what was agreed when a country has changed its clocks meanwhile."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.transitions import lock
from engagements.actions.invitations import plan_invitations
from engagements.actions.meeting_ends import require_side, tell_about_meeting
from engagements.actions.meetings import offer_times
from engagements.models import Meeting
from engagements.payloads.clocks import has_other_clock, wall_of
from engagements.states import LOGGING_STATES, MeetingState, Side


@transaction.atomic
def keep_agreed(*, actor: User, meeting: Meeting, side: str) -> Meeting:
    """Keep the time that the clock of ``side`` (a Side) showed when it was agreed.

    Where its clock shows that still, nothing moves, and the new time of the other clock is what is agreed from now on.
    Else the session has to move for it: the time is proposed, and the other side accepts it. Raises NotAllowed unless
    ``actor`` is a side, Invalid for the side, Conflict when clocks show what was agreed, when it is not to come any
    more, or the work rests. Effects: times in words or offer, audit entry, news; calendars learn it.
    """
    require_side(actor, meeting.engagement)
    if side not in Side.values:
        problem = _("Say whose time is kept.")
        raise Invalid(problem, fields={"side": problem})
    if lock(meeting.engagement).state not in LOGGING_STATES:
        raise Conflict(_("Times are agreed while the work is agreed or under way."))
    present = lock(meeting)
    is_coming = present.starts_at is not None and present.starts_at > timezone.now()
    if present.state != MeetingState.CONFIRMED or not is_coming or not has_other_clock(present):
        raise Conflict(_("Both clocks show what was agreed, or this session is not to come any more."))
    kept = agreed_moment(present, Side(side))
    if kept != present.starts_at:
        return offer_times(actor=actor, meeting=meeting, times=[kept], minutes=present.minutes, place=present.place)
    Meeting.objects.filter(pk=meeting.pk).update(
        expert_wall=wall_of(kept, present.expert_zone),
        institution_wall=wall_of(kept, present.institution_zone),
        sequence=present.sequence + 1,
        changed_at=timezone.now(),
    )
    meeting.refresh_from_db()
    plan_invitations(meeting)
    tell_about_meeting(
        actor,
        meeting,
        "kept",
        line="",
        news=gettext_noop("The session about “%(need)s” stays when it is, although clocks have changed."),
    )
    return meeting


def agreed_moment(meeting: Meeting, side: Side) -> datetime:
    """Return the instant at which the clock of ``side`` shows what was agreed. Queries: 0."""
    is_expert = side == Side.EXPERT
    wall = meeting.expert_wall if is_expert else meeting.institution_wall
    zone = meeting.expert_zone if is_expert else meeting.institution_zone
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
