"""Places in an order and what they are worth, against worked examples."""

from math import log2
from random import Random

import pytest

from engagements.evaluation.measures import figures, intervals, mean, positions


def test_places_count_what_scores_higher() -> None:
    scores = {"a": 3.0, "b": 2.0, "c": 1.0}
    assert positions(scores, {"c", "a", "z"}, [Random(1)]) == [[1, 3]]
    assert positions(scores, {"c", "z"}, [Random(1)], others=1) == [[3, 4]]


def test_places_are_drawn_by_lot_when_scores_tie() -> None:
    scores = {"a": 2.0, "b": 1.0, "c": 1.0, "d": 0.0}
    chances = [Random(seed) for seed in range(60)]
    assert {tuple(places) for places in positions(scores, {"b"}, chances)} == {(2,), (3,)}
    last = {tuple(places) for places in positions(scores, {"d", "z"}, chances, others=2)}
    assert last == {(4, 5), (4, 6), (5, 6)}


def test_figures_of_a_worked_order() -> None:
    found = figures([2, 11], right=2)
    assert found == {"ndcg@10": pytest.approx((1 / log2(3)) / (1 + 1 / log2(3))), "mrr": 0.5, "r@10": 0.5, "r@50": 1.0}
    assert figures([], right=3) == {"ndcg@10": 0.0, "mrr": 0.0, "r@10": 0.0, "r@50": 0.0}
    assert figures(list(range(1, 13)), right=12)["ndcg@10"] == pytest.approx(1.0)


def test_interval_surrounds_the_mean_and_is_a_point_when_all_agree() -> None:
    rows = [figures([place], right=1) for place in (1, 2, 3, 4, 20)]
    low, high = intervals(rows)["mrr"]
    assert low < mean(rows)["mrr"] < high
    assert intervals(rows[:1] * 9)["mrr"] == (1.0, 1.0)
