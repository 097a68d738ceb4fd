"""How evenly something is shared out."""

from collections.abc import Iterable


def gini(counts: Iterable[int]) -> float:
    """Return the Gini coefficient of ``counts``: 0 when all have the same, towards 1 when one has everything.

    0 for nobody, and when nobody has anything.
    """
    ordered = sorted(counts)
    total = sum(ordered)
    if not total:
        return 0.0
    weighted = sum(place * count for place, count in enumerate(ordered, start=1))
    return 2 * weighted / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)
