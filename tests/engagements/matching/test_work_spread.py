"""How evenly completed work is spread is counted by a sweep and read with what experts did."""

import pytest

from diaspora_net.schedule import SWEEPS
from engagements.actions.work_spread import LEAST, MOST, refresh_work_spread
from engagements.models import NeedSkill, WorkSpread
from engagements.queries.history import known_experts
from engagements.tasks import refresh_work_spread as sweep
from mentors.models import ExpertProfile, Skill
from tests.engagements.matching.crowd import make_crowd, make_engagements, make_needs
from tests.world import World, after_completion, after_need_published


@pytest.fixture
def published(world: World) -> list[ExpertProfile]:
    """Return forty experts besides the world's own."""
    profiles = make_crowd(39, all_matchable=True).profiles
    return [world.profile, *profiles]


def test_work_is_even_when_nobody_has_done_any(world: World) -> None:
    assert refresh_work_spread() == MOST
    assert WorkSpread.objects.get().evenness == MOST


def test_work_is_even_when_everybody_did_one_thing(world: World, published: list[ExpertProfile]) -> None:
    make_engagements(after_need_published(world), published)
    assert refresh_work_spread() == MOST


def test_evenness_is_the_shape_of_the_counts(world: World, published: list[ExpertProfile]) -> None:
    for place, need in enumerate(
        make_needs(9, [world.hospital], list(Skill.objects.filter(slug__startswith="skill-")))
    ):
        done = published[:7] if place < 1 else published[:3] if place < 4 else published[:1]
        make_engagements(need, done if place < 8 else published, "completed" if place < 8 else "wrapping_up")
    mean, squares = 20 / 40, (64 + 2 * 16 + 4) / 40
    expected = mean**2 / (squares - mean**2 - mean)
    assert LEAST < expected < MOST
    assert refresh_work_spread() == pytest.approx(expected)


def test_sweep_counts_anew_and_matching_reads_it(world: World, published: list[ExpertProfile]) -> None:
    after_completion(world)
    [before] = known_experts([world.profile.pk])
    assert before.evenness == 1
    assert sweep() == sweep() == WorkSpread.objects.get().evenness
    assert sweep.name in SWEEPS
    WorkSpread.objects.update(evenness=0.25)
    [known, other] = known_experts([world.profile.pk, published[1].pk])
    assert (known.evenness, other.evenness) == (0.25, 1)


def test_practice_counts_for_the_concept_that_a_wanted_one_was_merged_into(world: World) -> None:
    engagement = after_completion(world).engagement
    wanted = NeedSkill.objects.filter(content_object=engagement.need).order_by("position").first()
    assert wanted is not None
    into = Skill.objects.create(name="anew", slug="anew")
    Skill.objects.filter(pk=wanted.tag_id).update(status="merged", merged_into=into)
    [known] = known_experts([world.profile.pk])
    assert into.pk in known.completed_with_skill
    assert wanted.tag_id not in known.completed_with_skill
