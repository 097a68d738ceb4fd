"""Sessions in people's days: never two at once, listed by what they ask for, kept when clocks change, in calendars."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from diaspora_net.accounts.actions.organisations import add_member
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements.actions.clock_changes import keep_agreed
from engagements.actions.meeting_ends import cancel_meeting, hold_meeting
from engagements.actions.meetings import choose_time, offer_times, propose_meeting
from engagements.models import Engagement, Invitation, Meeting
from engagements.queries.meetings import starts_for
from engagements.queries.my_sessions import my_sessions
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.factories import make_person
from tests.messaging.test_actions import in_threads
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def url(name: str, meeting: Meeting) -> str:
    return reverse(f"engagements:{name}", args=[meeting.reference])


def at_noon(days: int) -> datetime:
    noon = timezone.now().astimezone(ZoneInfo("Europe/Paris")).replace(hour=12, minute=0, second=0, microsecond=0)
    return (noon + timedelta(days=days)).astimezone(UTC)


def proposed(engagement: Engagement, actor: User, starts_at: datetime, minutes: int = 60) -> Meeting:
    return propose_meeting(actor=actor, engagement=engagement, times=[starts_at], minutes=minutes)


def another_engagement(world: World) -> Engagement:
    return story.after_engagement_started(world, title="Another need")


# ── Two at once ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("shift", "minutes", "fits"),
    [(0, 60, False), (30, 60, False), (-30, 60, False), (-30, 120, False), (-30, 30, True), (60, 30, True)],
)
def test_nobody_agrees_to_two_sessions_at_once(world: World, shift: int, minutes: int, fits: bool) -> None:
    first = story.after_time_agreed(world)
    assert first.starts_at is not None
    starts_at = first.starts_at + timedelta(minutes=shift)
    second = proposed(another_engagement(world), world.amina, starts_at, minutes)
    if fits:
        assert choose_time(actor=world.bereket, meeting=second, starts_at=starts_at).state == "confirmed"
        return
    with refused(Conflict):
        choose_time(actor=world.bereket, meeting=second, starts_at=starts_at)
    assert Meeting.objects.get(pk=second.pk).state == "proposed"


def test_the_refusal_says_whose_session_is_in_the_way(world: World) -> None:
    first = story.after_time_agreed(world)
    assert first.starts_at is not None
    engagement = another_engagement(world)
    by_expert = proposed(engagement, world.amina, first.starts_at)
    with pytest.raises(Conflict, match="You have agreed to another session"):
        choose_time(actor=world.bereket, meeting=by_expert, starts_at=first.starts_at)
    colleague = make_person("colleague@example.org", "Leïla")
    add_member(actor=world.bereket, organisation=world.hospital, email=colleague.email, role="poster")
    with pytest.raises(Conflict, match="The other side has another session"):
        choose_time(actor=colleague, meeting=by_expert, starts_at=first.starts_at)


def test_a_session_that_is_off_or_moved_takes_no_time(world: World) -> None:
    first = story.after_time_agreed(world)
    starts_at = first.starts_at
    assert starts_at is not None
    second = proposed(another_engagement(world), world.amina, starts_at)
    offer_times(actor=world.amina, meeting=first, times=[starts_at + timedelta(days=3)], minutes=60)
    choose_time(actor=world.bereket, meeting=second, starts_at=starts_at)
    cancel_meeting(actor=world.amina, meeting=second, reason="ill")
    third = proposed(first.engagement, world.amina, starts_at)
    assert choose_time(actor=world.bereket, meeting=third, starts_at=starts_at).state == "confirmed"


def test_one_session_is_agreed_when_two_are_chosen_at_the_same_moment(transactional_db: None) -> None:
    world = make_world()
    starts_at = at_noon(3)
    engagements = [story.after_engagement_started(world, title=f"Need {number}") for number in range(2)]
    meetings = [proposed(engagement, world.amina, starts_at) for engagement in engagements]

    def one(number: int) -> object:
        meeting = Meeting.objects.get(pk=meetings[number].pk)
        return choose_time(actor=world.bereket, meeting=meeting, starts_at=starts_at)

    answers = in_threads(one, 2)

    assert sum(isinstance(answer, Meeting) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert Meeting.objects.filter(state="confirmed").count() == 1


@pytest.mark.parametrize("column", ["expert_there", "host_there"])
def test_the_database_refuses_two_sessions_at_once(world: World, column: str) -> None:
    first = story.after_time_agreed(world)
    assert first.starts_at is not None
    second = proposed(another_engagement(world), world.amina, first.starts_at + timedelta(hours=1))
    choose_time(actor=world.bereket, meeting=second, starts_at=first.starts_at + timedelta(hours=1))
    other = {"expert_there": "host_there", "host_there": "expert_there"}[column]
    Meeting.objects.update(**{other: None})
    with pytest.raises(IntegrityError, match="once_at_a_time"), transaction.atomic():
        Meeting.objects.filter(pk=second.pk).update(starts_at=first.starts_at + timedelta(minutes=59))


def test_times_of_the_focal_point_are_not_suggested_again(world: World) -> None:
    engagement = story.after_engagement_started(world)
    starts_at = starts_for(engagement, 60)[0]
    meeting = proposed(engagement, world.amina, starts_at)
    choose_time(actor=world.bereket, meeting=meeting, starts_at=starts_at)
    other = another_engagement(world)
    Meeting.objects.update(expert_there=None)
    assert starts_at not in starts_for(other, 60)


# ── The list ────────────────────────────────────────────────────────────────────────────────────────────────────────
def put(meeting: Meeting, starts_at: datetime) -> Meeting:
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=starts_at)
    return meeting


def test_sessions_are_grouped_by_what_they_ask_for_and_by_ones_own_days(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    made = {}
    for name, days in (("told", 20), ("today", 21), ("week", 22), ("later", 23), ("held", 24)):
        meeting = proposed(engagement, world.amina, at_noon(days), 30)
        made[name] = choose_time(actor=world.bereket, meeting=meeting, starts_at=at_noon(days))
    made["offer"] = proposed(engagement, world.amina, at_noon(30), 30)
    now = timezone.now()
    put(made["told"], now - timedelta(hours=3))
    put(made["today"], now - timedelta(minutes=10))
    put(made["week"], at_noon(3))
    put(made["held"], now - timedelta(days=1))
    hold_meeting(actor=world.amina, meeting=made["held"])

    def groups(person: User) -> dict[str, list[int]]:
        found = my_sessions(person)
        return {name: [line.meeting.pk for line in lines] for name, lines in vars(found).items() if lines}

    common = {
        "to_tell": [made["held"].pk, made["told"].pk],
        "today": [made["today"].pk],
        "this_week": [made["week"].pk],
        "later": [made["later"].pk],
    }
    assert groups(world.amina) == {**common, "offered": [made["offer"].pk]}
    assert groups(world.bereket) == {**common, "to_choose": [made["offer"].pk]}
    assert groups(world.chidi) == groups(world.dana) == {}
    page = as_person(world.bereket).get(reverse("engagements:my-sessions")).content.decode()
    for text in ("Choose a time", "Say how it went", "Today", "The next seven days", "Later", "Amina Ben Salah"):
        assert text in page
    assert "No session is planned" in as_person(world.dana).get(reverse("engagements:my-sessions")).content.decode()


def test_a_colleague_reads_the_sessions_and_is_asked_nothing(world: World) -> None:
    story.after_times_proposed(world)
    colleague = make_person("colleague@example.org", "Leïla")
    add_member(actor=world.bereket, organisation=world.hospital, email=colleague.email, role="counterpart")
    found = my_sessions(colleague)
    assert len(found.offered) == 1
    assert not found.to_choose
    assert found.offered[0].side is None


def test_the_list_costs_one_query_whatever_it_holds(world: World, as_person: SignIn) -> None:
    client, page = as_person(world.bereket), reverse("engagements:my-sessions")
    story.after_times_proposed(world)
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for number in (1, 2):
        proposed(
            story.after_engagement_started(world, title=f"{number}")
            if number == 1
            else Engagement.objects.latest("pk"),
            world.amina,
            at_noon(number + 3),
        )
    with CaptureQueriesContext(connection) as three:
        client.get(page)
    assert len(three) == len(one)
    for person in (world.amina, world.bereket):
        with CaptureQueriesContext(connection) as queries:
            assert [line.title for line in my_sessions(person).offered or my_sessions(person).to_choose]
        assert len(queries) <= 2


# ── Clocks that change ──────────────────────────────────────────────────────────────────────────────────────────────
def on_another_clock(world: World) -> Meeting:
    """Return a session whose institution's clock shows an hour less than was agreed."""
    meeting = story.after_time_agreed(world)
    assert meeting.starts_at is not None
    wall = datetime.fromisoformat(meeting.institution_wall) + timedelta(hours=1)
    Meeting.objects.filter(pk=meeting.pk).update(institution_wall=f"{wall:%Y-%m-%dT%H:%M}")
    meeting.refresh_from_db()
    return meeting


def test_keeping_the_clock_that_did_not_change_moves_nothing(world: World, as_person: SignIn) -> None:
    meeting = on_another_clock(world)
    client = as_person(world.bereket)
    page = client.get(url("meeting", meeting)).content.decode()
    assert "Clocks have changed since you agreed" in page
    assert f"Keep {meeting.institution_wall[-5:]} (" in page
    Invitation.objects.update(mail_at=None)

    assert client.post(url("meeting-keep", meeting), {"side": "expert"}).status_code == 302

    present = Meeting.objects.get()
    assert (present.state, present.starts_at) == ("confirmed", meeting.starts_at)
    assert present.sequence == meeting.sequence + 1
    assert present.institution_wall != meeting.institution_wall
    assert Invitation.objects.filter(mail_at__isnull=False).count() == 2
    assert Notification.objects.filter(user=world.amina).latest("pk").verb == "engagements.meeting.kept"
    assert "Clocks have changed" not in client.get(url("meeting", meeting)).content.decode()
    with refused(Conflict):
        keep_agreed(actor=world.bereket, meeting=present, side="expert")


def test_keeping_the_clock_that_changed_proposes_its_time_to_the_other_side(world: World, as_person: SignIn) -> None:
    meeting = on_another_clock(world)
    assert meeting.starts_at is not None
    assert as_person(world.bereket).post(url("meeting-keep", meeting), {"side": "institution"}).status_code == 302
    present = Meeting.objects.get()
    later = meeting.starts_at + timedelta(hours=1)
    assert (present.state, [time.starts_at for time in present.times.all()]) == ("proposed", [later])
    assert choose_time(actor=world.amina, meeting=present, starts_at=later).starts_at == later


def test_keeping_is_refused_without_a_trace(world: World, as_person: SignIn) -> None:
    meeting = on_another_clock(world)
    for person in (world.chidi, world.dana):
        with refused(NotAllowed):
            keep_agreed(actor=person, meeting=meeting, side="expert")
    with refused(Invalid):
        keep_agreed(actor=world.amina, meeting=meeting, side="magic")
    assert "Clocks have changed" not in as_person(world.chidi).get(url("meeting", meeting)).content.decode()
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=5))
    with refused(Conflict):
        keep_agreed(actor=world.amina, meeting=Meeting.objects.get(), side="expert")


# ── Calendars ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_agreed_session_goes_into_any_calendar(world: World, as_person: SignIn) -> None:
    meeting = story.after_time_agreed(world)
    assert meeting.starts_at is not None
    client = as_person(world.amina)
    links = dict(client.get(url("meeting", meeting)).context["calendar_links"])
    google, outlook = (parse_qs(urlsplit(links[name]).query) for name in ("Google", "Outlook"))
    assert google["dates"][0].startswith(f"{meeting.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}/")
    assert outlook["startdt"] == [f"{meeting.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"]
    assert url("meeting", meeting) in google["details"][0]
    answer = client.get(url("meeting-file", meeting))
    (event,) = Calendar.from_ical(answer.content).events
    assert event.decoded("dtstart") == meeting.starts_at
    assert answer["Content-Disposition"] == 'attachment; filename="session.ics"'
    for person in (world.chidi, world.dana):
        assert as_person(person).get(url("meeting-file", meeting)).status_code == 404


def test_calendar_links_tell_as_much_as_e_mails_may(world: World, as_person: SignIn) -> None:
    meeting = story.after_time_agreed(world)
    User.objects.filter(pk=world.bereket.pk).update(news_emails="neutral")
    links = dict(as_person(world.bereket).get(url("meeting", meeting)).context["calendar_links"])
    query = parse_qs(urlsplit(links["Google"]).query)
    assert query["text"] == ["Session at Diaspora Net"]
    assert "location" not in query


def test_there_is_nothing_for_calendars_before_a_time_is_agreed(world: World, as_person: SignIn) -> None:
    meeting = story.after_times_proposed(world)
    client = as_person(world.amina)
    assert client.get(url("meeting", meeting)).context["calendar_links"] == []
    assert client.get(url("meeting-file", meeting)).status_code == 404
