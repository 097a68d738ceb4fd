"""What readers outside may know of where experts live and in which skill family: countries, regions, families.

Countries with the totals of their regions are one table, regions by family another. Both tell of the same people, so
the totals of regions are decided alike in both. Since figures are rounded, a reader of both may know a total a little
better than a reader of one; a small number stays open by at least half of k, as the tests show.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from diaspora_net.core.regions import REGION_OF
from diaspora_net.core.suppression import GRAND, K_EXACT, TOTAL, Dim, Key, Published, suppress
from engagements.payloads.numbers import Number, number_of

Cells = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class PublishedWhere:
    """Where experts live: ``homes`` by country and ``group:region``; ``families`` by region and family, totals too."""

    homes: Mapping[str, Number] = field(default_factory=dict)
    families: Mapping[Key, Number] = field(default_factory=dict)


def publish_where(crossed: Sequence[Sequence[Any]], k: int) -> PublishedWhere:
    """Return what may be told of (country, family, number) to readers for whom fewer than ``k`` people are too few.

    Where fewer live is not even named outside: they are in the number of their region, or else of everybody.
    """
    if not crossed:
        return PublishedWhere()
    cells = tuple((home, family, number) for home, family, number in crossed)
    homes, families = _homes(cells, k), _families(cells, k)
    return PublishedWhere(
        {row: number_of(homes, (row, TOTAL)) for row, _total in homes.values if row and homes[row, TOTAL] is not None},
        {key: number_of(families, key) for key in families.values},
    )


@lru_cache(maxsize=64)  # of closed periods, which never change
def _homes(cells: Cells, k: int) -> Published:
    table: Counter[Key] = Counter()
    for home, _family, number in cells:
        table[home, TOTAL] += number
    return suppress(table, k, [by_region("home", {row for row, _total in table})], is_recurring=k > K_EXACT)


@lru_cache(maxsize=64)
def _families(cells: Cells, k: int) -> Published:
    """Decide about regions by family; where nothing could be told of that, about the families alone."""
    table: Counter[Key] = Counter()
    for home, family, number in cells:
        table[REGION_OF.get(home, home), family] += number
    dims = [Dim(name, tuple(sorted({key[place] for key in table}))) for place, name in enumerate(("region", "family"))]
    told = suppress(table, k, dims, is_recurring=k > K_EXACT)
    if any(value is not None for key, value in told.values.items() if key != GRAND):
        return told
    alone: Counter[Key] = Counter()
    for (_region, family), number in table.items():
        alone[family, TOTAL] += number
    told = suppress(alone, k, [Dim("family", dims[1].categories)], is_recurring=k > K_EXACT)
    return Published({(TOTAL, family): value for (family, _total), value in told.values.items()}, told.step)


def by_region(name: str, homes: Iterable[str]) -> Dim:
    """Return a dimension of countries with subtotals of their regions, in the order of the regions."""
    ordered = sorted(homes, key=lambda home: (REGION_OF.get(home, home), home))
    members: dict[str, list[str]] = defaultdict(list)
    for home in ordered:
        if home in REGION_OF:
            members[REGION_OF[home]].append(home)
    return Dim(name, tuple(ordered), tuple((region, tuple(own)) for region, own in members.items()))
