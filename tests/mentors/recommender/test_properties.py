"""What holds for every pair: bounds, sums, order, and which way each change moves the score."""

import json
import random
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from mentors.recommender.past import faded
from mentors.recommender.reasons import GAPS
from mentors.recommender.scoring import attainable_points, query_terms, rank, rank_wishes, score_pair
from mentors.recommender.skills import prepare
from mentors.recommender.types import Candidate, LanguageWanted, Match, Offered, ReasonKind, Strength, Wanted, Wish
from tests.mentors.recommender.worlds import candidates, facet_of, listing, offers, offers_of, wishes, with_breadth

FILLS = {ReasonKind.SKILL_SAME, ReasonKind.SKILL_RELATED, ReasonKind.SKILL_MISSING}
ABSENT = 9_999
ROUNDING = 0.003
"""Slot weights are whole numbers: a share of the score may move by this much when they are balanced anew."""


@given(wishes(), candidates())
def test_score_is_a_share_and_reasons_sum_to_the_points(wish: Wish, candidate: Candidate) -> None:
    match = score_pair(wish, candidate)
    assert 0 <= match.score <= 1
    assert match.points >= 0
    assert sum(reason.points for reason in match.reasons) == match.points
    assert match.attainable == attainable_points(wish)
    assert match.score == round(min(1, match.points / match.attainable), 4)
    assert 0 <= match.required_met <= match.required_wanted <= len(wish.wanted)


@given(wishes(), candidates())
def test_every_slot_is_explained_once_and_gaps_earn_nothing(wish: Wish, candidate: Candidate) -> None:
    reasons = score_pair(wish, candidate).reasons
    explained = [reason.skill for reason in reasons if reason.kind in FILLS]
    assert explained == [wanted.skill for wanted in wish.wanted]
    assert all(reason.points == 0 for reason in reasons if reason.kind in GAPS)
    costs = {ReasonKind.BREADTH, ReasonKind.EXPOSURE, ReasonKind.DECLINED}
    assert all(reason.points <= 0 for reason in reasons if reason.kind in costs)
    assert all(reason.points >= 0 for reason in reasons if reason.kind not in {*costs, ReasonKind.REPLIES})


@given(wishes(), candidates())
def test_match_survives_json_when_frozen(wish: Wish, candidate: Candidate) -> None:
    match = score_pair(wish, candidate)
    assert Match.from_dict(json.loads(json.dumps(match.to_dict()))) == match


@given(wishes(), st.lists(candidates(), max_size=6, unique_by=lambda candidate: candidate.expert), st.randoms())
def test_ranking_is_the_same_whatever_the_order_of_candidates(
    wish: Wish, experts: list[Candidate], chance: random.Random
) -> None:
    ranked = rank(wish, experts, day="2026-03-01")
    chance.shuffle(experts)
    assert rank(wish, experts, day="2026-03-01") == ranked
    assert [match.points for match in ranked] == sorted((match.points for match in ranked), reverse=True)
    assert rank(wish, experts, day="2026-03-01", limit=2) == ranked[:2]


@given(wishes(), candidates())
def test_pair_has_one_score_whoever_asks(wish: Wish, candidate: Candidate) -> None:
    match = score_pair(wish, candidate)
    assert rank(wish, [candidate], day="2026-03-01") == [match]
    assert rank_wishes(candidate, [(7, wish)], day="2026-03-01") == [(7, match)]


@given(wishes(), candidates(), st.data())
def test_score_never_falls_when_a_wanted_or_related_skill_is_listed(
    wish: Wish, candidate: Candidate, data: st.DataObject
) -> None:
    new = sorted({term.skill for term in query_terms(wish)} - set(candidate.skills))
    assume(new)
    offered = data.draw(offers_of(data.draw(st.sampled_from(new))))
    before, after = score_pair(wish, candidate), score_pair(wish, listing(candidate, offered))
    assert after.points >= before.points
    assert after.required_met >= before.required_met


@given(wishes(), candidates(), offers())
def test_score_never_rises_when_an_unrelated_skill_is_listed(
    wish: Wish, candidate: Candidate, offered: Offered
) -> None:
    assume(offered.skill not in candidate.skills)
    assume(offered.skill not in {term.skill for term in query_terms(wish)})
    assert score_pair(wish, listing(candidate, offered)).points <= score_pair(wish, candidate).points


@given(wishes(), candidates(), st.data())
def test_score_never_falls_when_a_listed_skill_improves(wish: Wish, candidate: Candidate, data: st.DataObject) -> None:
    assume(candidate.skills)
    offered = candidate.skills[data.draw(st.sampled_from(sorted(candidate.skills)))]
    better = offered._replace(
        level=data.draw(st.integers(offered.level, 4)),
        years=data.draw(st.integers(offered.years, 60)),
        recognised=offered.recognised or data.draw(st.booleans()),
    )
    assert score_pair(wish, listing(candidate, better)).points >= score_pair(wish, candidate).points


@given(wishes(), candidates(), st.data())
def test_related_skill_never_beats_the_wanted_one(wish: Wish, candidate: Candidate, data: st.DataObject) -> None:
    slots = [wanted for wanted in wish.wanted if wanted.related]
    assume(slots)
    wanted = data.draw(st.sampled_from(slots))
    bare = candidate._replace(skills={}, breadth={}, activity={}, completed_with_skill={}, declined_with_skill={})
    related = data.draw(offers_of(data.draw(st.sampled_from(sorted(wanted.related)))))
    wish = replace(wish, wanted=(wanted,))
    exact = listing(bare, Offered(wanted.skill, 1, facet=wanted.facet))
    assert score_pair(wish, listing(bare, related)).points <= score_pair(wish, exact).points
    both = score_pair(wish, listing(exact, related))
    assert [reason.kind for reason in both.reasons if reason.kind in FILLS] == [ReasonKind.SKILL_SAME]


@given(wishes(), candidates(), st.data())
def test_score_never_rises_when_the_wish_is_stricter(wish: Wish, candidate: Candidate, data: st.DataObject) -> None:
    wanted = tuple(
        replace(item, level=data.draw(st.integers(item.level or 1, 4)) if data.draw(st.booleans()) else item.level)
        for item in wish.wanted
    )
    languages = tuple(replace(item, level=data.draw(st.integers(item.level, 6))) for item in wish.languages)
    hours = wish.hours_per_month and data.draw(st.integers(wish.hours_per_month, 90))
    week = wish.weekly_hours[:-1] if len(wish.weekly_hours) > 1 else wish.weekly_hours
    stricter = replace(wish, wanted=wanted, languages=languages, hours_per_month=hours, weekly_hours=week)
    before, after = score_pair(wish, candidate), score_pair(stricter, candidate)
    assert after.points <= before.points
    assert after.score <= before.score
    assert after.required_met <= before.required_met


@given(wishes(), candidates(), st.sampled_from(Strength), st.floats(0.05, 12))
def test_score_never_rises_when_the_wish_adds_what_the_expert_lacks(
    wish: Wish, candidate: Candidate, strength: Strength, rarity: float
) -> None:
    before = score_pair(wish, candidate)
    unmet = Wanted(99, ABSENT, facet_of(ABSENT), strength, idf=rarity)
    more = replace(wish, wanted=(*wish.wanted, unmet))
    after = score_pair(more, candidate)
    assert after.score <= before.score + ROUNDING
    raised = replace(more, wanted=(*wish.wanted, replace(unmet, strength=Strength.REQUIRED)))
    assert score_pair(raised, candidate).score <= after.score + ROUNDING


@given(wishes(), candidates())
def test_points_never_rise_when_the_wish_adds_a_language_not_spoken(wish: Wish, candidate: Candidate) -> None:
    more = replace(wish, languages=(*wish.languages, LanguageWanted("xx", 1)))
    assert score_pair(more, candidate).score <= score_pair(wish, candidate).score + ROUNDING


@given(wishes(), candidates(), st.integers(0, 50), st.data())
def test_score_never_rises_with_load_age_invitations_or_refusals(
    wish: Wish, candidate: Candidate, more: int, data: st.DataObject
) -> None:
    before = score_pair(wish, candidate).points
    refused = data.draw(st.sampled_from([wanted.skill for wanted in wish.wanted]))
    declined = {**candidate.declined_with_skill, refused: candidate.declined_with_skill.get(refused, 0) + more}
    for worse in (
        candidate._replace(open_engagements=candidate.open_engagements + more),
        candidate._replace(days_since_update=candidate.days_since_update + more),
        candidate._replace(invitations_last_30_days=candidate.invitations_last_30_days + more),
        candidate._replace(declined_with_skill=declined),
    ):
        assert score_pair(wish, worse).points <= before


@given(wishes(), candidates(), st.integers(1, 50), st.data())
def test_score_never_falls_with_more_evidence(wish: Wish, candidate: Candidate, more: int, data: st.DataObject) -> None:
    before = score_pair(wish, candidate).points
    skill = data.draw(st.sampled_from([wanted.skill for wanted in wish.wanted]))
    completed = {**candidate.completed_with_skill, skill: candidate.completed_with_skill.get(skill, 0) + more}
    activity = {**candidate.activity, skill: candidate.activity.get(skill, 0) + more}
    assert score_pair(wish, candidate._replace(completed=candidate.completed + more)).points >= before
    for proven in (candidate._replace(completed_with_skill=completed), candidate._replace(activity=activity)):
        assert score_pair(wish, with_breadth(proven)).points >= before


@given(wishes(), candidates(), st.floats(0, 3650), st.data())
def test_score_never_rises_as_past_work_ages(
    wish: Wish, candidate: Candidate, days: float, data: st.DataObject
) -> None:
    done = candidate.completed_with_skill
    fresh = candidate._replace(practice={skill: float(count) for skill, count in done.items()})
    older = fresh._replace(practice={skill: count * faded(days) for skill, count in done.items()})
    before, after = score_pair(wish, fresh), score_pair(wish, older)
    assert after.points <= before.points
    recently = data.draw(st.floats(0, 400))
    better = older._replace(recently=recently + 1)
    assert score_pair(wish, better).points >= score_pair(wish, older._replace(recently=recently)).points


@given(wishes(), candidates(), st.floats(0.05, 3))
def test_past_work_counts_less_where_everybody_has_some(wish: Wish, candidate: Candidate, evenness: float) -> None:
    uneven, even = (candidate._replace(evenness=one) for one in sorted((candidate.evenness, evenness)))
    assert score_pair(wish, even).points <= score_pair(wish, uneven).points


@given(wishes(), candidates())
def test_nothing_is_earned_without_a_wanted_or_related_skill(wish: Wish, candidate: Candidate) -> None:
    skills = {skill: offered for skill, offered in candidate.skills.items() if skill not in prepare(wish).terms}
    stranger = candidate._replace(skills=skills, activity={}, completed_with_skill={})
    match = score_pair(wish, stranger)
    assert (match.points, match.score, match.required_met) == (0, 0, 0)
    assert {reason.points for reason in match.reasons} <= {0}
