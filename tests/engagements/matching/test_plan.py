"""The statement reads the covering index only, and asks for all experts at once."""

from random import Random

import pytest
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.models import Need
from engagements.queries.match_statement import Scope, experts_statement
from engagements.queries.wishes import wish_of
from mentors.models import ExpertProfile, Posting, Skill
from mentors.states import FIRST_ORIGIN_BIT, LANGUAGE_BITS, MODALITY_BITS
from tests.engagements.matching.crowd import COUNTRIES, make_needs, make_skills
from tests.world import World, make_world

EXPERTS = 3000
ORIGINS = {"TN": 788, "SN": 686, "ET": 231}
FLAGS = LANGUAGE_BITS["fr"] | LANGUAGE_BITS["en"] | sum(MODALITY_BITS.values())


@pytest.fixture
def big_world(transactional_db: None) -> World:
    """A few thousand experts as rows, vacuumed: index-only scans need the visibility map."""
    world = make_world()
    chance = Random(3)
    skills = make_skills(200, chance)
    users = User.objects.bulk_create(
        User(email=f"e{number}@example.org", password=UNUSABLE_PASSWORD_PREFIX) for number in range(EXPERTS)
    )
    profiles = ExpertProfile.objects.bulk_create(
        ExpertProfile(user=user, state="published", published_at=timezone.now()) for user in users
    )
    Posting.objects.bulk_create(_postings(profiles, skills, chance), batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) mentors_posting")
        cursor.execute("VACUUM (ANALYZE) mentors_expertprofile")
    return world


def _postings(profiles: list[ExpertProfile], skills: list[Skill], chance: Random) -> list[Posting]:
    return [
        Posting(
            expert=profile,
            skill=skill,
            origin=ORIGINS[chance.choice(COUNTRIES)],
            weight=chance.randint(60, 100),
            flags=FLAGS | FIRST_ORIGIN_BIT,
        )
        for profile in profiles
        for skill in chance.sample(skills, 12)
    ]


def test_plan_reads_the_covering_index_only_when_vacuumed(big_world: World) -> None:
    skills = list(Skill.objects.filter(slug__startswith="skill-"))
    [need] = make_needs(1, [big_world.hospital], skills)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) engagements_needterm")
    for origins in ((788,), (788, 686), None):
        plan = _plan(need, Scope(origins))
        assert "Index Only Scan using posting_match" in plan, plan
        assert "Seq Scan on mentors_posting" not in plan, plan


def _plan(need: Need, scope: Scope) -> str:
    statement, params = experts_statement(
        need.pk, need.organisation_id, wish_of(need), scope, is_pruned=False, day=timezone.localdate()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", params)
        return "\n".join(line for (line,) in cursor.fetchall())
