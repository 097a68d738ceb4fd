"""The best assignment: never below any other, within everybody's places, and the same every time."""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentors.recommender.assignment import Assignment, assign

Suggestions = dict[str, list[tuple[int, int]]]
Instance = tuple[Suggestions, dict[str, int], dict[int, int]]


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """A few needs and experts with close scores, so that greedy choices are often wrong."""
    experts = list(range(draw(st.integers(1, 4))))
    suggestions = {
        f"need-{n}": [(expert, draw(st.integers(-1, 9))) for expert in draw(st.permutations(experts))]
        for n in range(draw(st.integers(1, 4)))
    }
    places = st.integers(0, 2)
    return suggestions, {need: draw(places) for need in suggestions}, {expert: draw(places) for expert in experts}


def best_total(suggestions: Suggestions, need_places: dict[str, int], expert_places: dict[int, int]) -> int:
    """Try everything."""
    edges = [(need, expert, score) for need, offered in suggestions.items() for expert, score in offered if score > 0]
    needs, experts = list(suggestions), sorted(expert_places)

    @cache
    def best(place: int, needs_left: tuple[int, ...], experts_left: tuple[int, ...]) -> int:
        if place == len(edges):
            return 0
        need, expert, score = edges[place]
        without = best(place + 1, needs_left, experts_left)
        n, e = needs.index(need), experts.index(expert)
        if not needs_left[n] or not experts_left[e]:
            return without
        fewer_needs = (*needs_left[:n], needs_left[n] - 1, *needs_left[n + 1 :])
        fewer_experts = (*experts_left[:e], experts_left[e] - 1, *experts_left[e + 1 :])
        return max(without, score + best(place + 1, fewer_needs, fewer_experts))

    return best(0, tuple(need_places[need] for need in needs), tuple(expert_places[expert] for expert in experts))


def greedy_total(
    suggestions: Mapping[str, Sequence[tuple[int, int]]], need_places: dict[str, int], expert_places: dict[int, int]
) -> int:
    """Take the best pair that is still possible, then the next."""
    edges = [(score, need, expert) for need, offered in suggestions.items() for expert, score in offered if score > 0]
    needs_left, experts_left = dict(need_places), dict(expert_places)
    total = 0
    for score, need, expert in sorted(edges, key=lambda edge: -edge[0]):
        if needs_left[need] and experts_left[expert]:
            needs_left[need] -= 1
            experts_left[expert] -= 1
            total += score
    return total


def check_places(found: Assignment[str, int], instance: Instance) -> None:
    suggestions, need_places, expert_places = instance
    by_need = Counter(pair.need for pair in found.pairs)
    by_expert = Counter(pair.expert for pair in found.pairs)
    assert all(by_expert[expert] <= places for expert, places in expert_places.items())
    assert len({(pair.need, pair.expert) for pair in found.pairs}) == len(found.pairs)
    assert all((pair.expert, pair.score) in suggestions[pair.need] and pair.score > 0 for pair in found.pairs)
    left = {need: places - by_need[need] for need, places in need_places.items()}
    assert min(left.values()) >= 0
    assert found.unfilled == {need: count for need, count in left.items() if count}
    assert found.unmatched == [need for need in found.unfilled if not by_need[need]]


@given(instances())
def test_total_is_the_best_of_all_and_places_hold(instance: Instance) -> None:
    suggestions, need_places, expert_places = instance
    found = assign(suggestions, need_places=need_places, expert_places=expert_places)
    check_places(found, instance)
    assert found.total == best_total(*instance)
    assert found.total >= greedy_total(*instance)
    assert assign(suggestions, need_places=need_places, expert_places=expert_places) == found


@given(instances(), st.randoms())
def test_total_is_the_same_whatever_the_order_of_needs(instance: Instance, chance: random.Random) -> None:
    suggestions, need_places, expert_places = instance
    shuffled = list(suggestions)
    chance.shuffle(shuffled)
    again = {need: suggestions[need] for need in shuffled}
    one = assign(suggestions, need_places=need_places, expert_places=expert_places)
    assert assign(again, need_places=need_places, expert_places=expert_places).total == one.total


def test_an_expert_goes_where_nobody_else_can_help_when_both_want_them() -> None:
    suggestions = {"easy": [(1, 90), (2, 85)], "hard": [(1, 80)]}
    found = assign(suggestions, need_places={}, expert_places={})
    assert [(pair.need, pair.expert) for pair in found.pairs] == [("easy", 2), ("hard", 1)]
    assert (found.total, found.unmatched) == (165, [])


def test_nobody_is_given_twice_to_a_need_when_it_has_two_places() -> None:
    found = assign({"need": [(1, 50)]}, need_places={"need": 2}, expert_places={1: 3})
    assert (len(found.pairs), found.unfilled, found.unmatched) == (1, {"need": 1}, [])


def test_only_the_best_suggestions_are_looked_at_when_there_is_a_limit() -> None:
    found = assign({"need": [(1, 50), (2, 40)]}, need_places={"need": 2}, expert_places={}, limit=1)
    assert [pair.expert for pair in found.pairs] == [1]


def crowd(*, needs: int, experts: int, popularity: float) -> Suggestions:
    """Many needs whose suggestions crowd on the same popular experts."""
    chance = random.Random(7)
    weights = [1 / (place + 1) ** popularity for place in range(experts)]
    suggestions: Suggestions = {}
    for n in range(needs):
        drawn = set(chance.choices(range(experts), weights, k=80))
        offered = [(expert, chance.randint(1000, 9999)) for expert in sorted(drawn)]
        suggestions[f"need-{n}"] = sorted(offered, key=lambda pair: -pair[1])[:50]
    return suggestions


@pytest.mark.parametrize("popularity", [0.0, 0.7, 1.2])
def test_a_thousand_needs_are_assigned_within_ten_seconds_and_better_than_greedily(popularity: float) -> None:
    suggestions = crowd(needs=1000, experts=1000, popularity=popularity)
    need_places, expert_places = dict.fromkeys(suggestions, 1), dict.fromkeys(range(1000), 1)
    began = time.monotonic()
    found = assign(suggestions, need_places=need_places, expert_places=expert_places)
    took = time.monotonic() - began
    check_places(found, (suggestions, need_places, expert_places))
    greedy = greedy_total(suggestions, need_places, expert_places)
    print(f"popularity {popularity}: {took:.2f} s, total {found.total}, {found.total / greedy - 1:.1%} above greedy")
    assert found.total >= greedy
    assert took < 10
