"""Postings always equal what a rebuild from scratch would write."""

import contextlib
import random

import pytest

from diaspora_net.core.errors import DomainError
from mentors.actions import profiles as actions
from mentors.actions.postings import rewrite_postings
from mentors.actions.profiles import SkillEntry
from mentors.models import ExpertProfile, Posting
from mentors.states import COORDINATORS_BIT, FIRST_ORIGIN_BIT, LANGUAGE_BITS, MODALITY_BITS
from tests.factories import make_expert, make_person, make_vocabulary

pytestmark = pytest.mark.django_db


def rows(profile) -> set[tuple[int, ...]]:
    found = Posting.objects.filter(expert=profile)
    return set(found.values_list("skill_id", "origin", "flags", "weight"))


@pytest.fixture
def amina():
    return make_person("amina@example.org", "Amina")


def test_one_row_per_skill_and_origin_with_flags_and_weight(amina) -> None:
    profile = make_expert(amina, skills={"cardiology": (4, 12), "negotiation": (1, 0)}, origins=("TN", "MA"))
    concepts = make_vocabulary()
    common = LANGUAGE_BITS["fr"] | LANGUAGE_BITS["en"] | MODALITY_BITS["remote"]
    assert rows(profile) == {
        (concepts["cardiology"].pk, 788, common | FIRST_ORIGIN_BIT, 94),
        (concepts["cardiology"].pk, 504, common, 94),
        (concepts["negotiation"].pk, 788, common | FIRST_ORIGIN_BIT, 60),
        (concepts["negotiation"].pk, 504, common, 60),
    }


@pytest.mark.parametrize("hidden", ["draft", "paused", "full"])
def test_no_rows_when_the_expert_may_not_be_matched(hidden, amina) -> None:
    profile = make_expert(amina, skills={"cardiology": (4, 12)}, capacity=1, is_published=hidden != "draft")
    if hidden == "paused":
        actions.pause_profile(actor=amina, profile=profile)
    if hidden == "full":
        actions.take_place(profile=profile)
    rewrite_postings(profile)
    assert rows(profile) == set()


def test_rows_say_so_when_only_coordinators_may_find_the_expert(amina) -> None:
    profile = make_expert(amina, skills={"cardiology": (4, 12)})
    assert not any(flags & COORDINATORS_BIT for _skill, _origin, flags, _weight in rows(profile))
    ExpertProfile.objects.update(audience="coordinators")
    rewrite_postings(profile)
    assert all(flags & COORDINATORS_BIT for _skill, _origin, flags, _weight in rows(profile))


def test_an_unchanged_profile_writes_nothing(amina, django_assert_num_queries) -> None:
    profile = make_expert(amina, skills={"cardiology": (4, 12)})
    with django_assert_num_queries(4):  # savepoint, lock, all of the profile and its postings, release
        assert rewrite_postings(profile) == 0


def act_at_random(chance: random.Random, amina, profile, concepts) -> None:
    name = chance.choice(["identity", "skills", "languages", "giving", "publish", "pause", "resume", "take", "release"])
    if name == "identity":
        origins = chance.sample(["TN", "MA", "SN", "GH", "XK"], chance.randint(1, 3))
        actions.save_identity(
            actor=amina, profile=profile, full_name="A", headline="x", residence="FR", city="", origins=origins
        )
    elif name == "skills":
        chosen = chance.sample(sorted(concepts), chance.randint(1, 4))
        entries = [SkillEntry(concepts[slug], chance.randint(1, 4), chance.randint(0, 30)) for slug in chosen]
        actions.save_skills(actor=amina, profile=profile, skills=entries)
    elif name == "languages":
        codes = chance.sample(["fr", "en", "ar", "pt"], chance.randint(1, 3))
        actions.save_languages(actor=amina, profile=profile, languages=[(code, chance.randint(1, 6)) for code in codes])
    elif name == "giving":
        actions.save_giving(
            actor=amina,
            profile=profile,
            hours_per_month=chance.randint(1, 20),
            modalities=chance.sample(["remote", "on_site", "hybrid"], chance.randint(1, 3)),
            kinds=["advisory"],
            capacity=chance.randint(1, 3),
            audience=chance.choice(["organisations", "organisations", "coordinators"]),
            time_zone="Europe/Paris",
            availability=[],
        )
    elif name == "take":
        actions.take_place(profile=profile)
    elif name == "release":
        actions.release_place(profile=profile)
    else:
        act = {"publish": actions.publish_profile, "pause": actions.pause_profile, "resume": actions.resume_profile}
        act[name](actor=amina, profile=profile)


@pytest.mark.parametrize("seed", range(6))
def test_rows_equal_a_rebuild_after_any_sequence_of_acts(seed, amina) -> None:
    chance = random.Random(seed)
    concepts = make_vocabulary()
    profile = make_expert(amina, skills={"cardiology": (4, 12)})
    seen = set()
    for _ in range(40):
        with contextlib.suppress(DomainError):
            act_at_random(chance, amina, profile, concepts)
        kept = rows(profile)
        seen.add(frozenset(kept))
        Posting.objects.filter(expert=profile).delete()
        rewrite_postings(profile)
        assert rows(profile) == kept
    assert len(seen) > 5
