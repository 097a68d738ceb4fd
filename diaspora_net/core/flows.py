"""How far the figures of a table can move while everything published about it stays true. Pure: no Django, no database.

Every figure is an edge of a network in which what flows into a node flows out of it: a row's cells leave the row that
its total has entered, a column's cells enter the column that its total leaves. Tables with totals and one level of
subtotals are such networks (Cox 1995; Fischetti and Salazar 1999). Moving one figure by one unit and keeping all the
published sums true means moving a unit around a cycle, so how far a hidden figure can be from its value is a maximum
flow, found exactly.
"""

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

UNBOUNDED = 1 << 60
Node = Hashable
_HOP = 1  # among equally cheap ways the shorter one
_OPENING = 1_000  # leaving out a figure costs this and its value: few and small ones are left out


@dataclass(slots=True)
class Edge:
    """One figure: its true value, what the reader knows of it (``low`` to ``high``), and whether it may be left out."""

    tail: Node
    head: Node
    value: int
    low: int = 0
    high: int = UNBOUNDED
    may_open: bool = False

    def room(self, now: int, *, up: bool) -> int:
        """Return how far it can move from ``now`` without contradicting what is known."""
        return max(0, self.high - now if up else now - self.low)

    def opened(self, now: int, *, up: bool) -> int:
        """Return how far it could move if it were left out."""
        return UNBOUNDED if up else max(0, now - min(1, self.value))


@dataclass(slots=True)
class Network:
    """The figures of one table by key, and the moves made in it."""

    edges: Mapping[Any, Edge]
    _at: dict[Node, list[tuple[Any, bool]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for key, edge in self.edges.items():
            self._at[edge.tail].append((key, True))
            self._at[edge.head].append((key, False))

    def move(self, key: Any, amount: int, *, up: bool, may_open: bool) -> tuple[int, set[Any]]:
        """Return how far, up to ``amount``, a figure can move, and what has to be left out for that.

        Without ``may_open`` nothing more than now is left out. The true values stay as they are.
        """
        edge = self.edges[key]
        now = {name: one.value for name, one in self.edges.items()}
        start, goal = (edge.head, edge.tail) if up else (edge.tail, edge.head)
        moved, opened = 0, set[Any]()
        while moved < amount:
            way = self._cheapest_way(start, goal, key, now, opened, may_open)
            if way is None:
                break
            step = min(amount - moved, *(self._room(name, now, rises, opened) for name, rises in way))
            for name, rises in way:
                now[name] += step if rises else -step
            moved += step
        return moved, opened

    def _room(self, name: Any, now: Mapping[Any, int], rises: bool, opened: set[Any]) -> int:
        edge = self.edges[name]
        room = edge.room(now[name], up=rises)
        if room <= 0:
            opened.add(name)
        return max(room, edge.opened(now[name], up=rises)) if name in opened else room

    def _cheapest_way(
        self, start: Node, goal: Node, without: Any, now: Mapping[Any, int], opened: set[Any], may_open: bool
    ) -> list[tuple[Any, bool]] | None:
        """Return the edges from ``start`` to ``goal``, each with whether it rises, that leave out least; or None."""
        cost: dict[Node, int] = {start: 0}
        came: dict[Node, tuple[Node, Any, bool]] = {}
        queue: list[tuple[int, int, Node]] = [(0, 0, start)]
        serial = 0
        while queue:
            so_far, _, node = heapq.heappop(queue)
            if node == goal:
                return _unwound(came, start, goal)
            if so_far > cost[node]:
                continue
            for name, rises in self._at[node]:
                price = None if name == without else self._price(name, now[name], rises, opened, may_open)
                there = self.edges[name].head if rises else self.edges[name].tail
                if price is not None and so_far + price < cost.get(there, UNBOUNDED):
                    cost[there], came[there] = so_far + price, (node, name, rises)
                    serial += 1
                    heapq.heappush(queue, (so_far + price, serial, there))
        return None

    def _price(self, name: Any, now: int, rises: bool, opened: set[Any], may_open: bool) -> int | None:
        """Return what it costs to move a figure, or None where it cannot."""
        edge = self.edges[name]
        if edge.room(now, up=rises) > 0:
            return _HOP
        if not edge.opened(now, up=rises):
            return None
        if name in opened:
            return _HOP
        return _OPENING + edge.value if may_open and edge.may_open and edge.value else None


def _unwound(came: Mapping[Node, tuple[Node, Any, bool]], start: Node, goal: Node) -> list[tuple[Any, bool]]:
    way = []
    node = goal
    while node != start:
        node, name, rises = came[node]
        way.append((name, rises))
    return way[::-1]


def lines_of(keys: Iterable[Any], edges: Mapping[Any, Edge]) -> list[frozenset[Any]]:
    """Return the rows and columns of two and more of these figures: those that leave one node or enter one."""
    at: dict[tuple[bool, Node], set[Any]] = defaultdict(set)
    for key in keys:
        at[True, edges[key].tail].add(key)
        at[False, edges[key].head].add(key)
    return [frozenset(line) for line in at.values() if len(line) > 1]
