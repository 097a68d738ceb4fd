"""Fit words, ties, and worked examples: a cardiologist in Lyon, a hospital in Tunis, and the people around them."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from mentors.recommender.scoring import DEFAULT, Weights, attainable_points, fit_of, rank, rank_wishes, score_pair
from mentors.recommender.types import (
    Facet,
    Fit,
    LanguageWanted,
    Modality,
    Offered,
    ReasonKind,
    Relation,
    RelationKind,
    Strength,
    Wanted,
    Wish,
)
from tests.mentors.recommender.worlds import make_candidate, make_wanted, make_wish

CARDIOLOGIST, ECHO, CATHETER, GUIDELINES, TRAINING, SURGERY, RHYTHM = range(1, 8)
TUNISIA = 788
DAY = "2026-03-01"

TUNIS = Wish(
    wanted=(
        Wanted(0, CARDIOLOGIST, Facet.OCCUPATION, Strength.REQUIRED, idf=5.0),
        Wanted(1, ECHO, Facet.SKILL, Strength.REQUIRED, level=3, idf=4.0),
        Wanted(
            2,
            CATHETER,
            Facet.SKILL,
            Strength.REQUIRED,
            idf=6.0,
            related={RHYTHM: Relation(RHYTHM, 0.5, RelationKind.SIBLING)},
        ),
        Wanted(3, GUIDELINES, Facet.KNOWLEDGE, Strength.PREFERRED, idf=4.0),
        Wanted(4, TRAINING, Facet.TRANSFERABLE, Strength.OPTIONAL, idf=2.0),
    ),
    languages=(LanguageWanted("fr", 4), LanguageWanted("ar", 2)),
    modality=Modality.HYBRID,
    kind="training",
    sector="health",
    hours_per_month=8,
    origin=TUNISIA,
    weekly_hours=((8 * 60, 16 * 60), (1440 + 8 * 60, 1440 + 16 * 60)),
    starts_on=date(2026, 4, 1),
    ends_on=date(2026, 9, 30),
)
ELSEWHERE = replace(
    TUNIS,
    wanted=(replace(TUNIS.wanted[3], level=3), *TUNIS.wanted[:3]),
    modality=Modality.ON_SITE,
    hours_per_month=None,
    starts_on=date(2026, 2, 1),
    ends_on=date(2026, 3, 31),
)
LYON = make_candidate(
    Offered(CARDIOLOGIST, 3, 12, recognised=True, facet=Facet.OCCUPATION),
    Offered(ECHO, 4, 12, recognised=True),
    Offered(RHYTHM, 2, 5),
    Offered(GUIDELINES, 2, 4, facet=Facet.KNOWLEDGE),
    Offered(100, 2),
    Offered(101, 2),
    expert=42,
    languages={"fr": 6, "ar": 1, "en": 4},
    modalities=frozenset({Modality.REMOTE, Modality.SHORT_RETURN_VISIT}),
    kinds=frozenset({"mentoring", "training"}),
    origins=(TUNISIA,),
    hours_per_month=6,
    capacity=2,
    open_engagements=1,
    weekly_hours=((15 * 60, 18 * 60), (1440 + 12 * 60, 1440 + 13 * 60)),
    free_from=date(2026, 4, 15),
    sectors={"health": 12},
    days_since_update=30,
    invitations_last_30_days=2,
    completed=3,
    completed_with_skill={ECHO: 2},
    evenness=0.25,
    declined_with_skill={GUIDELINES: 1},
    reply_rate=0.9,
)
GRADUATE = make_candidate(
    Offered(CARDIOLOGIST, 1, 1, facet=Facet.OCCUPATION),
    expert=7,
    languages={"fr": 5},
    modalities=frozenset({Modality.REMOTE}),
    activity={ECHO: 3, CARDIOLOGIST: 12},
    open_engagements=1,
    days_since_update=400,
)
SURGEON = make_candidate(
    *(Offered(skill, 4, 20) for skill in (SURGERY, RHYTHM, *range(100, 140))),
    Offered(GUIDELINES, 4, 3, facet=Facet.KNOWLEDGE),
    Offered(TRAINING, 3, facet=Facet.TRANSFERABLE),
    expert=9,
    languages={"ar": 6},
    origins=(686, TUNISIA),
    modalities=frozenset({Modality.REMOTE}),
    invitations_last_30_days=500,
    reply_rate=0.1,
)

EXPLAINED = [
    ("skill_same", 289),
    ("skill_same", 136),
    ("level_ok", 43),
    ("skill_related", 97),
    ("skill_same", 129),
    ("declined", -64),
    ("skill_missing", 0),
    ("breadth", -62),
    ("past_success", 164),
    ("track_record", 37),
    ("language_shared", 116),
    ("language_partial", 35),
    ("hours_overlap", 61),
    ("dates_partial", 12),
    ("format_ok", 46),
    ("kind_ok", 31),
    ("country_tie", 46),
    ("sector_experience", 31),
    ("capacity", 29),
    ("freshness", 42),
    ("replies", 31),
    ("exposure", -51),
]


def explained(wish: Wish = TUNIS) -> list[tuple[str, int]]:
    """Return kinds and points of what explains the cardiologist to the hospital."""
    return [(str(reason.kind), reason.points) for reason in score_pair(wish, LYON).reasons]


def test_cardiologist_in_lyon_is_explained_to_the_hospital_in_tunis() -> None:
    match = score_pair(TUNIS, LYON)
    assert explained() == EXPLAINED
    assert (match.expert, match.points, match.attainable, match.score) == (42, 1198, 1132, 1.0)
    assert (match.fit, match.required_met, match.required_wanted) == (Fit.GOOD, 2, 3)


def test_cardiologist_comes_before_the_graduate_and_the_surgeon_who_does_everything() -> None:
    matches = rank(TUNIS, [SURGEON, GRADUATE, LYON], day=DAY)
    assert [match.expert for match in matches] == [42, 7, 9]
    assert [match.fit for match in matches] == [Fit.GOOD, Fit.POSSIBLE, Fit.STRETCH]
    assert rank(TUNIS, [SURGEON, GRADUATE, LYON], day=DAY, limit=1) == matches[:1]


def test_expert_sees_the_need_with_the_greatest_share_first() -> None:
    easy = make_wish(make_wanted(0, ECHO))
    surgery = make_wish(make_wanted(0, SURGERY))
    ranked = rank_wishes(LYON, [(1, surgery), (2, TUNIS), (3, easy)], day=DAY)
    assert [need for need, _ in ranked] == [3, 2, 1]
    assert ranked[1][1] == score_pair(TUNIS, LYON)
    assert rank_wishes(LYON, [(1, surgery), (3, easy)], day=DAY, limit=1) == ranked[:1]


def test_need_is_first_by_share_when_another_has_more_points() -> None:
    simple = make_wish(make_wanted(0, ECHO))
    demanding = replace(simple, languages=(LanguageWanted("fr", 4),), kind="training", modality=Modality.REMOTE)
    expert = make_candidate(Offered(ECHO, 2), languages={"fr": 5})
    (first, best), (second, other) = rank_wishes(expert, [(1, demanding), (2, simple)], day=DAY)
    assert (first, second) == (2, 1)
    assert other.points > best.points


def test_lists_hold_fifty_unless_told() -> None:
    wish = make_wish(make_wanted(0, ECHO))
    experts = [make_candidate(Offered(ECHO, 2), expert=number) for number in range(60)]
    assert len(rank(wish, experts, day=DAY)) == 50
    assert len(rank_wishes(LYON, [(number, wish) for number in range(60)], day=DAY)) == 50


def test_gap_in_circumstances_says_what_it_is_worth() -> None:
    [gap] = [reason for reason in score_pair(TUNIS, SURGEON).reasons if reason.kind == ReasonKind.LANGUAGE_MISSING]
    assert gap.facts == {"language": "fr", "level": 0, "wanted": 4, "worth": 35}


def test_perfect_expert_of_typical_breadth_reaches_a_score_of_one() -> None:
    wish = make_wish(make_wanted(0, ECHO), modality=Modality.REMOTE)
    others = [Offered(skill, 1) for skill in range(100, 104)]
    perfect = make_candidate(Offered(ECHO, 4, 10, recognised=True), *others, modalities=frozenset({Modality.REMOTE}))
    match = score_pair(wish, perfect)
    assert (match.points, match.score, match.fit) == (attainable_points(wish), 1.0, Fit.STRONG)
    narrow = perfect._replace(breadth={})
    assert score_pair(wish, narrow).score == 1.0
    assert score_pair(wish, narrow).points > match.points


def test_wish_for_nothing_scores_nothing() -> None:
    match = score_pair(Wish(()), LYON)
    assert (match.points, match.attainable, match.score, match.fit) == (0, 0, 0.0, Fit.STRETCH)


@pytest.mark.parametrize(
    ("met", "wanted", "score", "fit"),
    [
        (4, 5, 0.5, Fit.STRONG),
        (5, 5, 0.49, Fit.GOOD),
        (3, 5, 0.9, Fit.GOOD),
        (2, 4, 0.35, Fit.GOOD),
        (2, 5, 0.9, Fit.POSSIBLE),
        (5, 5, 0.34, Fit.POSSIBLE),
        (0, 5, 0.25, Fit.POSSIBLE),
        (5, 5, 0.24, Fit.STRETCH),
        (0, 0, 0.5, Fit.STRONG),
        (0, 0, 0.35, Fit.GOOD),
        (0, 0, 0.0, Fit.STRETCH),
    ],
)
def test_fit_needs_both_must_haves_and_score(met: int, wanted: int, score: float, fit: Fit) -> None:
    assert fit_of(met, wanted, score) == fit


def test_ties_are_drawn_anew_each_day_and_favour_no_number() -> None:
    wish = make_wish(make_wanted(0, ECHO))
    experts = [make_candidate(Offered(ECHO, 2), expert=number) for number in range(1, 31)]
    monday = [match.expert for match in rank(wish, experts, day=date(2026, 3, 2))]
    tuesday = [match.expert for match in rank(wish, experts, day=date(2026, 3, 3))]
    assert sorted(monday) == sorted(tuesday) == list(range(1, 31))
    assert monday != tuesday
    assert sorted(monday) not in (monday, monday[::-1])
    assert monday == [match.expert for match in rank(wish, experts, day="2026-03-02")]
    needs = [need for need, _ in rank_wishes(experts[0], [(number, wish) for number in range(1, 31)], day="2026-03-02")]
    assert needs == monday


CHANGED: dict[str, Any] = {
    "importance": {Strength.REQUIRED: 90, Strength.PREFERRED: 50, Strength.OPTIONAL: 25},
    "facets": dict.fromkeys(Facet, 1.0),
    "fits": ((Fit.STRONG, 0.6, 0.4),),
    "year_step": 2,
    "years_cap": 11,
    "practised": 29,
    "past_success_cap": 1,
    "breadth_power": 0.6,
    "facet_power": 0.6,
}


@pytest.mark.parametrize("name", [field.name for field in fields(Weights)])
def test_every_weight_matters_to_some_pair(name: str) -> None:
    value = CHANGED.get(name) or getattr(DEFAULT, name) * 3 // 2
    changed = replace(DEFAULT, **{name: value})
    needs = (TUNIS, ELSEWHERE)
    people = (LYON, GRADUATE, SURGEON)
    before = [score_pair(need, person).to_dict() for need in needs for person in people]
    assert [score_pair(need, person, changed).to_dict() for need in needs for person in people] != before


def test_worked_examples_speak_the_whole_vocabulary() -> None:
    pairs = ((wish, person) for wish in (TUNIS, ELSEWHERE) for person in (LYON, GRADUATE, SURGEON))
    seen = {reason.kind for wish, person in pairs for reason in score_pair(wish, person).reasons}
    assert set(ReasonKind) - seen == {ReasonKind.COORDINATOR_NOTE}
