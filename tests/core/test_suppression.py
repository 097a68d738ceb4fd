"""No reader works out a number that was left out: not from one table, two, totals, zeros, or the next quarter's."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diaspora_net.core.suppression import GRAND, TOTAL, Dim, Key, Published, subtotal, suppress
from tests.core.attacker import Attacker, publish_naively

KS = st.sampled_from([3, 5, 10])
# Small numbers are what it is about; the large ones stand in for them.
COUNTS = st.one_of(st.just(0), st.integers(1, 4), st.integers(1, 12), st.integers(0, 60))
ROWS, COLUMNS, PAIRS = ("a", "b", "c", "d"), ("n", "s", "e"), ("f", "m")


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Dim], dict[Key, int]]:
    """Return one or two dimensions, with or without groups, and the counts of a table."""
    rows = ROWS[: draw(st.integers(1, 4))]
    columns = COLUMNS[: draw(st.integers(0, 3))]
    split = draw(st.integers(0, len(rows)))
    groups = (("G", rows[:split]),) if split else ()
    if split and draw(st.booleans()) and split < len(rows):
        groups = (("G", rows[:split]), ("H", rows[split:]))
    dims = [Dim("rows", rows, groups)] + ([Dim("columns", columns)] if columns else [])
    return dims, {key: draw(COUNTS) for key in product(rows, columns or (TOTAL,))}


def true_values(dims: list[Dim], table: dict[Key, int]) -> dict[Key, int]:
    return {key: value for key, value in suppress(table, 1, dims).values.items() if value is not None}


@settings(max_examples=150, deadline=None)
@given(tables(), KS)
def test_a_small_number_may_be_any_small_number(case: tuple[list[Dim], dict[Key, int]], k: int) -> None:
    dims, table = case
    published = suppress(table, k, dims)
    attacker = Attacker().reads("table", published, dims, k)
    for key, value in true_values(dims, table).items():
        if 0 < value < k:
            low, high = attacker.bounds("table", key)
            assert low <= 1, (key, value, low, high)
            assert high >= k - 1, (key, value, low, high)


@settings(max_examples=80, deadline=None)
@given(tables(), KS)
def test_rounded_figures_leave_changes_uncertain(case: tuple[list[Dim], dict[Key, int]], k: int) -> None:
    """Whoever subtracts the last publication from this one knows no change better than to k - 2 people either way."""
    dims, table = case
    published = suppress(table, k, dims, is_recurring=True)
    attacker = Attacker().reads("table", published, dims, k)
    for key, value in true_values(dims, table).items():
        low, high = attacker.bounds("table", key)
        if 0 < value < k:
            assert low <= 1, (key, value, low, high)
            assert high >= k - 1, (key, value, low, high)
        elif value:
            assert high - low >= (k - 1) // 2, (key, value, low, high)


@settings(max_examples=80, deadline=None)
@given(tables(), st.data(), KS)
def test_two_snapshots_do_not_tell_a_small_change(
    case: tuple[list[Dim], dict[Key, int]], data: st.DataObject, k: int
) -> None:
    dims, before = case
    after = {key: value + data.draw(st.integers(0, 3)) for key, value in before.items()}
    first, second = (suppress(table, k, dims, is_recurring=True) for table in (before, after))
    attacker = Attacker().reads("before", first, dims, k).reads("after", second, dims, k)
    was, became = true_values(dims, before), true_values(dims, after)
    for key, value in became.items():
        if 0 < value - was[key] < k:
            (low, high), (low_then, high_then) = attacker.bounds("after", key), attacker.bounds("before", key)
            least, most = low - high_then, high - low_then
            assert most - least >= k - 2, (key, was[key], value, least, most)
            assert most > value - was[key] or least < value - was[key]


@settings(max_examples=80, deadline=None)
@given(st.data(), KS)
def test_two_tables_with_the_same_totals_tell_no_more_than_each(data: st.DataObject, k: int) -> None:
    """The same people by type and region, and by type and sex: the totals of the types stand in both."""
    cells = {key: data.draw(COUNTS) for key in product(ROWS[:3], COLUMNS, PAIRS)}
    by_region, by_sex = defaultdict[Key, int](int), defaultdict[Key, int](int)
    for (row, column, pair), value in cells.items():
        by_region[row, column] += value
        by_sex[row, pair] += value
    rows = Dim("type", ROWS[:3])
    region, sex = [rows, Dim("region", COLUMNS)], [rows, Dim("sex", PAIRS)]
    one, other = suppress(by_region, k, region), suppress(by_sex, k, sex)
    attacker = Attacker().reads("region", one, region, k).reads("sex", other, sex, k)
    attacker.equates("region", "sex", [((row, TOTAL), (row, TOTAL)) for row in (*ROWS[:3], TOTAL)])
    for name, dims, table in (("region", region, by_region), ("sex", sex, by_sex)):
        for key, value in true_values(dims, table).items():
            if 0 < value < k:
                low, high = attacker.bounds(name, key)
                assert low <= 1, (name, key, value, low, high)
                assert high >= k - 1, (name, key, value, low, high)


@settings(max_examples=80, deadline=None)
@given(tables(), st.data(), st.sampled_from([5, 10]))
def test_hours_of_a_few_people_stay_uncertain_by_half(
    case: tuple[list[Dim], dict[Key, int]], data: st.DataObject, k: int
) -> None:
    dims, table = case
    hours = {key: value * data.draw(st.integers(1, 40)) for key, value in table.items()}
    people = true_values(dims, table)
    published = suppress(hours, k, dims, people=people)
    attacker = Attacker().reads("hours", published, dims, k)
    for key, value in true_values(dims, hours).items():
        if 0 < people[key] < k:
            low, high = attacker.bounds("hours", key)
            assert low <= max(1, value / 2), (key, value, low, high)
            assert high >= value * 1.5, (key, value, low, high)


def test_the_attacker_breaks_what_leaves_out_small_numbers_only() -> None:
    """The control: one small number in a row with its total is known exactly, and so is one beside another of k-1."""
    dims = [Dim("type", ("refugee", "returnee", "student"))]
    for table, hidden, truth in (
        ({("refugee", TOTAL): 3, ("returnee", TOTAL): 40, ("student", TOTAL): 50}, "refugee", 3),
        ({("refugee", TOTAL): 1, ("returnee", TOTAL): 1, ("student", TOTAL): 50}, "returnee", 1),
    ):
        values = true_values(dims, table)
        broken = Attacker().reads("table", publish_naively(values, 10), dims, 10)
        assert broken.bounds("table", (hidden, TOTAL)) == (truth, truth)
        kept = Attacker().reads("table", suppress(table, 10, dims), dims, 10)
        low, high = kept.bounds("table", (hidden, TOTAL))
        assert low <= 1 < 9 <= high


def test_the_attacker_breaks_exact_figures_that_are_published_again() -> None:
    """The control: 30 registered in March and 31 in June tell that one person came."""
    dims = [Dim("type", ("refugee", "returnee"))]
    march = {("refugee", TOTAL): 30, ("returnee", TOTAL): 42}
    june = {("refugee", TOTAL): 31, ("returnee", TOTAL): 42}
    exact = [suppress(table, 10, dims)["refugee", TOTAL] for table in (march, june)]
    assert exact == [30, 31]
    rounded = [suppress(table, 10, dims, is_recurring=True)["refugee", TOTAL] for table in (march, june)]
    assert rounded == [30, 30]


@pytest.mark.parametrize("k", [3, 4])
def test_knowing_the_method_does_not_tell_a_small_number(k: int) -> None:
    """Whoever tries every table that would be published alike finds several values for each small number."""
    dims = [Dim("rows", ("a", "b")), Dim("columns", ("n", "s"))]
    keys = list(product(("a", "b"), ("n", "s")))
    seen: dict[tuple[int | None, ...], list[dict[Key, int]]] = defaultdict(list)
    for counts in product(range(2 * k + 2), repeat=4):
        table = dict(zip(keys, counts, strict=True))
        seen[tuple(suppress(table, k, dims).values.values())].append(table)
    for alike in seen.values():
        for key in keys:
            values = {table[key] for table in alike}
            if any(0 < value < k for value in values) and max(map(sum, (t.values() for t in alike))) < 2 * k + 2:
                assert len(values) > 1, (key, alike)


def test_zeros_and_large_numbers_stay_when_nothing_is_small() -> None:
    dims = [Dim("type", ("refugee", "returnee")), Dim("region", ("north", "south"))]
    table = {("refugee", "north"): 12, ("refugee", "south"): 0, ("returnee", "north"): 30, ("returnee", "south"): 11}
    published = suppress(table, 10, dims)
    assert published.is_whole
    assert (published["refugee", "south"], published["refugee", TOTAL], published[GRAND]) == (0, 12, 53)


def test_coordinators_read_every_number_as_it_is() -> None:
    dims = [Dim("type", ("refugee", "returnee"), (("Moved", ("refugee", "returnee")),))]
    published = suppress({("refugee", TOTAL): 1, ("returnee", TOTAL): 2}, 1, dims)
    assert published == Published(
        {("refugee", TOTAL): 1, ("returnee", TOTAL): 2, (subtotal("Moved"), TOTAL): 3, GRAND: 3}
    )


def test_nothing_is_told_of_a_table_of_few_people() -> None:
    dims = [Dim("type", ("refugee", "returnee"))]
    published = suppress({("refugee", TOTAL): 4, ("returnee", TOTAL): 0}, 5, dims)
    assert set(published.values.values()) == {None}


def test_a_number_alone_is_rounded_when_it_is_published_again() -> None:
    for value, told in ((0, 0), (4, None), (5, 5), (7, 5), (8, 10), (647, 645)):
        assert suppress({GRAND: value}, 5, [], is_recurring=True)[GRAND] == told
        assert suppress({GRAND: value}, 5, [])[GRAND] == (None if told is None else value)


def test_three_dimensions_and_unknown_categories_are_refused() -> None:
    with pytest.raises(ValueError, match="two dimensions"):
        suppress({}, 5, [Dim("a", ("x",)), Dim("b", ("y",)), Dim("c", ("z",))])
    with pytest.raises(ValueError, match="no dimension names"):
        suppress({("z", TOTAL): 1}, 5, [Dim("a", ("x",))])
