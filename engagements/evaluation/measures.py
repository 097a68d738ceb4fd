"""How good an order is: where the right answers stand in it, ties drawn by lot."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log2
from random import Random

MEASURES = ("ndcg@10", "mrr", "r@10", "r@50")
SEEDS = (1, 2, 3)
RESAMPLES = 500
Figures = dict[str, float]
Interval = tuple[float, float]


def positions(
    scores: Mapping[str, float], right: Collection[str], chances: Iterable[Random], others: int = 0
) -> list[list[int]]:
    """Return the places, from 1, of those ``right`` ones that ``scores`` orders, best first; one list for each chance.

    ``others`` more, unscored ones share the last place at score 0, among them the right ones without a score; without
    any, those who have no score are not in the order at all. Equal scores stand in the order of a lot.
    """
    ordered = sorted(scores.values())
    tied = Counter(scores.get(one, 0.0) for one in right if one in scores or others)
    groups = []
    for score, count in tied.items():
        low, high = bisect_left(ordered, score), bisect_right(ordered, score)
        size = high - low + (others if score == 0 else 0)
        groups.append((len(ordered) - high, size, count))
    return [
        sorted(before + place for before, size, count in groups for place in chance.sample(range(1, size + 1), count))
        for chance in chances
    ]


def figures(places: Sequence[int], right: int) -> Figures:
    """Return the measures of one order: gains are binary, ``right`` is how many right answers there are."""
    gain = sum(1 / log2(place + 1) for place in places if place <= 10)
    ideal = sum(1 / log2(place + 1) for place in range(1, min(right, 10) + 1))
    return {
        "ndcg@10": gain / ideal,
        "mrr": 1 / places[0] if places else 0.0,
        "r@10": sum(place <= 10 for place in places) / right,
        "r@50": sum(place <= 50 for place in places) / right,
    }


def mean(rows: Iterable[Figures]) -> Figures:
    """Return the mean of each measure; 0 of none."""
    known = list(rows)
    return {name: sum(row[name] for row in known) / max(1, len(known)) for name in MEASURES}


def intervals(rows: Sequence[Figures], *, seed: int = 0) -> dict[str, Interval]:
    """Return the 95 % bootstrap interval of each measure's mean over needs."""
    chance, count = Random(seed), len(rows)  # noqa: S311 - a lot, not a secret
    draws = [chance.choices(range(count), k=count) for _ in range(RESAMPLES)]
    found = {}
    for name in MEASURES:
        values = [row[name] for row in rows]
        means = sorted(sum(map(values.__getitem__, draw)) / count for draw in draws)
        found[name] = (means[round(RESAMPLES * 0.025)], means[round(RESAMPLES * 0.975) - 1])
    return found
