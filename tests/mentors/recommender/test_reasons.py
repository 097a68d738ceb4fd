"""What a viewer reads: the order and choice of a card, and what hidden fields take away."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentors.recommender.reasons import COSTS, GAPS, REVEALS, SEATS, displayed, noted, signed, without
from mentors.recommender.scoring import score_pair
from mentors.recommender.types import PRACTISED, Candidate, Match, Reason, ReasonKind, Wish
from tests.mentors.recommender.worlds import candidates, wishes

K = ReasonKind


def must(points: int, skill: int, kind: ReasonKind = K.SKILL_SAME, **facts: int) -> Reason:
    """Return a reason about a must-have."""
    return Reason(kind, points, skill, facts={"strength": "required", **facts})


def wish_for(points: int, skill: int, kind: ReasonKind = K.SKILL_SAME, **facts: int) -> Reason:
    """Return a reason about a preferred skill."""
    return Reason(kind, points, skill, facts={"strength": "preferred", **facts})


LANGUAGE = Reason(K.LANGUAGE_SHARED, 90)
HOURS = Reason(K.HOURS_OVERLAP, 20)
FRESH = Reason(K.FRESHNESS, 30)
TIE = Reason(K.COUNTRY_TIE, 40)
NOTE = Reason(K.COORDINATOR_NOTE, 0, facts={"note": "She taught here", "by": "Chidi"})


def test_every_kind_has_a_place_and_says_what_it_reveals() -> None:
    groups = [*SEATS, GAPS, COSTS]
    assert set().union(*groups) == set(ReasonKind) == set(REVEALS)
    assert sum(map(len, groups)) == len(ReasonKind)


def test_card_reads_in_the_order_the_eye_learns() -> None:
    related, missing = must(100, 2, K.SKILL_RELATED), must(0, 3, K.SKILL_MISSING, worth=200)
    scrambled = [TIE, missing, HOURS, related, LANGUAGE, must(200, 1)]
    assert displayed(scrambled, 6) == (must(200, 1), related, LANGUAGE, HOURS, TIE, missing)
    assert displayed(scrambled) == (must(200, 1), related, LANGUAGE, HOURS, missing)
    assert displayed([*scrambled, NOTE]) == (NOTE, must(200, 1), related, LANGUAGE, missing)


def test_many_must_haves_do_not_crowd_out_the_language() -> None:
    skills = [must(points, points) for points in (100, 300, 200, 150)]
    assert displayed([*skills, LANGUAGE, HOURS]) == (must(300, 300), must(200, 200), must(150, 150), LANGUAGE, HOURS)


def test_second_must_have_comes_before_what_no_group_is_named_for() -> None:
    """Of two must-haves the one at the level asked is told first, however many points the other has."""
    low, met = must(300, 1), must(200, 2)
    gap = must(0, 1, K.LEVEL_BELOW, worth=80)
    assert displayed([low, met, LANGUAGE, HOURS, TIE, gap]) == (met, low, LANGUAGE, HOURS, gap)


def test_must_haves_come_before_wishes_and_points_decide_inside() -> None:
    assert displayed([wish_for(500, 1), must(10, 2), must(20, 3)]) == (must(20, 3), must(10, 2), wish_for(500, 1))
    assert displayed([FRESH, must(900, 1, K.LEVEL_OK), TIE]) == (
        TIE,
        must(900, 1, K.LEVEL_OK),
        FRESH,
    )  # little news last


def test_one_gap_is_shown_the_weightiest_must_have_first() -> None:
    small, great = must(0, 1, K.SKILL_MISSING, worth=50), must(0, 2, K.LEVEL_BELOW, worth=80)
    liked, unspoken = wish_for(0, 3, K.SKILL_MISSING, worth=900), Reason(K.LANGUAGE_MISSING, 0, facts={"worth": 950})
    assert displayed([small, liked, great, unspoken]) == (great,)
    assert displayed([liked, unspoken]) == (unspoken,)
    assert displayed([small, HOURS, LANGUAGE], 2) == (LANGUAGE, small)
    assert displayed([small, LANGUAGE], 1) == (LANGUAGE,)
    assert displayed([small, LANGUAGE], 0) == ()


def test_costs_and_worthless_reasons_are_not_on_cards() -> None:
    costs = [Reason(kind, -50) for kind in COSTS]
    assert displayed([*costs, Reason(K.REPLIES, -5), Reason(K.FRESHNESS, 0)]) == ()


@given(wishes(), candidates(), st.integers(0, 12))
def test_displayed_reasons_are_some_of_the_matchs_own(wish: Wish, candidate: Candidate, limit: int) -> None:
    reasons = score_pair(wish, candidate).reasons
    shown = displayed(reasons, limit)
    assert len(shown) <= limit
    assert len({id(reason) for reason in shown}) == len(shown)
    assert {id(reason) for reason in shown} <= {id(reason) for reason in reasons}
    assert sum(reason.kind in GAPS for reason in shown) <= 1


@given(wishes(), candidates(), st.frozensets(st.sampled_from(sorted(set().union(*REVEALS.values())))))
def test_hidden_fields_take_their_reasons_away_and_no_others(
    wish: Wish, candidate: Candidate, hidden: frozenset[str]
) -> None:
    reasons = score_pair(wish, candidate).reasons
    kept = without(reasons, hidden)
    assert all(not REVEALS[reason.kind] & hidden for reason in kept)
    if "engagements" not in hidden:
        assert kept == tuple(reason for reason in reasons if not REVEALS[reason.kind] & hidden)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("origins", K.COUNTRY_TIE),
        ("availability", K.HOURS_OVERLAP),
        ("declines", K.DECLINED),
        ("invitations", K.EXPOSURE),
        ("capacity", K.CAPACITY),
        ("hours_per_month", K.CAPACITY),
    ],
)
def test_reason_is_dropped_when_it_would_reveal_a_hidden_field(field: str, kind: ReasonKind) -> None:
    assert without([Reason(kind, 5), LANGUAGE], {field}) == (LANGUAGE,)
    assert without([Reason(kind, 5), LANGUAGE], {"photo"}) == (Reason(kind, 5), LANGUAGE)


def test_evidence_goes_when_engagements_are_hidden() -> None:
    practised = Reason(K.SKILL_RELATED, 50, 1, 1, PRACTISED, {"strength": "required", "count": 2})
    kept = without([practised, must(80, 2, count=4), Reason(K.PAST_SUCCESS, 9, facts={"count": 4})], {"engagements"})
    assert kept == (must(80, 2),)


def test_note_is_first_worth_nothing_and_frozen_with_the_match() -> None:
    match = score_pair(Wish(()), Candidate(1))
    with_note = signed(noted(match, "She taught here"), "Chidi")
    assert with_note.reasons == (NOTE, *match.reasons)
    assert (with_note.points, with_note.score) == (match.points, match.score)
    assert Match.from_dict(json.loads(json.dumps(with_note.to_dict()))) == with_note
