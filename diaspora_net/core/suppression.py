"""Which figures of a table may leave the house: small ones are left out, and enough others that nobody works them out.

Every number that reaches somebody outside goes through ``suppress``: screen, picture, map, file and API read its
result and nothing else. What is left out carries one mark whatever the reason, so that the mark tells nothing: the
number may be small, or stand in for one that is. Readers know that zeros are shown as zeros, unless a row or column is
left out whole or stands beneath a total that is.

What is promised for every number from 1 to k-1, and tested with linear programming in tests/core/test_suppression.py:
nothing published in the table, nor in another table with the same totals, tells more about it than that it may be
anything from 1 to k-1, or more. The totals of each dimension are decided from that dimension alone, so tables that
share it leave out the same ones. For amounts (hours) of fewer than k people the open range is at least half the amount
to both sides. Figures that are published again and again, such as the number of registered people, are rounded to
multiples of k, since an exact number beside last quarter's tells what came to it.

Source of k: 10 for everybody, as the Office for National Statistics asks of research outputs, 5 for donors.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from diaspora_net.core.flows import UNBOUNDED, Edge, Network, Node, lines_of

TOTAL = ""
Key = tuple[str, str]
GRAND: Key = (TOTAL, TOTAL)
K_EXACT, K_DONORS, K_PUBLIC = 1, 5, 10
MOST_DIMENSIONS = 2


@dataclass(frozen=True, slots=True)
class Dim:
    """What a table is broken down by: its categories in order, and for rows the groups that have subtotals."""

    name: str
    categories: tuple[str, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """What may be told of a table: every figure by (row, column), None where it is left out.

    ``TOTAL`` as row or column means all of them, ``subtotal(group)`` those of a group. A table of one dimension has
    only the column ``TOTAL``. Figures are multiples of ``step``: 1 where they are exact.
    """

    values: Mapping[Key, int | None]
    step: int = 1

    def __getitem__(self, key: Key) -> int | None:
        return self.values[key]

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is left out."""
        return all(value is not None for value in self.values.values())


def subtotal(group: str) -> str:
    """Return the row that stands for a whole group."""
    return f"group:{group}"


def suppress(
    table: Mapping[Key, int],
    k: int,
    dims: Sequence[Dim],
    *,
    people: Mapping[Key, int] | None = None,
    is_recurring: bool = False,
) -> Published:
    """Return what may be told of a table to readers for whom fewer than ``k`` people are too few; 1 tells everything.

    ``table`` maps (row, column) to a count, missing ones are 0; totals are added up here. With ``people`` the table
    holds amounts, and ``people`` says for every figure, totals too, how many stand behind it. ``is_recurring`` is for
    counts that are published again while most of the same people are in them; they are rounded to multiples of ``k``.
    Raises ValueError for more than two dimensions or an unknown category.
    """
    if len(dims) > MOST_DIMENSIONS or (people is not None and is_recurring):
        raise ValueError("Outside the house two dimensions at most are crossed, and amounts are not published again")
    values = _with_totals(table, dims)
    if k <= K_EXACT:
        return Published(values)
    work = _Work(values, k, dims, people, is_recurring)
    work.run()
    step = k if is_recurring else 1
    return Published({key: work.told(key) for key in values}, step)


def _with_totals(table: Mapping[Key, int], dims: Sequence[Dim]) -> dict[Key, int]:
    rows = dims[0].categories if dims else ()
    columns = dims[1].categories if len(dims) > 1 else ()
    groups = dims[0].groups if dims else ()
    known = {(row, column) for row in rows or (TOTAL,) for column in columns or (TOTAL,)}
    if unknown := set(table) - known:
        raise ValueError(f"Categories that no dimension names: {sorted(unknown)}")
    values = {key: table.get(key, 0) for key in sorted(known)}
    lines = [(row, (row,)) for row in rows] + [(subtotal(name), members) for name, members in groups]
    for line, members in [*lines, (TOTAL, rows or (TOTAL,))]:
        for column, parts in [*((one, (one,)) for one in columns), (TOTAL, columns or (TOTAL,))]:
            values[line, column] = sum(table.get((row, part), 0) for row in members for part in parts)
    return values


@dataclass(slots=True)
class _Work:
    """One table while it is decided what to leave out; ``hidden`` only grows.

    ``maybe_zero`` are those of them that stand beneath a total left out, or in a row or column left out whole: there
    zeros are not shown either.
    """

    values: Mapping[Key, int]
    k: int
    dims: Sequence[Dim]
    people: Mapping[Key, int] | None
    is_recurring: bool
    hidden: set[Key] = field(default_factory=set)
    maybe_zero: set[Key] = field(default_factory=set)

    def told(self, key: Key) -> int | None:
        """Return a figure as it is published."""
        if key in self.hidden:
            return None
        return self._rounded(key) if self.is_recurring else self.values[key]

    def run(self) -> None:
        """Decide from the top down: the total, each dimension's totals alone, then what stands beneath them."""
        if self._is_small(GRAND):
            self.hidden.update(self.values)
            return
        for stage in _stages(self.dims):
            beneath = {key for key in stage.own if any(total in self.hidden for total in stage.above[key])}
            self.maybe_zero |= beneath
            self.hidden |= beneath | {key for key in stage.own if self._is_small(key)}
            if not _Protection(self, stage).succeeds():
                self.hidden = self.maybe_zero = {key for key in self.values if key != GRAND}
                if not _Protection(self, stage).succeeds():
                    self.hidden = set(self.values)
                return

    def known(self, key: Key) -> tuple[int, int]:
        """Return between which bounds readers know a figure to lie from itself alone."""
        value = self.values[key]
        if key in self.hidden:
            return (0 if key in self.maybe_zero else min(1, value)), UNBOUNDED
        if not self.is_recurring or not value:
            return value, value
        low = self._rounded(key) - self.k // 2
        return max(self.k, low), low + self.k - 1

    def ranges(self, key: Key) -> tuple[int, int] | None:
        """Return how far a figure has to be able to fall and rise for readers; None where it may be known."""
        value = self.values[key]
        if key not in self.hidden or not self._is_small(key):
            return None
        if self.people is not None:
            return (value + 1) // 2, (value + 1) // 2
        return value - 1, self.k - 1 - value

    def _is_small(self, key: Key) -> bool:
        """Say whether so few people stand behind a figure that it has to be left out on its own account."""
        behind = self.values[key] if self.people is None else self.people.get(key, 0)
        return 0 < behind < self.k

    def _rounded(self, key: Key) -> int:
        return (self.values[key] + self.k // 2) // self.k * self.k


@dataclass(frozen=True, slots=True)
class _Stage:
    """What is decided at once: the figures, what stands above each, and the ends of all edges of their network."""

    above: Mapping[Key, tuple[Key, ...]]
    ends: Mapping[Key, tuple[Node, Node]]

    @classmethod
    def of(
        cls,
        above: Mapping[Key, tuple[Key, ...]],
        given: Mapping[Key, tuple[Node, Node]],
        place: Callable[[Key], tuple[Node, Node]],
    ) -> "_Stage":
        """Return the stage that decides the keys of ``above`` within what is ``given``, each in its ``place``."""
        return cls(above, {**given, **{key: place(key) for key in above}})

    @property
    def own(self) -> Collection[Key]:
        """Return the figures to decide."""
        return self.above.keys()


class _Protection:
    """Leaves out figures of one stage until nothing left out, of this stage and above it, can be worked out."""

    def __init__(self, work: _Work, stage: _Stage) -> None:
        self.work, self.stage = work, stage
        self.network = Network(
            {key: Edge(*ends, work.values[key], may_open=key in stage.own) for key, ends in stage.ends.items()}
        )
        self.lines = lines_of(stage.ends, self.network.edges)
        self._look_again()

    def succeeds(self) -> bool:
        """Protect figure after figure, small ones first; say whether that was possible within this stage."""
        for key in sorted(self.stage.ends, key=lambda one: (self.work.values[one], one)):
            if self.work.values[key] and not any(self._is_safe(key) for _ in self._wider(key)):
                return False
        return True

    def _wider(self, key: Key) -> Iterator[None]:
        """Leave out nothing more, then the figure's own row whole, its column too, and in the end the whole stage."""
        yield
        tail, head = self.stage.ends[key]
        for near in (
            {one for one in self.stage.own if self.stage.ends[one][0] == tail},
            {one for one in self.stage.own if self.stage.ends[one][1] == head},
            set(self.stage.own),
        ):
            self._hide(near)
            yield

    def _is_safe(self, key: Key) -> bool:
        """Say whether readers learn no more than they may of one figure, leaving out others where that helps."""
        ranges = self.work.ranges(key)
        if ranges is not None:
            return all(self._moves(key, amount, up) for amount, up in zip(ranges, (False, True), strict=True))
        return not self.work.is_recurring or self._is_wide(key)

    def _is_wide(self, key: Key) -> bool:
        """Say whether a rounded figure stays so uncertain that its change since the last time does too."""
        width = (self.work.k - 1) // 2
        low, high = self.work.known(key)
        value = self.work.values[key]
        fall, _ = self.network.move(key, min(width, value - low), up=False, may_open=False)
        if self._moves(key, min(width - fall, high - value), up=True) and high - value >= width - fall:
            return True
        if key in self.stage.own and key not in self.work.hidden:
            self._hide({key})
            return self._is_wide(key)
        return False

    def _moves(self, key: Key, amount: int, up: bool) -> bool:
        moved, opened = self.network.move(key, amount, up=up, may_open=True)
        self._hide(opened)
        return moved >= amount

    def _hide(self, keys: set[Key]) -> None:
        if not keys <= self.work.hidden:
            self.work.hidden |= keys
            self._look_again()

    def _look_again(self) -> None:
        """Tell the network what is left out by now."""
        for line in self.lines:
            if line <= self.work.hidden:
                self.work.maybe_zero |= line
        for key, edge in self.network.edges.items():
            edge.low, edge.high = self.work.known(key)


def _stages(dims: Sequence[Dim]) -> Iterator[_Stage]:
    """Yield what is decided one after the other: totals of rows, of columns, then the cells; groups before members.

    A ``line`` is a group, or a row that belongs to none. What leaves "everybody" enters "top", then a line, a row, a
    line's column, a column, and "everybody" again.
    """
    if not dims:
        return
    group_of = {row: subtotal(name) for name, members in dims[0].groups for row in members}
    rows, columns = dims[0].categories, dims[1].categories if len(dims) > 1 else ()
    groups, lines = set(group_of.values()), tuple(dict.fromkeys(group_of.get(row, row) for row in rows))
    grand: dict[Key, tuple[Node, Node]] = {GRAND: ("everybody", "top")}
    yield _Stage.of({(line, TOTAL): (GRAND,) for line in lines}, grand, lambda key: ("top", "everybody"))
    into = grand | {(line, TOTAL): ("top", ("line", line)) for line in lines}
    if group_of:
        above: dict[Key, tuple[Key, ...]] = {(row, TOTAL): ((group, TOTAL),) for row, group in group_of.items()}
        ends = grand | {(line, TOTAL): ("top", ("line", line) if line in groups else "everybody") for line in lines}
        yield _Stage.of(above, ends, lambda key: (("line", group_of[key[0]]), "everybody"))
    if not columns:
        return
    yield _Stage.of({(TOTAL, column): (GRAND,) for column in columns}, grand, lambda key: ("top", "everybody"))
    out = {(TOTAL, column): (("column", column), "everybody") for column in columns}
    crossed = [(line, column) for line in lines for column in columns]
    above = {(line, column): ((line, TOTAL), (TOTAL, column)) for line, column in crossed}
    yield _Stage.of(above, into | out, lambda key: (("line", key[0]), ("column", key[1])))
    if group_of:
        above = {
            (row, column): ((row, TOTAL), (group, column)) for row, group in group_of.items() for column in columns
        }
        ends = into | out | {(row, TOTAL): (("line", group), ("row", row)) for row, group in group_of.items()}
        ends |= {
            (line, column): ((line, column) if line in groups else ("line", line), ("column", column))
            for line, column in crossed
        }
        yield _Stage.of(above, ends, lambda key: (("row", key[0]), (group_of[key[0]], key[1])))
