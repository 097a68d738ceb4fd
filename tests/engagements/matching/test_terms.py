"""The terms of a need: what they are, what they weigh, which of them draw candidates."""

import pytest
from pytest_django import DjangoAssertNumQueries

from engagements.actions import terms
from engagements.actions.needs import NeedSkillEntry
from engagements.models import Need, NeedTerm
from engagements.queries.wanted import expert_population, wanted_by_need
from engagements.queries.wishes import wish_of, wishes
from mentors.models import Skill
from mentors.recommender.scoring import Term, query_terms
from mentors.recommender.types import Strength
from tests.factories import make_vocabulary
from tests.world import World, after_need_published


@pytest.fixture
def need(world: World) -> Need:
    concepts = make_vocabulary()
    skills = (
        NeedSkillEntry(concepts["negotiation"], "optional"),
        NeedSkillEntry(concepts["cardiology"], "required"),
        NeedSkillEntry(concepts["grid-operation"], "preferred"),
    )
    return after_need_published(world, skills=skills)


def rows(need: Need) -> list[tuple[int, str, bool]]:
    return list(need.terms.order_by("slot", "-weight", "skill").values_list("slot", "skill__slug", "is_generating"))


def test_required_skills_come_first_when_written_last(need: Need) -> None:
    assert [slug for slot, slug, _ in rows(need) if slug in {"negotiation", "cardiology", "grid-operation"}] == [
        "cardiology",
        "grid-operation",
        "negotiation",
    ]


def test_related_skills_fill_the_same_slot_when_there_are_any(need: Need) -> None:
    assert {slug for slot, slug, _ in rows(need) if slot == 0} == {"cardiology", "echocardiography", "interpret-ecg"}
    exact = need.terms.get(slot=0, skill__slug="cardiology").weight
    for term in need.terms.filter(slot=0).exclude(skill__slug="cardiology"):
        assert 0 < term.weight <= exact * 0.6


def test_weights_are_the_recommenders_when_written(need: Need) -> None:
    expected = {(term.slot, term.skill): term.weight for term in query_terms(wish_of(need))}
    assert {(term.slot, term.skill_id): term.weight for term in need.terms.all()} == expected


def test_terms_tell_what_is_wanted_as_it_was_worked_out(
    need: Need, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        told = wish_of(need)
    worked_out = wanted_by_need([need.pk])[need.pk]
    assert told.wanted == worked_out
    assert any(wanted.related for wanted in told.wanted)
    NeedTerm.objects.update(rarity=None)
    assert wish_of(need) == told


def test_only_the_skills_of_an_expert_are_told_when_asked_for_some(need: Need) -> None:
    whole = wish_of(need)
    echo = Skill.objects.get(slug="echocardiography").pk
    [part] = wishes([need.pk], of_skills=[echo]).values()
    assert [wanted.skill for wanted in part.wanted] == [wanted.skill for wanted in whole.wanted]
    assert [set(wanted.related) for wanted in part.wanted] == [{echo}, set(), set()]


def test_everything_draws_candidates_when_the_network_is_small(need: Need) -> None:
    assert all(is_generating for _slot, _slug, is_generating in rows(need))
    assert all(need.terms.values_list("is_generating_anywhere", flat=True))


def test_required_skills_always_draw_candidates_when_the_budget_is_spent(
    need: Need, monkeypatch: pytest.MonkeyPatch
) -> None:
    Skill.objects.update(expert_count=40)
    monkeypatch.setattr(terms, "BUDGET", 30)
    terms.rewrite_terms(need)
    assert [slug for _slot, slug, is_generating in rows(need) if is_generating] == ["cardiology"]


def test_heaviest_terms_draw_candidates_when_the_budget_allows_some(
    need: Need, monkeypatch: pytest.MonkeyPatch
) -> None:
    Skill.objects.update(expert_count=40)
    monkeypatch.setattr(terms, "BUDGET", 90)
    monkeypatch.setattr(terms, "_share_of_country", lambda country: 1.0)
    terms.rewrite_terms(need)
    drawing = set(need.terms.filter(is_generating=True))
    lightest = min(term.weight for term in drawing)
    assert len(drawing) == 3
    assert all(term.weight <= lightest for term in need.terms.filter(is_generating=False))


def test_heaviest_terms_alone_draw_candidates_of_any_country_when_required_ones_are_common(
    need: Need, monkeypatch: pytest.MonkeyPatch
) -> None:
    Skill.objects.update(expert_count=40)
    monkeypatch.setattr(terms, "BUDGET_ANYWHERE", 90)
    terms.rewrite_terms(need)
    drawing = list(need.terms.filter(is_generating_anywhere=True))
    lightest = min(term.weight for term in drawing)
    assert len(drawing) == 3
    assert all(term.weight <= lightest for term in need.terms.filter(is_generating_anywhere=False))
    common, rare, other = (Term(slot, slot, weight, Strength.REQUIRED) for slot, weight in enumerate((10, 90, 50)))
    assert terms.heaviest((common, rare, other), {0: 10**6, 1: 60, 2: 60}) == {(1, 1), (2, 2)}


def test_merged_concept_stands_for_the_wanted_one_when_the_need_is_older(need: Need) -> None:
    concepts = make_vocabulary()
    merged = concepts["grid-operation"]
    Skill.objects.filter(pk=merged.pk).update(status="merged", merged_into=concepts["training-nurses"])
    terms.rewrite_open_terms()
    assert need.terms.filter(slot=1).order_by("-weight").first().skill == concepts["training-nurses"]


def test_suggested_concept_waits_when_a_need_asks_for_it(need: Need) -> None:
    Skill.objects.filter(slug="negotiation").update(status="suggested")
    terms.rewrite_terms(need)
    assert not NeedTerm.objects.filter(need=need, skill__slug="negotiation").exists()


def test_population_is_exact_when_the_network_is_small(world: World) -> None:
    assert expert_population() == 1
