"""Read appointments, and suggest times for new ones; who may see an engagement may see its appointments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.organisations import working_week
from diaspora_net.core.references import first_or_404
from engagements.models import Engagement, Invitation, Meeting
from engagements.payloads.clocks import TwoClocks, clocks_of, has_other_clock
from engagements.payloads.starts import Week, suggested_starts
from engagements.queries.diaries import taken_times
from engagements.queries.work import visible_engagements
from engagements.rules.work import knows_expert, other_side, side_of
from engagements.states import LOGGING_STATES, OPEN_MEETING_STATES, MeetingState, Side

# Who has named no hours is asked on any day, in the hours of an office and around them.
ANY_DAY = tuple((day, 8 * 60, 20 * 60) for day in range(7))


def get_meeting(viewer: User, reference: str) -> Meeting:
    """Return the appointment when ``viewer`` may see its engagement, with times, people and conversation.

    ``is_unsent`` says that the e-mail to the viewer's own calendar was given up. Raises Http404 otherwise. Queries: 3.
    """
    unsent = Invitation.objects.filter(meeting=OuterRef("pk"), user=viewer, failed_at__isnull=False)
    return first_or_404(
        Meeting.objects.filter(reference=reference, engagement__in=visible_engagements(viewer).values("pk"))
        .select_related(
            "engagement__need__organisation",
            "engagement__expert__user",
            "engagement__conversation",
            "engagement__proposal__need__organisation",
            "proposed_by",
            "session",
        )
        .prefetch_related("times")
        .annotate(is_unsent=Exists(unsent))
    )


def open_meetings(engagement: Engagement) -> list[Meeting]:
    """Return the appointments that are open or wait for their log, the next one first. Queries: 1."""
    waiting = Q(state__in=sorted(OPEN_MEETING_STATES)) | Q(state=MeetingState.HELD, session__isnull=True)
    return list(engagement.meetings.filter(waiting).order_by("answer_by", "pk"))


def starts_for(engagement: Engagement, minutes: int) -> list[datetime]:
    """Return up to six suggested starts of the next 14 days, from the hours of both sides. Queries: 2.

    The expert's are their weekly availability; the institution's are the office hours of its country, whose weekend
    is not everywhere Saturday and Sunday. What the expert and the focal point have agreed already is left out.
    """
    expert, organisation = engagement.expert, engagement.need.organisation
    slots = tuple((slot.weekday, slot.starts, slot.ends) for slot in expert.availability.all())
    week = Week(expert.user.zone, slots or ANY_DAY, is_asked=bool(slots))
    office = Week(ZoneInfo(organisation.time_zone), tuple(working_week(organisation.country.code)))
    return suggested_starts(timezone.now(), minutes, (week, office), taken_times(engagement))


@dataclass(frozen=True)
class EngagementClocks:
    """How one viewer reads times of an engagement."""

    viewer: User
    engagement: Engagement
    side: Side | None
    knows_city: bool

    def at(self, moment: datetime) -> TwoClocks:
        """Return a moment on both clocks."""
        here, there = clocks_of(self.viewer, self.side, self.engagement, knows_city=self.knows_city)
        return TwoClocks(moment, here, there)

    @property
    def places(self) -> dict[Side, str]:
        """Return what the clock of each side is called for the viewer."""
        here, there = clocks_of(self.viewer, self.side, self.engagement, knows_city=self.knows_city)
        first = Side.INSTITUTION if self.side == Side.INSTITUTION else Side.EXPERT
        return {first: here.place, other_side(first): there.place}


def clocks_for(viewer: User, engagement: Engagement, side: Side | None) -> EngagementClocks:
    """Return how ``viewer``, who takes ``side``, reads times of the engagement. Queries: at most 2."""
    knows = side == Side.EXPERT or knows_expert(viewer, engagement.proposal)
    return EngagementClocks(viewer, engagement, side, knows)


@dataclass(frozen=True)
class MeetingLine:
    """One appointment on its engagement's page, as the viewer reads it."""

    meeting: Meeting
    side: Side | None
    clocks: EngagementClocks

    @property
    def waits_for_choice(self) -> bool:
        """Say whether the viewer's side is asked to choose a time."""
        is_asked = self.side is not None and self.side != self.meeting.proposed_side
        return is_asked and self.meeting.state == MeetingState.PROPOSED

    @property
    def waits_for_telling(self) -> bool:
        """Say whether the viewer's side is asked if it was held, or to log it."""
        if self.side is None or self.meeting.starts_at is None:
            return False
        is_over = self.meeting.state == MeetingState.CONFIRMED and self.meeting.starts_at <= timezone.now()
        return is_over or self.meeting.state == MeetingState.HELD

    @property
    def title(self) -> str:
        """Return the agreed time on both clocks, or that times are proposed."""
        if self.meeting.starts_at and self.meeting.state != MeetingState.PROPOSED:
            return str(self.clocks.at(self.meeting.starts_at))
        return _("Times are proposed")

    @property
    def note(self) -> str:
        """Return what it waits for."""
        if self.waits_for_choice:
            return _("Choose one of the times.")
        if self.waits_for_telling:
            return _("Say whether it was held.")
        return _("The other side chooses.") if self.meeting.state == MeetingState.PROPOSED and self.side else ""


def meeting_lines(viewer: User, engagement: Engagement, side: Side | None) -> list[MeetingLine]:
    """Return the open appointments as the viewer reads them. Queries: 1, and at most 2 more where there are some."""
    meetings = open_meetings(engagement)
    clocks = clocks_for(viewer, engagement, side) if meetings else None
    return [MeetingLine(meeting, side, clocks) for meeting in meetings if clocks]


def held_at(lines: Iterable[MeetingLine], reference: str) -> tuple[str, date, int] | None:
    """Return the appointment of that reference for its log: reference, day on the viewer's clock, minutes."""
    for line in lines:
        meeting = line.meeting
        if meeting.reference == reference and meeting.starts_at and line.waits_for_telling:
            return reference, meeting.starts_at.astimezone(line.clocks.viewer.zone).date(), meeting.minutes
    return None


@dataclass(frozen=True)
class MeetingPage:
    """Everything the page of an appointment shows to one person. ``side`` is None for who only looks on."""

    meeting: Meeting
    side: Side | None
    clocks: EngagementClocks

    @property
    def agreed(self) -> TwoClocks | None:
        """Return the time agreed last, on both clocks."""
        return self.clocks.at(self.meeting.starts_at) if self.meeting.starts_at else None

    @property
    def times(self) -> list[TwoClocks]:
        """Return the times of the present offer that are still to come, on both clocks."""
        now = timezone.now()
        return [self.clocks.at(time.starts_at) for time in self.meeting.times.all() if time.starts_at > now]

    @property
    def is_working(self) -> bool:
        """Say whether the viewer takes part and times are agreed at present."""
        return self.side is not None and self.meeting.engagement.state in LOGGING_STATES

    @property
    def has_begun(self) -> bool:
        """Say whether the agreed start is over."""
        return self.meeting.starts_at is not None and self.meeting.starts_at <= timezone.now()

    @property
    def can_choose(self) -> bool:
        """Say whether the viewer's side chooses among the times."""
        is_asked = self.side != self.meeting.proposed_side and self.meeting.proposed_by_id != self.clocks.viewer.pk
        return self.is_working and is_asked and self.meeting.state == MeetingState.PROPOSED

    @property
    def can_offer(self) -> bool:
        """Say whether the viewer may propose other times, which moves an agreed one."""
        is_coming = self.meeting.state == MeetingState.CONFIRMED and not self.has_begun
        return self.is_working and (is_coming or self.meeting.state == MeetingState.PROPOSED)

    @property
    def can_cancel(self) -> bool:
        """Say whether the viewer may call it off."""
        is_coming = self.meeting.state == MeetingState.CONFIRMED and not self.has_begun
        return self.side is not None and (is_coming or self.meeting.state == MeetingState.PROPOSED)

    @property
    def can_tell(self) -> bool:
        """Say whether the viewer may say if it was held."""
        return self.side is not None and self.meeting.state == MeetingState.CONFIRMED and self.has_begun

    @property
    def kept_times(self) -> list[tuple[str, str, str]]:
        """Return what may be kept when clocks have changed since: side, time agreed there, and whose clock it is."""
        meeting, clocks = self.meeting, self.clocks
        if not self.can_offer or meeting.state != MeetingState.CONFIRMED or not has_other_clock(meeting):
            return []
        places = clocks.places
        return [
            (Side.EXPERT.value, meeting.expert_wall[-5:], places[Side.EXPERT]),
            (Side.INSTITUTION.value, meeting.institution_wall[-5:], places[Side.INSTITUTION]),
        ]

    @property
    def can_log(self) -> bool:
        """Say whether its log is still to be written."""
        return self.is_working and self.meeting.state == MeetingState.HELD and self.meeting.session_id is None


def meeting_page(viewer: User, reference: str) -> MeetingPage:
    """Return what the page shows to ``viewer``. Raises Http404 unless they may see it. Queries: at most 6."""
    meeting = get_meeting(viewer, reference)
    side = side_of(viewer, meeting.engagement)
    return MeetingPage(meeting, side, clocks_for(viewer, meeting.engagement, side))
