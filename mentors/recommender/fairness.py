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


def least_gini(total: int, people: int) -> float:
    """Return the Gini coefficient when ``people`` share ``total`` as evenly as whole numbers allow.

    Above 0 when there is less than one for each: what is told beside ``gini``, so that scarcity does not read as
    unfairness.
    """
    rest = total % people if people else 0
    return rest * (people - rest) / (people * total) if rest else 0.0
