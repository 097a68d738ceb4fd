"""Clocks stand still while work rests: in Python and in the database alike, and for whatever waits."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from psycopg.types.range import TimestamptzRange

from diaspora_net.accounts.actions.verification import suspend_organisation
from engagements.actions import engagements as work
from engagements.actions.outcome_clocks import remind_due_outcomes
from engagements.actions.pauses import pause_engagement
from engagements.actions.reminders import remind_waiting
from engagements.actions.supervision import hold_engagement, release_engagement
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Engagement, Outcome, Rest, Session
from engagements.payloads.working_days import Rests, after_time, after_working_days, working_days_between
from engagements.queries.desk import desk
from engagements.queries.hours import Hours, hours_of, with_rests
from engagements.queries.rests import pairs, rests_at, rests_of
from engagements.queries.waiting import waiting_step, waiting_steps
from engagements.queries.waiting_rows import waiting_rows
from engagements.queries.work import sessions_of
from engagements.states.clocks import WaitingKind
from engagements.tasks import ask_outcomes
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.days import told
from tests.engagements.work.test_working_days import COUNTRIES, KNOWN, PARIS, SETTLED
from tests.world import World, make_world

DAY = timedelta(days=1)
# A Monday.
MONDAY = datetime(2026, 6, 8, 10, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def on(day: float) -> time_machine.travel:
    """Let the clock show so many days after Monday 10:00 UTC."""
    return time_machine.travel(MONDAY + timedelta(days=day), tick=False)


# ── Counting ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("rests", "due"),
    [
        ([], "2026-06-11 10:00"),
        ([("2026-06-09 10:00", "2026-06-10 10:00")], "2026-06-12 10:00"),
        ([("2026-06-01 10:00", "2026-06-08 16:00")], "2026-06-11 16:00"),
        ([("2026-06-01 10:00", "2026-06-08 09:00")], "2026-06-11 10:00"),
        ([("2026-06-11 10:01", "2026-09-11 10:00")], "2026-06-11 10:00"),
        ([("2026-06-11 10:00", "2026-06-12 09:00")], "2026-06-12 09:00"),
        ([("2026-06-10 10:00", "2026-06-13 10:00")], "2026-06-16 00:00"),
        ([("2026-06-09 10:00", "2026-06-10 10:00"), ("2026-06-11 12:00", "2026-06-15 06:00")], "2026-06-16 04:00"),
    ],
    ids=["none", "one", "begun-before", "over-before", "too-late", "as-it-is-due", "into-a-weekend", "two"],
)
def test_three_working_days_from_monday_ten_o_clock(rests: list[tuple[str, str]], due: str) -> None:
    spans = [(at(began), at(ended)) for began, ended in rests]
    assert after_working_days(at("2026-06-08 10:00"), 3, "FR", PARIS, spans) == at(due)
    assert working_days_between(at("2026-06-08 10:00"), at(due), "FR", PARIS, spans) == 3
    assert working_days_between(at("2026-06-08 10:00"), at(due) - timedelta(minutes=1), "FR", PARIS, spans) <= 3


def test_a_rest_over_a_weekend_costs_its_working_days_only() -> None:
    """From Friday noon to Monday noon is one working day, and three of the calendar."""
    rests = [(at("2026-06-12 12:00"), at("2026-06-15 12:00"))]
    assert after_working_days(at("2026-06-11 10:00"), 3, "FR", PARIS, rests) == at("2026-06-17 10:00")
    assert after_time(at("2026-06-11 10:00"), 7 * DAY, rests) == at("2026-06-21 10:00")


@some.composite
def several(draw: some.DrawFn, since: datetime) -> Rests:
    """Draw up to five rests that do not overlap, from before ``since`` until long after it."""
    moments = draw(some.lists(some.timedeltas(-20 * DAY, 90 * DAY), max_size=10, unique=True).map(sorted))
    return [(since + began, since + ended) for began, ended in zip(moments[::2], moments[1::2], strict=False)]


@pytest.mark.django_db
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(some.data(), SETTLED, some.integers(0, 60), some.sampled_from(COUNTRIES), KNOWN)
def test_the_database_leaves_out_the_same(
    db: None, data: some.DataObject, since: datetime, days: int, country: str, zone: ZoneInfo
) -> None:
    rests = data.draw(several(since))
    ranges = [TimestamptzRange(began, ended) for began, ended in rests]
    ranges.insert(0, TimestamptzRange(empty=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT engagements_after_working_days(%s, %s, %s, %s, %s::tstzrange[]), "
            "engagements_after_time(%s, %s, %s::tstzrange[])",
            [since, days, country, zone.key, ranges, since, days * DAY, ranges],
        )
        [working, calendar] = cursor.fetchone()
    assert working == after_working_days(since, days, country, zone, rests)
    assert calendar == after_time(since, days * DAY, rests)


@settings(max_examples=300, deadline=None)
@given(some.data(), SETTLED, some.integers(0, 30), some.sampled_from(COUNTRIES))
def test_rests_only_put_off_and_never_longer_than_they_last(
    data: some.DataObject, since: datetime, days: int, country: str
) -> None:
    """What is due lies outside every rest, and as many working days lie before it as without them."""
    zone = ZoneInfo("UTC")
    rests = data.draw(several(since))
    due, plain = (after_working_days(since, days, country, zone, those) for those in (rests, ()))
    assert due >= plain
    assert not any(began <= due < ended for began, ended in rests)
    assert working_days_between(since, due, country, zone, rests) == days
    calendar = after_time(since, days * DAY, rests)
    assert not any(began <= calendar < ended for began, ended in rests)
    lost = sum((max(timedelta(), min(ended, calendar) - max(began, since)) for began, ended in rests), timedelta())
    assert calendar - since == days * DAY + lost


# ── What waits ──────────────────────────────────────────────────────────────────────────────────────────────────────
def rest(world: World, engagement: Engagement, began: float, ended: float | None) -> None:
    """Let the work rest from one day to another, or still."""
    with on(began):
        pause_engagement(actor=world.amina, engagement=engagement, until=date(2027, 1, 1), reason="waiting")
    if ended is not None:
        with on(ended):
            work.resume_engagement(actor=world.bereket, engagement=engagement)


@pytest.mark.django_db
def test_hours_are_not_unconfirmed_after_a_long_rest_and_are_after_their_seven_days(world: World) -> None:
    """Two days before the rest and five after it make seven, on the page, in the sums and in the database."""
    with on(0):
        session = story.after_session_logged(world)
    rest(world, session.engagement, 2, 92)
    for day, waiting, unconfirmed in ((92, 90, 0), (96.9, 90, 0), (97.1, 0, 90)):
        with on(day):
            for sessions in (
                [Session.objects.get()],
                list(with_rests(Session.objects.all())),
                sessions_of(session.engagement),
            ):
                assert hours_of(sessions) == Hours(waiting=waiting, unconfirmed=unconfirmed)
            assert waiting_rows(WaitingKind.HOURS).exists() is (waiting > 0)
            ends = waiting_rows(WaitingKind.HOURS, with_ended=True).values_list("step_ends_at", flat=True).get()
            assert ends == MONDAY + 97 * DAY


@pytest.mark.django_db
@pytest.mark.parametrize("is_suspended", [False, True], ids=["paused", "suspended"])
def test_nobody_is_reminded_and_nothing_ends_during_a_rest_and_all_goes_on_after_it(is_suspended: bool) -> None:
    with on(0):
        world = make_world()
        session = story.after_session_logged(world)
    with on(1):
        if is_suspended:
            suspend_organisation(actor=world.chidi, organisation=world.hospital, reason="Letters came back.")
        else:
            pause_engagement(actor=world.amina, engagement=session.engagement, until=date(2027, 1, 1), reason="waiting")
    for day in (2, 5, 8, 30):
        with on(day):
            assert (remind_waiting(), end_waiting()) == (0, 0)
            assert waiting_steps(world.chidi) == []
    with on(35):
        if is_suspended:
            story.after_verification(world, world.hospital)
            assert Notification.objects.filter(user=world.amina, verb="engagements.engagement.thawed").count() == 1
        else:
            work.resume_engagement(actor=world.bereket, engagement=session.engagement)
        [step] = waiting_steps(world.chidi, kinds=[WaitingKind.HOURS])
        assert (step.waited, step.over, step.since) == (1, 0, MONDAY)
        assert step.due_at == MONDAY + 37 * DAY
        assert [item.days for item in desk(world.chidi).items if item.kind == WaitingKind.HOURS] == [1]
        assert remind_waiting() == 0
    for day, reminders in ((35.9, 0), (36.1, 1), (38.1, 2)):
        with on(day):
            remind_waiting()
            assert len(told("hours")) == reminders
    with on(41.1):
        assert end_waiting() == 1
        step_now = waiting_step(WaitingKind.HOURS, session.pk, MONDAY, with_ended=True)
        assert step_now is not None
        assert step_now.ends_at == MONDAY + 41 * DAY


@pytest.mark.django_db
def test_a_session_to_tell_of_waits_without_the_rest(world: World) -> None:
    """One that was to be held before the rest is not called off by it, and not asked for during it."""
    with on(0):
        meeting = story.after_time_agreed(world)
        type(meeting).objects.update(starts_at=timezone.now())
    rest(world, meeting.engagement, 1, 31)
    with on(31):
        [step] = waiting_steps(world.chidi, kinds=[WaitingKind.SESSION])
        assert (step.waited, step.due_at) == (1, MONDAY + 32 * DAY)


@pytest.mark.django_db
def test_what_is_asked_at_the_start_is_asked_again_so_much_later(world: World) -> None:
    with on(0):
        engagement = story.after_engagement_started(world)
        ask_outcomes()
        planned = dict(Outcome.objects.values_list("pk", "remind_at"))
        assert all(planned.values())
    rest(world, engagement, 1, None)
    with on(60):
        assert remind_due_outcomes() == 0
        work.resume_engagement(actor=world.bereket, engagement=engagement)
        assert remind_due_outcomes() == 0
    assert dict(Outcome.objects.values_list("pk", "remind_at")) == {
        pk: moment + 59 * DAY for pk, moment in planned.items() if moment
    }


# ── Rests themselves ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_hold_of_the_coordinator_is_a_rest_and_one_with_the_pause_before_it(world: World) -> None:
    with on(0):
        engagement = story.after_engagement_started(world)
    rest(world, engagement, 1, None)
    with on(2):
        hold_engagement(actor=world.chidi, engagement=engagement)
    with on(3):
        assert rests_of(engagement.pk) == ((MONDAY + DAY, MONDAY + 3 * DAY),)
        release_engagement(actor=world.chidi, engagement=engagement)
    with on(9):
        column = Engagement.objects.annotate(rested=rests_at("pk")).values_list("rested", flat=True).get()
        assert pairs(column) == rests_of(engagement.pk) == ((MONDAY + DAY, MONDAY + 3 * DAY),)


@pytest.mark.django_db
@pytest.mark.parametrize("back", [0.5, 3])
def test_a_clock_that_is_set_back_leaves_rests_in_order(world: World, back: float) -> None:
    """A rest that would end before it began is none; one that would begin in the one before begins after it."""
    with on(0):
        engagement = story.after_engagement_started(world)
    rest(world, engagement, 1, 1 - back)
    assert rests_of(engagement.pk) == ()
    rest(world, engagement, 1, 4)
    rest(world, engagement, 4 - back, 6)
    with on(7):
        assert rests_of(engagement.pk) == ((MONDAY + DAY, MONDAY + 4 * DAY), (MONDAY + 4 * DAY, MONDAY + 6 * DAY))
    rest(world, engagement, 8, None)
    with on(7.5):
        column = Engagement.objects.annotate(rested=rests_at("pk")).values_list("rested", flat=True).get()
        assert len(pairs(column)) == len(rests_of(engagement.pk)) == 2


@transaction.atomic
def committed(act: Callable[[], object]) -> None:
    """Do something and let the database check what it checks when a transaction ends."""
    act()
    connection.check_constraints()


@pytest.mark.django_db
def test_the_database_refuses_rests_that_contradict_each_other_or_the_state(world: World) -> None:
    engagement = story.after_engagement_started(world)
    open_one = Rest(engagement=engagement, during=TimestamptzRange(MONDAY, None))
    breaches: list[Callable[[], object]] = [
        open_one.save,
        lambda: Engagement.objects.filter(pk=engagement.pk).update(state="paused"),
        lambda: Rest.objects.create(engagement=engagement, during=TimestamptzRange(MONDAY, MONDAY)),
        lambda: Rest.objects.create(engagement=engagement, during=TimestamptzRange(None, MONDAY)),
    ]
    for breach in breaches:
        with pytest.raises(IntegrityError):
            committed(breach)
    story.after_pause(world, engagement)
    again = Rest(engagement=engagement, during=TimestamptzRange(timezone.now(), None))
    for breach in (again.save, Rest.objects.all().delete):
        with pytest.raises(IntegrityError):
            committed(breach)
