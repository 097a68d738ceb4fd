"""The statement reads the covering index only, and asks for all experts at once."""

from random import Random

import pytest
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.models import Need
from engagements.queries.match_statement import Scope, experts_statement
from engagements.queries.wishes import wish_of
from mentors.models import ExpertProfile, Posting, Skill
from mentors.states import FIRST_ORIGIN_BIT, LANGUAGE_BITS, MODALITY_BITS
from tests.engagements.matching.crowd import make_needs, make_skills
from tests.world import World, make_world

EXPERTS = 3000
# As many skills and countries of origin as a real network has, or reading it all would be the better plan.
SKILLS = 2000
ORIGINS = (788, 686, 231, 288, 566, 504, 404, 132, 12, 818)
FLAGS = LANGUAGE_BITS["fr"] | LANGUAGE_BITS["en"] | sum(MODALITY_BITS.values())


@pytest.fixture
def big_world(transactional_db: None) -> World:
    """A few thousand experts as rows, vacuumed: index-only scans need the visibility map."""
    world = make_world()
    chance = Random(3)
    skills = make_skills(SKILLS, chance)
    users = User.objects.bulk_create(
        User(email=f"e{number}@example.org", password=UNUSABLE_PASSWORD_PREFIX) for number in range(EXPERTS)
    )
    profiles = ExpertProfile.objects.bulk_create(
        ExpertProfile(user=user, state="published", published_at=timezone.now()) for user in users
    )
    Posting.objects.bulk_create(_postings(profiles, skills, chance), batch_size=5000)
    _vacuum("mentors_posting", "mentors_expertprofile")
    return world


def _vacuum(*tables: str) -> None:
    """Vacuum tables whose rows are all known to be on disk, or their pages would not count as visible to everybody.

    The tests' own server commits without waiting; one commit that does wait brings everything before it to disk.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO on")
        Skill.objects.filter(slug="skill-0").update(name="skill zero")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def _postings(profiles: list[ExpertProfile], skills: list[Skill], chance: Random) -> list[Posting]:
    return [
        Posting(
            expert=profile,
            skill=skill,
            origin=chance.choice(ORIGINS),
            weight=chance.randint(60, 100),
            flags=FLAGS | FIRST_ORIGIN_BIT,
        )
        for profile in profiles
        for skill in chance.sample(skills, 12)
    ]


def test_plan_reads_the_covering_index_only_when_vacuumed(big_world: World) -> None:
    skills = list(Skill.objects.filter(slug__startswith="skill-"))
    [need] = make_needs(1, [big_world.hospital], skills)
    _vacuum("engagements_needterm")
    for origins in ((788,), (788, 686), None):
        plan = _plan(need, Scope(origins))
        assert "Index Only Scan using posting_match" in plan, plan
        assert "Seq Scan on mentors_posting" not in plan, plan


def _plan(need: Need, scope: Scope) -> str:
    statement, params = experts_statement(need.pk, need.organisation_id, wish_of(need), scope, day=timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", params)
        return "\n".join(line for (line,) in cursor.fetchall())
