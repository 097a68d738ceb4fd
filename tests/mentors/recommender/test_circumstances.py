"""Each circumstance of a pair: what is found, how much it counts, and what is said about it."""

from datetime import date

import pytest

from mentors.recommender.circumstances import Circumstances, Found, asked
from mentors.recommender.scoring import DEFAULT
from mentors.recommender.types import Candidate, Interval, LanguageWanted, Modality, ReasonKind, Wish

NOBODY = Candidate(1)
ALWAYS = {ReasonKind.CAPACITY, ReasonKind.FRESHNESS}


def found(wish: Wish, candidate: Candidate) -> list[Found]:
    """Return what is found besides capacity and freshness, which everybody has."""
    return [item for item in Circumstances(wish, DEFAULT).found(candidate) if item.kind not in ALWAYS]


def kinds_and_shares(wish: Wish, candidate: Candidate) -> list[tuple[ReasonKind, int]]:
    """Return kinds and basis points of what is found."""
    return [(item.kind, item.share) for item in found(wish, candidate)]


def test_nothing_is_found_when_nothing_is_asked_and_nothing_happened() -> None:
    assert found(Wish(()), NOBODY) == []
    assert asked(Wish(()), DEFAULT) == DEFAULT.capacity + DEFAULT.freshness == 1_600


@pytest.mark.parametrize(
    ("wish", "share"),
    [
        (Wish((), languages=(LanguageWanted("fr", 4),)), 3_000),
        (Wish((), languages=(LanguageWanted("fr", 4), LanguageWanted("ar", 1))), 3_000),
        (Wish((), weekly_hours=((0, 60),)), 800),
        (Wish((), starts_on=date(2026, 3, 1)), 300),
        (Wish((), ends_on=date(2026, 3, 1)), 300),
        (Wish((), modality=Modality.REMOTE), 600),
        (Wish((), kind="training"), 400),
        (Wish((), origin=788), 600),
        (Wish((), sector="health", hours_per_month=8), 0),
    ],
)
def test_attainable_grows_with_what_is_asked(wish: Wish, share: int) -> None:
    assert asked(wish, DEFAULT) == 1_600 + share


@pytest.mark.parametrize(
    ("level", "kind", "share"),
    [
        (5, ReasonKind.LANGUAGE_SHARED, 3_000),
        (4, ReasonKind.LANGUAGE_SHARED, 3_000),
        (3, ReasonKind.LANGUAGE_PARTIAL, 1_350),
        (1, ReasonKind.LANGUAGE_PARTIAL, 450),
        (0, ReasonKind.LANGUAGE_MISSING, 0),
    ],
)
def test_language_counts_in_proportion_when_below_its_level(level: int, kind: ReasonKind, share: int) -> None:
    wish = Wish((), languages=(LanguageWanted("fr", 4),))
    [item] = found(wish, NOBODY._replace(languages={"fr": level} if level else {}))
    assert (item.kind, item.share) == (kind, share)
    assert item.facts.items() >= {"language": "fr", "level": level, "wanted": 4}.items()


def test_languages_share_the_weight_when_several_are_asked() -> None:
    wish = Wish((), languages=(LanguageWanted("fr", 4), LanguageWanted("ar", 2)))
    assert kinds_and_shares(wish, NOBODY._replace(languages={"fr": 6})) == [
        (ReasonKind.LANGUAGE_SHARED, 1_500),
        (ReasonKind.LANGUAGE_MISSING, 0),
    ]


@pytest.mark.parametrize(
    ("hours", "theirs", "share", "minutes", "wanted"),
    [
        (None, (0, 60), 400, 60, 120),
        (None, (0, 120), 800, 120, 120),
        (None, (0, 600), 800, 600, 120),
        (4, (0, 120), 800, 120, 120),
        (26, (0, 180), 400, 180, 360),
    ],
)
def test_hours_are_full_at_what_the_work_needs(
    hours: int | None, theirs: Interval, share: int, minutes: int, wanted: int
) -> None:
    wish = Wish((), weekly_hours=((0, 5_000),), hours_per_month=hours)
    [item] = found(wish, NOBODY._replace(weekly_hours=(theirs,)))
    assert (item.kind, item.share) == (ReasonKind.HOURS_OVERLAP, share)
    assert item.facts == {"minutes": minutes, "wanted": wanted, "given": True}


@pytest.mark.parametrize("theirs", [(), ((600, 700),)])
def test_hours_are_a_gap_when_none_are_shared(theirs: tuple[Interval, ...]) -> None:
    [item] = found(Wish((), weekly_hours=((0, 60),)), NOBODY._replace(weekly_hours=theirs))
    assert (item.kind, item.share, item.facts["given"]) == (ReasonKind.HOURS_MISSING, 0, bool(theirs))
    assert item.worth == 800


MARCH, JUNE, MAY, JULY, JANUARY = (date(2026, month, 1) for month in (3, 6, 5, 7, 1))


@pytest.mark.parametrize(
    ("starts", "ends", "free_from", "free_until", "kind"),
    [
        (MARCH, JUNE, None, None, ReasonKind.DATES_OK),
        (MARCH, JUNE, MARCH, JUNE, ReasonKind.DATES_OK),
        (MARCH, JUNE, MAY, None, ReasonKind.DATES_PARTIAL),
        (MARCH, JUNE, None, MAY, ReasonKind.DATES_PARTIAL),
        (MARCH, JUNE, JUNE, None, ReasonKind.DATES_PARTIAL),
        (MARCH, JUNE, None, MARCH, ReasonKind.DATES_PARTIAL),
        (MARCH, JUNE, JULY, None, ReasonKind.DATES_OTHER),
        (MARCH, JUNE, None, JANUARY, ReasonKind.DATES_OTHER),
        (MARCH, None, JANUARY, None, ReasonKind.DATES_OK),
        (MARCH, None, MAY, None, ReasonKind.DATES_PARTIAL),
        (MARCH, None, None, JANUARY, ReasonKind.DATES_OTHER),
        (None, JUNE, MAY, None, ReasonKind.DATES_OK),
        (None, JUNE, None, MAY, ReasonKind.DATES_PARTIAL),
        (None, JUNE, JULY, None, ReasonKind.DATES_OTHER),
    ],
)
def test_dates_fit_fully_partly_or_not(
    starts: date | None, ends: date | None, free_from: date | None, free_until: date | None, kind: ReasonKind
) -> None:
    shares = {ReasonKind.DATES_OK: 300, ReasonKind.DATES_PARTIAL: 150, ReasonKind.DATES_OTHER: 0}
    wish = Wish((), starts_on=starts, ends_on=ends)
    [item] = found(wish, NOBODY._replace(free_from=free_from, free_until=free_until))
    assert (item.kind, item.share) == (kind, shares[kind])
    assert item.facts.get("free_from") == (free_from.isoformat() if free_from else None)


@pytest.mark.parametrize(
    ("wanted", "offered", "kind"),
    [
        ("remote", {"remote"}, ReasonKind.FORMAT_OK),
        ("remote", {"hybrid"}, ReasonKind.FORMAT_NEAR),
        ("remote", {"on_site"}, ReasonKind.FORMAT_OTHER),
        ("on_site", {"short_return_visit"}, ReasonKind.FORMAT_NEAR),
        ("on_site", {"remote"}, ReasonKind.FORMAT_OTHER),
        ("short_return_visit", {"on_site"}, ReasonKind.FORMAT_NEAR),
        ("short_return_visit", {"remote"}, ReasonKind.FORMAT_OTHER),
        ("hybrid", {"hybrid"}, ReasonKind.FORMAT_OK),
        ("hybrid", {"remote", "on_site"}, ReasonKind.FORMAT_OK),
        ("hybrid", {"remote", "short_return_visit"}, ReasonKind.FORMAT_OK),
        ("hybrid", {"remote"}, ReasonKind.FORMAT_NEAR),
        ("hybrid", {"on_site", "short_return_visit"}, ReasonKind.FORMAT_NEAR),
        ("hybrid", set(), ReasonKind.FORMAT_OTHER),
    ],
)
def test_format_fits_fully_half_or_not(wanted: str, offered: set[str], kind: ReasonKind) -> None:
    shares = {ReasonKind.FORMAT_OK: 600, ReasonKind.FORMAT_NEAR: 300, ReasonKind.FORMAT_OTHER: 0}
    candidate = NOBODY._replace(modalities=frozenset(map(Modality, offered)))
    assert kinds_and_shares(Wish((), modality=Modality(wanted)), candidate) == [(kind, shares[kind])]


@pytest.mark.parametrize(
    ("wanted", "offered", "near"),
    [
        (Modality.ON_SITE, {Modality.SHORT_RETURN_VISIT, Modality.REMOTE}, "short_return_visit"),
        (Modality.HYBRID, {Modality.ON_SITE, Modality.SHORT_RETURN_VISIT}, "on_site"),
    ],
)
def test_near_format_names_what_is_offered(wanted: Modality, offered: set[Modality], near: str) -> None:
    [item] = found(Wish((), modality=wanted), NOBODY._replace(modalities=frozenset(offered)))
    assert item.facts == {"modality": wanted.value, "offered": near}


def test_kind_of_engagement_fits_or_is_a_gap() -> None:
    wish = Wish((), kind="training")
    assert kinds_and_shares(wish, NOBODY._replace(kinds=frozenset({"training"}))) == [(ReasonKind.KIND_OK, 400)]
    assert kinds_and_shares(wish, NOBODY) == [(ReasonKind.KIND_OTHER, 0)]


@pytest.mark.parametrize(("origins", "shares"), [((788, 686), [600]), ((686, 788), [420]), ((686,), []), ((), [])])
def test_country_tie_counts_most_when_it_is_the_main_one(origins: tuple[int, ...], shares: list[int]) -> None:
    items = found(Wish((), origin=788), NOBODY._replace(origins=origins))
    assert [item.share for item in items] == shares


def test_sector_counts_when_there_is_experience_in_it() -> None:
    wish = Wish((), sector="health")
    assert kinds_and_shares(wish, NOBODY._replace(sectors={"health": 3})) == [(ReasonKind.SECTOR_EXPERIENCE, 400)]
    assert kinds_and_shares(wish, NOBODY._replace(sectors={"health": 1})) == [(ReasonKind.SECTOR_EXPERIENCE, 400)]
    assert found(wish, NOBODY._replace(sectors={"health": 0})) == []
    assert found(wish, NOBODY._replace(sectors={"water": 9})) == []


@pytest.mark.parametrize(
    ("capacity", "open_engagements", "hours", "wanted", "share"),
    [
        (2, 0, None, None, 1_000),
        (2, 1, None, None, 500),
        (2, 3, None, None, 0),
        (0, 0, None, None, 0),
        (2, 1, 4, 8, 250),
        (2, 0, 4, 2, 1_000),
        (2, 0, None, 8, 1_000),
        (2, 0, 0, 8, 0),
    ],
)
def test_capacity_is_free_places_times_hours_given(
    capacity: int, open_engagements: int, hours: int | None, wanted: int | None, share: int
) -> None:
    candidate = NOBODY._replace(capacity=capacity, open_engagements=open_engagements, hours_per_month=hours)
    [item] = [
        item
        for item in Circumstances(Wish((), hours_per_month=wanted), DEFAULT).found(candidate)
        if item.kind == ReasonKind.CAPACITY
    ]
    assert item.share == share
    assert item.facts["free"] == max(0, capacity - open_engagements)


@pytest.mark.parametrize(("days", "share"), [(-3, 600), (0, 600), (365, 221), (3_650, 0)])
def test_freshness_fades_by_e_in_a_year(days: int, share: int) -> None:
    items = Circumstances(Wish(()), DEFAULT).found(NOBODY._replace(days_since_update=days))
    assert [item.share for item in items if item.kind == ReasonKind.FRESHNESS] == [share]


@pytest.mark.parametrize(("rate", "shares"), [(None, []), (0.0, [-500]), (0.5, [0]), (1.0, [500]), (1.7, [500])])
def test_replies_count_both_ways_and_unknown_habits_neither(rate: float | None, shares: list[int]) -> None:
    assert [item.share for item in found(Wish(()), NOBODY._replace(reply_rate=rate))] == shares


@pytest.mark.parametrize(("invitations", "shares"), [(0, []), (1, [-416]), (12, [-1_539]), (10_000, [-3_000])])
def test_exposure_costs_logarithmically_and_is_bounded(invitations: int, shares: list[int]) -> None:
    candidate = NOBODY._replace(invitations_last_30_days=invitations)
    assert [item.share for item in found(Wish(()), candidate)] == shares
