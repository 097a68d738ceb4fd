"""A person's sessions: what waits for them, what is today, this week and later."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from diaspora_net.accounts.models import Membership, User
from diaspora_net.accounts.rules import keeps_needs
from diaspora_net.accounts.states import SPEAKING_ROLES
from engagements.models import Meeting
from engagements.queries.meetings import EngagementClocks, MeetingLine
from engagements.queries.work import open_memberships
from engagements.states import OPEN_MEETING_STATES, RUNNING_STATES, MeetingState, Side

AT_MOST = 200


@dataclass(frozen=True)
class MySessions:
    """A person's open appointments in groups, each in order of time.

    ``to_choose`` waits for their choice, ``to_tell`` for their word on how it went or its log, ``offered`` for the
    other side. The days are those of the person's own clock.
    """

    to_choose: list[MeetingLine] = field(default_factory=list)
    to_tell: list[MeetingLine] = field(default_factory=list)
    today: list[MeetingLine] = field(default_factory=list)
    this_week: list[MeetingLine] = field(default_factory=list)
    later: list[MeetingLine] = field(default_factory=list)
    offered: list[MeetingLine] = field(default_factory=list)

    @property
    def next_agreed(self) -> MeetingLine | None:
        """Return the agreed appointment that comes first, if any."""
        return next(iter([*self.today, *self.this_week, *self.later]), None)

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing."""
        return not any(vars(self).values())


def my_sessions(viewer: User) -> MySessions:
    """Return the appointments of the viewer's engagements, also of those of their organisations. Queries: 1.

    At most 200. Who belongs to the organisation without speaking for it reads them and is asked nothing.
    """
    belongs = open_memberships(viewer, speaking=False).values("organisation")
    speaks = Membership.objects.filter(
        user=viewer,
        organisation=OuterRef("engagement__need__organisation"),
        left_at__isnull=True,
        role__in=sorted(SPEAKING_ROLES),
    )
    waiting = Q(state__in=sorted(OPEN_MEETING_STATES)) | Q(state=MeetingState.HELD, session__isnull=True)
    meetings = (
        Meeting.objects.filter(waiting, engagement__state__in=sorted(RUNNING_STATES))
        .filter(Q(engagement__expert__user=viewer) | Q(engagement__need__organisation__in=belongs))
        .select_related("engagement__need__organisation", "engagement__expert__user")
        .annotate(speaks=Exists(speaks))
        .order_by("starts_at", "answer_by", "pk")
    )
    found = MySessions()
    for meeting in meetings[:AT_MOST]:
        _group(found, meeting, viewer).append(_line(meeting, viewer))
    return found


def _line(meeting: Meeting, viewer: User) -> MeetingLine:
    engagement = meeting.engagement
    is_own, speaks = engagement.expert.user_id == viewer.pk, bool(vars(meeting)["speaks"])
    side = Side.EXPERT if is_own else Side.INSTITUTION if speaks else None
    knows_city = is_own or (speaks and keeps_needs(engagement.need.organisation))
    return MeetingLine(meeting, side, EngagementClocks(viewer, engagement, side, knows_city))


def _group(found: MySessions, meeting: Meeting, viewer: User) -> list[MeetingLine]:
    if meeting.state == MeetingState.PROPOSED:
        line = _line(meeting, viewer)
        return found.to_choose if line.waits_for_choice else found.offered
    now = timezone.now()
    starts_at = meeting.starts_at or now
    if meeting.state == MeetingState.HELD or (meeting.ends_at or now) <= now:
        return found.to_tell
    day, today = starts_at.astimezone(viewer.zone).date(), now.astimezone(viewer.zone).date()
    if day <= today:
        return found.today
    return found.this_week if day < today + timedelta(days=7) else found.later
