"""Times around the world: suggested starts, both clocks, days that differ, and nights when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from diaspora_net.accounts.queries.organisations import working_week
from engagements.payloads.clocks import Clock, TwoClocks, wall_of
from engagements.payloads.starts import Week, suggested_starts

MONDAY = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)


def office(zone: str, country: str) -> Week:
    return Week(ZoneInfo(zone), tuple(working_week(country)))


def evenings(zone: str) -> Week:
    return Week(ZoneInfo(zone), tuple((day, 17 * 60, 21 * 60) for day in range(7)), is_asked=True)


def days(zone: str) -> Week:
    return Week(ZoneInfo(zone), tuple((day, 8 * 60, 20 * 60) for day in range(7)))


def test_both_in_their_hours_come_first_when_there_are_such() -> None:
    starts = suggested_starts(MONDAY, 60, (days("Europe/Paris"), office("Africa/Dakar", "SN")))
    assert len(starts) == 6
    assert starts == sorted(starts)
    for start in starts:
        there = start.astimezone(ZoneInfo("Africa/Dakar"))
        assert there.weekday() < 5
        assert 8 <= there.hour < 17


def test_evenings_of_the_institution_are_asked_for_when_the_expert_has_only_evenings() -> None:
    starts = suggested_starts(MONDAY, 60, (evenings("Europe/Paris"), office("Africa/Tunis", "TN")))
    assert {start.astimezone(ZoneInfo("Africa/Tunis")).hour for start in starts} <= set(range(16, 21))
    assert len(starts) == 6


def test_friday_and_saturday_are_free_when_they_are_the_weekend() -> None:
    starts = suggested_starts(MONDAY, 60, (days("Europe/Paris"), office("Africa/Cairo", "EG")))
    hours = {day for day, _from, _until in working_week("EG")}
    assert hours == {0, 1, 2, 3, 6}
    assert {start.astimezone(ZoneInfo("Africa/Cairo")).weekday() for start in starts} <= hours


@pytest.mark.parametrize(
    ("expert", "institution", "country"),
    [
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", "AS"),
        ("Pacific/Pago_Pago", "Pacific/Kiritimati", "KI"),
        ("America/St_Johns", "Asia/Kathmandu", "NP"),
        ("Asia/Kathmandu", "Africa/Casablanca", "MA"),
    ],
)
def test_nobody_is_asked_at_night_when_the_sides_are_far_apart(expert: str, institution: str, country: str) -> None:
    starts = suggested_starts(MONDAY, 60, (days(expert), office(institution, country)))
    assert starts
    for start in starts:
        for zone in (expert, institution):
            begins, ends = (moment.astimezone(ZoneInfo(zone)) for moment in (start, start + timedelta(hours=1)))
            assert begins.hour >= 6
            assert ends.date() == begins.date()
            assert (ends.hour, ends.minute) <= (22, 0)


def test_nothing_is_suggested_when_the_hours_never_meet_or_all_is_taken() -> None:
    nights = Week(ZoneInfo("Europe/Paris"), tuple((day, 0, 300) for day in range(7)), is_asked=True)
    assert suggested_starts(MONDAY, 60, (nights, office("Africa/Dakar", "SN"))) == []
    taken = [(MONDAY, MONDAY + timedelta(days=20))]
    assert suggested_starts(MONDAY, 60, (days("Europe/Paris"), office("Africa/Dakar", "SN")), taken) == []


@pytest.mark.parametrize("now", [datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 10, 16, tzinfo=UTC)])
def test_wall_hours_hold_on_both_sides_when_clocks_change_within_the_days(now: datetime) -> None:
    week = Week(ZoneInfo("Europe/Paris"), tuple((day, 9 * 60, 10 * 60) for day in range(7)), is_asked=True)
    starts = suggested_starts(now, 60, (week, days("Africa/Dakar")))
    assert {f"{start.astimezone(week.zone):%H:%M}" for start in starts} == {"09:00"}
    later = suggested_starts(now + timedelta(days=10), 60, (week, days("Africa/Dakar")))
    offsets = {start.astimezone(week.zone).utcoffset() for start in [*starts, *later]}
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}


@pytest.mark.parametrize(
    ("moment", "wall"),
    [
        ("2026-03-29T00:59+00:00", "2026-03-29T01:59"),
        ("2026-03-29T01:00+00:00", "2026-03-29T03:00"),
        ("2026-10-25T00:30+00:00", "2026-10-25T02:30"),
        ("2026-10-25T01:30+00:00", "2026-10-25T02:30"),
    ],
)
def test_instants_are_told_apart_when_the_clock_shows_the_same_twice(moment: str, wall: str) -> None:
    assert wall_of(datetime.fromisoformat(moment), "Europe/Paris") == wall


@pytest.mark.parametrize(
    ("day", "wall"),
    [("2026-02-14", "17:30"), ("2026-02-15", "16:30"), ("2026-03-21", "16:30"), ("2026-03-22", "17:30")],
)
def test_casablanca_goes_back_an_hour_when_it_is_ramadan(day: str, wall: str) -> None:
    moment = datetime.fromisoformat(f"{day}T16:30+00:00")
    assert wall_of(moment, "Africa/Casablanca") == f"{day}T{wall}"


def told(moment: str, here: str, there: str) -> TwoClocks:
    mine, other = Clock(ZoneInfo(here), "Lyon, you"), Clock(ZoneInfo(there), "there")
    return TwoClocks(datetime.fromisoformat(moment), mine, other)


def test_the_day_is_said_twice_when_it_is_another_one_there() -> None:
    assert str(told("2026-06-09T15:30+00:00", "Europe/Paris", "Africa/Dakar")) == (
        "Tue 9 June 17:30 Lyon, you / 15:30 there"
    )
    assert str(told("2026-06-09T21:30+00:00", "Europe/Paris", "Asia/Kathmandu")) == (
        "Tue 9 June 23:30 Lyon, you / Wed 10 June 03:15 there"
    )
    assert str(told("2026-06-09T10:30+00:00", "Pacific/Kiritimati", "Pacific/Pago_Pago")) == (
        "Wed 10 June 00:30 Lyon, you / Mon 8 June 23:30 there"
    )
