"""Exact bookkeeping of points: every entry is a reason, and the reasons' points sum to the total by construction."""

from collections.abc import Mapping
from typing import Final

from mentors.recommender.types import Reason, ReasonKind, Scalar
from mentors.recommender.weights import WHOLE

SLOTS_TOTAL: Final = 10_000
"""What the slots of a wish sum to, before rounding each."""
FULL_POINTS: Final = 1_000
"""Points of all wanted skills at full strength, before circumstances."""
UNITS_PER_POINT: Final = SLOTS_TOTAL * 100 * WHOLE * WHOLE // FULL_POINTS
"""A unit is slot weight × hundredths of strength × basis points of breadth × basis points of a circumstance."""


make: Final = tuple.__new__  # in half the time that a named tuple takes over its own
Entry = tuple[ReasonKind, int, int | None, int | None, str | None, Mapping[str, Scalar]]


class Ledger:
    """Collects reasons with exact integer units and rounds their running sum, so no rounding is lost or counted twice.

    The total is the floor of the exact sum, hence monotone in it; each reason is within one point of its exact worth.
    Reasons are made only when asked for, as most pairs of a ranking are never read. ``required_met`` counts must-haves.
    """

    __slots__ = ("_entries", "required_met")

    def __init__(self) -> None:
        self.required_met = 0
        self._entries: list[Entry] = []

    def add(
        self,
        kind: ReasonKind,
        units: int,
        facts: Mapping[str, Scalar],
        skill: int | None = None,
        via: int | None = None,
        relation: str | None = None,
    ) -> None:
        """Enter a reason worth ``units``, which may be negative."""
        self._entries.append((kind, units, skill, via, relation, facts))

    def reasons(self) -> tuple[int, tuple[Reason, ...]]:
        """Return the points, and what was entered, in order, with its part of them."""
        reasons: list[Reason] = []
        units = before = 0
        for kind, worth, skill, via, relation, facts in self._entries:
            units += worth
            points = units // UNITS_PER_POINT
            reasons.append(make(Reason, (kind, points - before, skill, via, relation, facts)))
            before = points
        return before, tuple(reasons)
