"""Concepts that stand on the same profiles are learnt to go together, and forgotten when they no longer do."""

from collections.abc import Sequence

import pytest
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.schedule import SWEEPS
from mentors.actions.relatedness import refresh_relatedness
from mentors.models import ExpertProfile, ProfileSkill, Skill, SkillRelation
from mentors.queries.relations import related_skills
from mentors.tasks import refresh_relatedness as sweep


def make_profiles(skills: Sequence[Skill], rows: Sequence[Sequence[int]]) -> list[ExpertProfile]:
    """Create one published profile a row, with the skills at these places."""
    start = User.objects.count()
    users = User.objects.bulk_create(
        User(email=f"r{start + number}@example.org", password=UNUSABLE_PASSWORD_PREFIX) for number in range(len(rows))
    )
    profiles = ExpertProfile.objects.bulk_create(
        ExpertProfile(user=user, state="published", published_at=timezone.now()) for user in users
    )
    ProfileSkill.objects.bulk_create(
        ProfileSkill(content_object=profile, tag=skills[place])
        for profile, row in zip(profiles, rows, strict=True)
        for place in row
    )
    return profiles


@pytest.fixture
def skills(db: None) -> list[Skill]:
    """Return eight concepts."""
    return Skill.objects.bulk_create(Skill(name=f"s{number}", slug=f"s{number}") for number in range(8))


def weights() -> dict[tuple[str, str], int]:
    """Return what is used together, by names."""
    rows = SkillRelation.objects.filter(kind="used_together")
    return {(a, b): weight for a, b, weight in rows.values_list("skill__name", "related__name", "weight")}


def test_pair_is_related_both_ways_when_together_more_than_by_chance(skills: list[Skill]) -> None:
    make_profiles(skills, [(0, 1)] * 9 + [(2, 3)] * 5 + [(2, 4)] * 4 + [(5,)] * 12)
    assert refresh_relatedness() == 4
    found = weights()
    assert set(found) == {("s0", "s1"), ("s1", "s0"), ("s2", "s3"), ("s3", "s2")}
    # Only ever together among 30 profiles, nine times: all of 60 but the third that so few profiles leave in doubt.
    assert found["s0", "s1"] == found["s1", "s0"] == 40
    assert found["s2", "s3"] < found["s0", "s1"]
    [relation] = related_skills([skills[0].pk])[skills[0].pk]
    assert (relation.skill, relation.weight, str(relation.kind)) == (skills[1].pk, 0.4, "used_together")


def test_nothing_is_related_when_all_have_everything(skills: list[Skill]) -> None:
    make_profiles(skills, [(0, 1, 2)] * 20)
    assert refresh_relatedness() == 0


def test_second_run_writes_nothing_and_changes_are_followed(skills: list[Skill]) -> None:
    profiles = make_profiles(skills, [(0, 1)] * 6 + [(5,)] * 20)
    other = SkillRelation.objects.create(skill=skills[0], related=skills[7], kind="occupation", weight=50)
    assert (refresh_relatedness(), sweep()) == (2, 0)
    ExpertProfile.objects.filter(pk=profiles[0].pk).update(state="paused")
    ExpertProfile.objects.filter(pk=profiles[1].pk).update(state="paused")
    assert (refresh_relatedness(), weights()) == (2, {})
    assert SkillRelation.objects.get() == other


def test_only_the_strongest_are_kept(skills: list[Skill]) -> None:
    make_profiles(skills, [tuple(range(8))] * 6 + [(0, 1)] * 9 + [()] * 3)
    more = Skill.objects.bulk_create(Skill(name=f"t{number}", slug=f"t{number}") for number in range(2))
    make_profiles([*skills, *more], [(8,)] * 30)
    refresh_relatedness()
    assert all(sum(name == skill.name for name, _other in weights()) <= 6 for skill in skills)
    assert max(weights().values()) <= 60


def test_sweep_is_in_the_table() -> None:
    assert sweep.name in SWEEPS
