"""Working days: every weekend there is, every zone there is, in Python and in the database alike."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.db import connection
from django_countries import countries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engagements.payloads.working_days import after_working_days, rest_of, working_days_between

# Saturday and Sunday; Friday and Saturday; Thursday and Friday; Sunday only; Friday only.
COUNTRIES = ("FR", "EG", "AF", "IN", "IR")
DAYS = some.integers(0, 60)
PLACES = some.sampled_from(COUNTRIES)
ZONES = some.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})).map(ZoneInfo)
MOMENTS = some.timedeltas(timedelta(), timedelta(days=6 * 365)).map(
    lambda wait: datetime(2024, 1, 1, tzinfo=UTC) + wait
)
PARIS = ZoneInfo("Europe/Paris")
# Both ends of the world, half and quarter hours, clocks that change at midnight, by half an hour, or for Ramadan; of
# years whose rules every release of the time-zone data has.
SETTLED = some.timedeltas(timedelta(), timedelta(days=800)).map(lambda wait: datetime(2023, 5, 1, tzinfo=UTC) + wait)
KNOWN = some.sampled_from(
    [
        "UTC",
        "Europe/Paris",
        "Africa/Tunis",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Asia/Beirut",
        "Asia/Kabul",
        "Asia/Kathmandu",
        "America/St_Johns",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Pacific/Niue",
        "Pacific/Kiritimati",
    ]
).map(ZoneInfo)


def is_rest(moment: datetime, country: str, zone: ZoneInfo) -> bool:
    first, length = rest_of(country)
    return (moment.astimezone(zone).weekday() - first) % 7 < length


@pytest.mark.parametrize(
    ("country", "rest"), [("FR", (5, 2)), ("EG", (4, 2)), ("AF", (3, 2)), ("IN", (6, 1)), ("IR", (4, 1)), ("", (5, 2))]
)
def test_weekends_are_those_of_cldr(country: str, rest: tuple[int, int]) -> None:
    assert rest_of(country) == rest


@pytest.mark.parametrize(
    ("since", "days", "country", "due"),
    [
        ("2026-06-12 10:00", 3, "FR", "2026-06-17 10:00"),
        ("2026-06-13 10:00", 3, "FR", "2026-06-18 00:00"),
        ("2026-06-12 10:00", 3, "EG", "2026-06-17 00:00"),
        ("2026-06-11 10:00", 1, "EG", "2026-06-14 10:00"),
        ("2026-06-10 10:00", 1, "AF", "2026-06-13 10:00"),
        ("2026-06-13 10:00", 1, "IN", "2026-06-15 10:00"),
        ("2026-06-12 10:00", 10, "FR", "2026-06-26 10:00"),
        ("2026-06-12 10:00", 0, "FR", "2026-06-12 10:00"),
    ],
)
def test_days_are_counted_as_people_count_them(since: str, days: int, country: str, due: str) -> None:
    began = datetime.fromisoformat(since).replace(tzinfo=PARIS)
    assert after_working_days(began, days, country, PARIS).astimezone(PARIS).strftime("%Y-%m-%d %H:%M") == due


def test_a_clock_that_changes_keeps_the_hour_on_the_wall() -> None:
    friday = datetime(2026, 3, 27, 10, tzinfo=PARIS)
    monday = after_working_days(friday, 1, "FR", PARIS)
    assert monday.astimezone(PARIS).strftime("%a %H:%M") == "Mon 10:00"
    assert monday.astimezone(UTC) - friday.astimezone(UTC) == timedelta(days=3, hours=-1)


@given(MOMENTS, DAYS, PLACES, ZONES)
def test_nothing_is_due_on_a_weekend_or_before_it_began(
    since: datetime, days: int, country: str, zone: ZoneInfo
) -> None:
    due = after_working_days(since, days, country, zone)
    assert not is_rest(due, country, zone)
    assert due >= since


@given(MOMENTS, some.integers(0, 20), some.integers(0, 20), PLACES)
def test_days_add_up(since: datetime, first: int, second: int, country: str) -> None:
    zone = ZoneInfo("UTC")
    at_once = after_working_days(since, first + second, country, zone)
    assert after_working_days(after_working_days(since, first, country, zone), second, country, zone) == at_once


@given(MOMENTS, MOMENTS, DAYS, PLACES)
def test_who_begins_later_is_never_due_earlier(one: datetime, other: datetime, days: int, country: str) -> None:
    first, second = sorted([one, other])
    zone = ZoneInfo("UTC")
    assert after_working_days(first, days, country, zone) <= after_working_days(second, days, country, zone)


@given(MOMENTS, some.timedeltas(timedelta(), timedelta(days=90)), PLACES)
def test_counting_back_gives_the_days_that_are_over(since: datetime, wait: timedelta, country: str) -> None:
    zone = ZoneInfo("UTC")
    over = working_days_between(since, since + wait, country, zone)
    assert after_working_days(since, over, country, zone) <= after_working_days(since + wait, 0, country, zone)
    assert after_working_days(since, over + 1, country, zone) > since + wait
    assert working_days_between(since + wait, since, country, zone) == -over


@pytest.mark.django_db
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(SETTLED, DAYS, PLACES, KNOWN)
def test_the_database_counts_the_same(db: None, since: datetime, days: int, country: str, zone: ZoneInfo) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT engagements_after_working_days(%s, %s, %s, %s)", [since, days, country, zone.key])
        [due] = cursor.fetchone()
    # Python holds an hour that comes twice for unequal to every other zone's.
    assert due == after_working_days(since, days, country, zone).astimezone(UTC)


@pytest.mark.django_db
def test_the_database_knows_the_weekend_of_every_country() -> None:
    """When a release of CLDR moves one, a migration has to tell the database."""
    since = datetime(2026, 6, 9, 10, tzinfo=UTC)
    expected = {code: after_working_days(since, 7, code, ZoneInfo("UTC")) for code in (*countries.countries, "")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, engagements_after_working_days(%s, 7, code, 'UTC') FROM unnest(%s::text[]) code",
            [since, list(expected)],
        )
        assert dict(cursor.fetchall()) == expected


@pytest.mark.django_db
def test_a_zone_the_database_does_not_know_is_read_as_utc() -> None:
    since = datetime(2026, 6, 12, 10, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT engagements_after_working_days(%s, 3, 'FR', 'Mars/Olympus')", [since])
        [due] = cursor.fetchone()
    assert due == since + timedelta(days=5)
