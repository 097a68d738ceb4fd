"""Must, like and ignore: bounded, on top of the default, and true to their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentors.recommender.factors import (
    MEANINGS,
    Factor,
    Stance,
    Stances,
    chosen,
    factors_of,
    holds,
    is_must,
    weighed,
)
from mentors.recommender.scoring import rank, score_pair
from mentors.recommender.types import Candidate, LanguageWanted, Match, Modality, Offered, Wish
from mentors.recommender.weights import DEFAULT
from tests.mentors.recommender.worlds import candidates, make_candidate, make_wanted, make_wish, wishes

STANCES = st.dictionaries(st.sampled_from(Factor), st.sampled_from(Stance))
CROWD = st.lists(candidates(), max_size=6, unique_by=lambda candidate: candidate.expert)
# What of an expert a factor looks at, emptied.
WITHOUT: dict[Factor, dict[str, object]] = {
    Factor.LANGUAGE: {"languages": {}},
    Factor.FORMAT: {"modalities": frozenset()},
    Factor.KIND: {"kinds": frozenset()},
    Factor.HOURS: {"weekly_hours": ()},
    Factor.DATES: {"free_from": None, "free_until": None},
    Factor.COUNTRY: {"origins": ()},
    Factor.SECTOR: {"sectors": {}},
    Factor.RECORD: {"completed": 0, "recently": None},
}


def ranked(wish: Wish, crowd: list[Candidate], stances: Stances) -> list[Match]:
    return chosen(rank(wish, crowd, day="2026-01-01", weights=weighed(stances)), stances)


@given(wishes(), CROWD, STANCES)
def test_scores_stay_shares_and_reasons_still_sum(wish: Wish, crowd: list[Candidate], stances: Stances) -> None:
    for match in ranked(wish, crowd, stances):
        assert 0 <= match.score <= 1
        assert sum(reason.points for reason in match.reasons) == match.points


@given(wishes(), CROWD, st.sets(st.sampled_from(Factor)))
def test_nothing_changes_when_everything_counts_as_usual(
    wish: Wish, crowd: list[Candidate], liked: set[Factor]
) -> None:
    assert ranked(wish, crowd, dict.fromkeys(liked, Stance.LIKE)) == rank(wish, crowd, day="2026-01-01")
    assert weighed({}) is DEFAULT


@given(wishes(), CROWD, st.sets(st.sampled_from(Factor)))
def test_must_takes_away_who_fails_and_moves_nobody(wish: Wish, crowd: list[Candidate], musts: set[Factor]) -> None:
    before = rank(wish, crowd, day="2026-01-01")
    after = ranked(wish, crowd, dict.fromkeys(musts, Stance.MUST))
    kept = [match for match in before if all(holds(match, factor) for factor in musts)]
    assert [(match.expert, match.points) for match in after] == [(match.expert, match.points) for match in kept]


@given(wishes(), candidates(), st.sampled_from(Factor))
def test_ignored_factor_is_neither_counted_nor_told(wish: Wish, candidate: Candidate, factor: Factor) -> None:
    stances = {factor: Stance.IGNORE}
    [match] = ranked(wish, [candidate], stances)
    assert not {reason.kind for reason in match.reasons} & MEANINGS[factor].kinds
    [other] = ranked(wish, [candidate._replace(**WITHOUT[factor])], stances)  # type: ignore[arg-type]
    assert other == match


@given(wishes(), candidates(), st.sampled_from(Factor))
def test_reasons_of_a_must_say_that_it_is_one(wish: Wish, candidate: Candidate, factor: Factor) -> None:
    for match in ranked(wish, [candidate], {factor: Stance.MUST}):
        told = [reason for reason in match.reasons if is_must(reason)]
        assert told == [reason for reason in match.reasons if reason.kind in MEANINGS[factor].kinds]
        assert told


def test_every_language_must_be_spoken_at_its_level() -> None:
    wish = make_wish(make_wanted(0, 1), languages=(LanguageWanted("fr", 4), LanguageWanted("ar", 2)))
    for known, is_there in (({"fr": 5, "ar": 3}, True), ({"fr": 5, "ar": 1}, False), ({"fr": 6}, False), ({}, False)):
        found = ranked(wish, [make_candidate(Offered(1, 3), languages=known)], {Factor.LANGUAGE: Stance.MUST})
        assert bool(found) == is_there, known


def test_half_fitting_format_is_not_enough_when_it_must_hold() -> None:
    wish = make_wish(make_wanted(0, 1), modality=Modality.REMOTE)
    near = make_candidate(Offered(1, 3), modalities=frozenset({Modality.HYBRID}))
    assert ranked(wish, [near], {Factor.FORMAT: Stance.LIKE})
    assert not ranked(wish, [near], {Factor.FORMAT: Stance.MUST})


@pytest.mark.parametrize("factor", Factor)
def test_factors_are_offered_when_the_wish_asks_for_them(factor: Factor) -> None:
    asks = {
        Factor.LANGUAGE: {"languages": (LanguageWanted("fr", 4),)},
        Factor.FORMAT: {"modality": Modality.REMOTE},
        Factor.KIND: {"kind": "advisory"},
        Factor.HOURS: {"weekly_hours": ((0, 60),)},
        Factor.DATES: {"ends_on": "2026-01-01"},
        Factor.COUNTRY: {"origin": 788},
        Factor.SECTOR: {"sector": "health"},
        Factor.RECORD: {},
    }
    wish = make_wish(make_wanted(0, 1), **asks[factor])
    assert set(factors_of(wish)) == {factor, Factor.RECORD}
    every = score_pair(wish, make_candidate(Offered(1, 3)))
    assert sum(reason.points for reason in every.reasons) == every.points
