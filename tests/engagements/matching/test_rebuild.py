"""What matching reads always equals a rebuild from scratch, and the rebuild repairs what does not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import StringIO
from random import Random
from threading import Event

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.people import suspend_person
from diaspora_net.accounts.models import User
from diaspora_net.core import statements
from diaspora_net.core.errors import DomainError
from engagements.actions import needs as need_actions
from engagements.actions.needs import NeedSkillEntry
from engagements.actions.terms import rewrite_open_terms, rewrite_terms
from engagements.models import Need, NeedTerm
from engagements.queries.recommendations import Scope, experts_for_need
from engagements.states import NeedState
from engagements.tasks import refresh_terms
from mentors.actions import profiles
from mentors.actions.postings import rebuild_postings, rewrite_postings
from mentors.actions.profiles import SkillEntry
from mentors.actions.skills import accept_skill, merge_skill, propose_skill, refresh_skill_counts
from mentors.models import AvailabilitySlot, ExpertProfile, MatchFacts, Posting, ProfileSkill, Skill
from mentors.queries.candidates import PARTS, candidates, candidates_of
from mentors.queries.facts import COLUMNS
from tests.factories import make_expert, make_person, make_vocabulary
from tests.world import World, after_need_drafted, after_need_published, after_need_submitted, make_world

COUNTRIES = ("TN", "SN", "MA", "XK")
STORED = f"""
SELECT {PARTS} FROM mentors_matchfacts facts WHERE facts.expert_id = ANY(%(experts)s::bigint[]) ORDER BY facts.expert_id
"""
Act = Callable[[World, Random], object]


def quiet(done: int, total: int, rows: int) -> None:
    """Take no notice of progress."""


def postings() -> set[tuple[int, ...]]:
    return set(Posting.objects.values_list("expert_id", "skill_id", "origin", "flags", "weight"))


def facts() -> list[tuple[object, ...]]:
    return list(MatchFacts.objects.order_by("expert_id").values_list(*COLUMNS))


def terms() -> set[tuple[int, ...]]:
    columns = ("need_id", "slot", "skill_id", "weight", "is_generating", "is_generating_anywhere")
    return set(NeedTerm.objects.values_list(*columns))


def _expert(chance: Random) -> ExpertProfile:
    return chance.choice(list(ExpertProfile.objects.select_related("user").order_by("pk")))


def _need(chance: Random) -> Need:
    return chance.choice(list(Need.objects.order_by("pk")))


def _skills(world: World, chance: Random) -> None:
    profile = _expert(chance)
    chosen = chance.sample(list(Skill.objects.exclude(status="merged").order_by("pk")), 3)
    entries = [SkillEntry(skill, chance.randint(1, 4), chance.randint(0, 30)) for skill in chosen]
    profiles.save_skills(actor=profile.user, profile=profile, skills=entries)


def _identity(world: World, chance: Random) -> None:
    profile = _expert(chance)
    origins = chance.sample(COUNTRIES, chance.randint(1, 3))
    profiles.save_identity(
        actor=profile.user, profile=profile, full_name="A", headline="x", residence="FR", city="", origins=origins
    )


def _languages(world: World, chance: Random) -> None:
    profile = _expert(chance)
    spoken = [(code, chance.randint(1, 6)) for code in chance.sample(["fr", "en", "ar"], chance.randint(1, 3))]
    profiles.save_languages(actor=profile.user, profile=profile, languages=spoken)


def _giving(world: World, chance: Random) -> None:
    profile = _expert(chance)
    profiles.save_giving(
        actor=profile.user,
        profile=profile,
        hours_per_month=8,
        modalities=chance.sample(["remote", "on_site", "hybrid"], chance.randint(1, 3)),
        kinds=["advisory"],
        capacity=chance.randint(1, 3),
        audience=chance.choice(["organisations", "coordinators"]),
        time_zone="Europe/Paris",
        availability=[],
    )


def _state(world: World, chance: Random) -> None:
    profile = _expert(chance)
    act = profiles.pause_profile if profile.state == "published" else profiles.resume_profile
    act(actor=profile.user, profile=profile)


def _place(world: World, chance: Random) -> None:
    chance.choice([profiles.take_place, profiles.take_place, profiles.release_place])(profile=_expert(chance))


def _account(world: World, chance: Random) -> None:
    user = _expert(chance).user
    if chance.random() < 0.3:
        suspend_person(actor=None, user=user, reason="Fraud")
    else:
        User.objects.filter(pk=user.pk).update(time_zone=chance.choice(["Africa/Tunis", "Asia/Kathmandu"]))


def _vocabulary(world: World, chance: Random) -> None:
    skill = propose_skill(actor=world.amina, label=f"skill {chance.randint(1, 6)}", language="en")
    if chance.random() < 0.5:
        accept_skill(actor=world.chidi, skill=skill)
    else:
        merge_skill(actor=world.chidi, skill=skill, into=make_vocabulary()["negotiation"])


def _ask(world: World, chance: Random) -> None:
    chosen = chance.sample(list(Skill.objects.exclude(status="merged").order_by("pk")), 3)
    entries = tuple(NeedSkillEntry(skill, "preferred" if place else "required") for place, skill in enumerate(chosen))
    write = chance.choice([after_need_drafted, after_need_submitted, after_need_published])
    write(world, skills=entries, places=2)


def _need_state(world: World, chance: Random) -> None:
    need = _need(chance)
    acts = {"published": need_actions.pause_need, "paused": need_actions.resume_need}
    acts.get(need.state, need_actions.submit_need)(actor=world.bereket, need=need)


def _need_place(world: World, chance: Random) -> None:
    chance.choice([need_actions.take_place, need_actions.release_place])(need=_need(chance))


ACTS: tuple[Act, ...] = (
    *(_skills, _identity, _languages, _giving, _giving, _state, _state, _place, _place, _account),
    *(_vocabulary, _ask, _ask, _need_state, _need_state, _need_place),
)


def check_postings() -> None:
    """Say so of the facts, too, which are all that a single pair reads of those who may be matched."""
    kept, told = postings(), facts()
    Posting.objects.all().delete()
    MatchFacts.objects.all().delete()
    for profile in ExpertProfile.objects.all():
        rewrite_postings(profile)
    assert (postings(), facts()) == (kept, told)
    ids = [row[0] for row in told]
    stored = statements.rows(STORED, {"experts": ids})
    assert candidates_of(stored) == candidates(ids)


def check_terms() -> None:
    """Say that needs have terms exactly when they may be matched, and after a sweep exactly those of a rebuild."""
    matched = {NeedState.PUBLISHED, NeedState.IN_ENGAGEMENT, NeedState.SUBMITTED}
    assert set(NeedTerm.objects.values_list("need__state", flat=True)) <= matched
    assert not Need.objects.filter(state__in=matched, terms=None).exists()
    refresh_skill_counts()
    refresh_terms()
    kept = terms()
    NeedTerm.objects.all().delete()
    for need in Need.objects.all():
        rewrite_terms(need)
    assert terms() == kept
    assert rewrite_open_terms() == 0


@pytest.mark.parametrize("seed", range(4))
def test_tables_equal_a_rebuild_after_any_sequence_of_acts(world: World, seed: int) -> None:
    chance = Random(seed)
    after_need_published(world)
    for number in range(3):
        make_expert(make_person(f"e{number}@example.org", "E"), skills={"cardiology": (number + 1, 3)})
    sizes = set()
    for _ in range(30):
        with suppress(DomainError):
            chance.choice(ACTS)(world, chance)
        check_postings()
        check_terms()
        check_nobody_shut_out_is_found(world)
        sizes.add((Posting.objects.count(), NeedTerm.objects.count()))
    assert len(sizes) > 3


def check_nobody_shut_out_is_found(world: World) -> None:
    """Say so with the widest question the coordinator may ask of any open need."""
    widest = Scope(origins=None, asks_language=False, asks_modality=False)
    for need in Need.objects.filter(state__in=[NeedState.PUBLISHED, NeedState.SUBMITTED]):
        found = experts_for_need(world.chidi, need, limit=200, scope=widest)
        people = User.objects.filter(expert_profile__in=[one.profile.pk for one in found])
        assert all(people.values_list("is_active", flat=True))
        assert {one.profile.state for one in found} <= {"published"}


def rebuilt() -> str:
    out = StringIO()
    call_command("rebuild_matching", stdout=out)
    return out.getvalue()


def test_rebuild_repairs_whatever_differs_and_then_writes_nothing(world: World) -> None:
    after_need_published(world)
    refresh_skill_counts()
    rewrite_open_terms()
    before = postings(), facts(), terms()
    Posting.objects.filter(skill__slug="cardiology").delete()
    Posting.objects.update(weight=1)
    MatchFacts.objects.update(skills=[])
    NeedTerm.objects.update(weight=1)
    paused = make_expert(make_person("p@example.org", "P"), skills={"cardiology": (1, 1)})
    ExpertProfile.objects.filter(pk=paused.pk).update(state="paused")
    told = rebuilt()
    assert (postings(), facts(), terms()) == before
    assert "Experts: 2 of 2 compared, 7 rows written." in told
    assert "Needs: 1 of 1 compared" in told
    assert "Rebuilt: 0 rows of experts and 0 rows of needs were written." in rebuilt()


def test_rebuild_reads_a_batch_in_few_queries(world: World, django_assert_num_queries: object) -> None:
    for number in range(4):
        make_expert(make_person(f"e{number}@example.org", "E"), skills={"cardiology": (2, 3)})
    # The count, the last id, then for the batch its ids, and all that is and must be; that there is no further batch.
    with django_assert_num_queries(5):
        assert rebuild_postings(quiet) == 0


def test_profile_is_rewritten_in_two_statements_whatever_its_size(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    skills = {"cardiology": (2, 3), "negotiation": (1, 1), "interpret-ecg": (3, 0)}
    profile = make_expert(make_person("many@example.org", "M"), skills=skills, origins=("TN", "MA"))
    ProfileSkill.objects.filter(content_object=profile).update(level=4)
    with django_assert_num_queries(5):  # a savepoint around the lock, what is and must be, and the rewriting
        assert rewrite_postings(profile) == 6 + 1
    ProfileSkill.objects.filter(content_object=profile, tag__slug="negotiation").delete()
    with django_assert_num_queries(5):
        assert rewrite_postings(profile) == 2 + 1
    AvailabilitySlot.objects.create(profile=profile, weekday=1, starts=600, ends=720)
    with django_assert_num_queries(5):
        assert rewrite_postings(profile) == 1
    with django_assert_num_queries(4):
        assert rewrite_postings(profile) == 0


WRITERS: tuple[Act, ...] = (_skills, _languages, _giving, _identity, _state, _place, _ask, _need_state)


@pytest.mark.django_db(transaction=True)
def test_rebuild_leaves_everything_right_when_people_work_meanwhile(transactional_db: None) -> None:
    world = make_world()
    after_need_published(world, places=2)
    for number in range(4):
        make_expert(make_person(f"e{number}@example.org", "E"), skills={"cardiology": (number % 4 + 1, 3)})
    is_over = Event()

    def work(seed: int) -> int:
        chance, done = Random(seed), 0
        try:
            while not is_over.is_set() or done < 10:
                with suppress(DomainError):
                    chance.choice((_skills, _languages, _giving, _identity, _state, _place, _ask, _need_state))(
                        world, chance
                    )
                    done += 1
        finally:
            connection.close()
        return done

    with ThreadPoolExecutor(2) as pool:
        workers = [pool.submit(work, seed) for seed in range(2)]
        try:
            for _ in range(6):
                Posting.objects.filter(weight__gt=0).update(weight=1)  # something to repair each time
                rebuilt()
        finally:
            is_over.set()
        assert all(worker.result() >= 10 for worker in workers)
    rebuilt()
    check_postings()
    check_terms()


def test_check_fails_when_a_rebuild_writes_what_it_read_too_early(world: World) -> None:
    read = postings()
    profiles.pause_profile(actor=world.amina, profile=world.profile)
    columns = ("expert_id", "skill_id", "origin", "flags", "weight")
    Posting.objects.bulk_create(Posting(**dict(zip(columns, row, strict=True))) for row in read)
    with pytest.raises(AssertionError):
        check_postings()
