"""Each hard rule takes an expert out of a need's list by itself, and what changes shows in the very next list."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from diaspora_net.accounts.actions.organisations import add_member
from diaspora_net.accounts.actions.people import grant_remit, suspend_person
from engagements.actions.interest import dismiss_need, restore_need
from engagements.actions.needs import NeedSkillEntry, pause_need, resume_need
from engagements.actions.proposals import apply_for_need, decline_proposal
from engagements.models import Need
from engagements.queries.changes import asked_lately, changes_of_profile
from engagements.queries.recommendations import (
    Change,
    Scope,
    experts_for_need,
    needs_for_expert,
    smallest_changes,
    strict_scope,
    widened,
)
from mentors.actions import profiles
from mentors.actions.profiles import SkillEntry
from mentors.models import ExpertProfile, Posting
from tests.factories import make_expert, make_person, make_vocabulary
from tests.world import World, after_need_published, after_need_submitted


@pytest.fixture
def need(world: World) -> Need:
    return after_need_published(world)


def listed(world: World, need: Need) -> list[ExpertProfile]:
    return [one.profile for one in experts_for_need(world.bereket, need)]


def test_expert_is_listed_when_everything_fits(world: World, need: Need) -> None:
    assert listed(world, need) == [world.profile]
    assert [one.need for one in needs_for_expert(world.amina, world.profile)] == [need]


def _audience(world: World) -> None:
    profiles.save_giving(
        actor=world.amina,
        profile=world.profile,
        hours_per_month=8,
        modalities=("remote",),
        kinds=("training",),
        capacity=2,
        audience="coordinators",
        time_zone="Europe/Paris",
        availability=(),
    )


def _fill(world: World) -> None:
    profiles.take_place(profile=world.profile)
    profiles.take_place(profile=world.profile)


HIDES: dict[str, Callable[[World, Need], object]] = {
    "paused": lambda world, need: profiles.pause_profile(actor=world.amina, profile=world.profile),
    "full": lambda world, need: _fill(world),
    "for coordinators only": lambda world, need: _audience(world),
    "shut out": lambda world, need: suspend_person(actor=None, user=world.amina, reason="Fraud"),
    "dismissed": lambda world, need: dismiss_need(actor=world.amina, need=need, reason="no_time"),
    "proposal waits": lambda world, need: apply_for_need(actor=world.amina, need=need, message="Yes"),
    "belongs to it": lambda world, need: add_member(
        actor=world.bereket, organisation=world.hospital, email=world.amina.email, role="counterpart", position=""
    ),
    "other language": lambda world, need: profiles.save_languages(
        actor=world.amina, profile=world.profile, languages=(("en", 5),)
    ),
    "other country": lambda world, need: move(world, ("SN",)),
    "no required skill": lambda world, need: profiles.save_skills(
        actor=world.amina, profile=world.profile, skills=[SkillEntry(make_vocabulary()["training-nurses"], 4, 9)]
    ),
}


def move(world: World, origins: tuple[str, ...]) -> None:
    profiles.save_identity(
        actor=world.amina,
        profile=world.profile,
        full_name="Amina Ben Salah",
        headline="Cardiologist",
        residence="FR",
        city="Lyon",
        origins=origins,
    )


@pytest.mark.parametrize("name", HIDES)
def test_expert_is_not_listed_when_one_rule_fails(world: World, need: Need, name: str) -> None:
    HIDES[name](world, need)
    assert listed(world, need) == []
    world.profile.refresh_from_db()
    world.amina.refresh_from_db()
    if name not in {"for coordinators only", "shut out"}:
        assert needs_for_expert(world.amina, world.profile) == []


@pytest.mark.parametrize(
    "changes",
    [{"state": "draft"}, {"open_engagements": 2}, {"audience": "coordinators"}],
    ids=["draft", "full", "audience"],
)
def test_expert_is_not_listed_when_postings_lag_behind(world: World, need: Need, changes: dict[str, object]) -> None:
    ExpertProfile.objects.filter(pk=world.profile.pk).update(**changes)
    assert Posting.objects.filter(expert=world.profile).exists()
    assert listed(world, need) == []


def test_only_coordinators_find_and_count_an_expert_when_the_expert_chose_so(world: World, need: Need) -> None:
    _audience(world)
    move(world, ("SN", "TN"))
    dakar, both = make_person("dakar@example.org", "Dakar"), make_person("both@example.org", "Both")
    grant_remit(actor=None, user=dakar, country="SN")
    add_member(actor=world.bereket, organisation=world.hospital, email=dakar.email, role="poster", position="")
    for country in ("SN", "TN"):
        grant_remit(actor=None, user=both, country=country)
    anywhere = Scope(origins=None)
    for viewer, is_found in ((world.bereket, False), (dakar, False), (world.chidi, True), (both, True)):
        expected = [world.profile] if is_found else []
        for scope in (strict_scope(need), anywhere):
            assert [one.profile for one in experts_for_need(viewer, need, scope=scope)] == expected
    move(world, ("SN",))
    assert experts_for_need(world.chidi, need, scope=anywhere) == []
    assert [one.profile for one in experts_for_need(both, need, scope=anywhere)] == [world.profile]
    for viewer, changes in ((world.bereket, []), (world.chidi, []), (both, [Change("origins", 1)])):
        assert smallest_changes(viewer, need) == changes


@pytest.mark.parametrize(("level", "is_listed"), [(3, False), (4, True)])
def test_language_counts_when_spoken_at_the_level_asked(world: World, need: Need, level: int, is_listed: bool) -> None:
    profiles.save_languages(actor=world.amina, profile=world.profile, languages=(("fr", level), ("en", 6)))
    assert bool(listed(world, need)) == is_listed
    assert bool(needs_for_expert(world.amina, world.profile)) == is_listed
    assert bool(smallest_changes(world.bereket, need)) != is_listed


def test_expert_who_chose_coordinators_only_still_reads_suggestions(world: World, need: Need) -> None:
    _audience(world)
    world.profile.refresh_from_db()
    assert [one.need for one in needs_for_expert(world.amina, world.profile)] == [need]


@pytest.mark.parametrize("modality", ["on_site", "short_return_visit"])
def test_expert_is_not_listed_when_they_work_in_no_way_like_it(world: World, modality: str) -> None:
    need = after_need_published(world, modality=modality)
    assert listed(world, need) == []
    assert needs_for_expert(world.amina, world.profile) == []


def test_expert_is_listed_when_the_way_of_working_half_fits(world: World) -> None:
    need = after_need_published(world, modality="hybrid")
    assert listed(world, need) == [world.profile]


def test_expert_is_listed_when_only_a_related_skill_meets_the_must_have(world: World) -> None:
    concepts = make_vocabulary()
    need = after_need_published(world, skills=(NeedSkillEntry(concepts["echocardiography"]),))
    [found] = experts_for_need(world.bereket, need)
    assert (found.match.required_met, found.match.required_wanted) == (0, 1)


def test_list_knows_at_once_what_was_saved_a_moment_ago(world: World, need: Need) -> None:
    newcomer = make_expert(make_person("new@example.org", "New Comer"), skills={"interpret-ecg": (2, 1)})
    assert set(listed(world, need)) == {world.profile, newcomer}
    profiles.pause_profile(actor=newcomer.user, profile=newcomer)
    assert listed(world, need) == [world.profile]
    dismiss_need(actor=world.amina, need=need, reason="no_time")
    assert listed(world, need) == []
    restore_need(actor=world.amina, need=need)
    assert listed(world, need) == [world.profile]
    pause_need(actor=world.bereket, need=need)
    assert needs_for_expert(world.amina, world.profile) == []
    resume_need(actor=world.bereket, need=need)
    assert [one.need for one in needs_for_expert(world.amina, world.profile)] == [need]


def test_refusal_for_want_of_expertise_lowers_the_next_match(world: World, need: Need) -> None:
    [before] = experts_for_need(world.bereket, need)
    other = after_need_published(world)
    dismiss_need(actor=world.amina, need=other, reason="not_my_field")
    [after] = experts_for_need(world.bereket, need)
    assert after.match.points < before.match.points
    assert "declined" in {reason.kind for reason in after.match.reasons}
    assert "declined" not in {reason.kind for reason in after.reasons}


def test_expert_is_listed_again_when_a_proposal_was_declined(world: World, need: Need) -> None:
    proposal = apply_for_need(actor=world.amina, need=need, message="Yes")
    decline_proposal(actor=world.bereket, proposal=proposal, reason="no_time")
    assert listed(world, need) == [world.profile]


def test_need_is_not_suggested_when_its_day_has_passed(world: World, need: Need) -> None:
    Need.objects.filter(pk=need.pk).update(closes_on=timezone.localdate() - timedelta(days=1))
    assert needs_for_expert(world.amina, world.profile) == []


def test_matches_are_shown_only_to_those_who_may_see_them(world: World, need: Need) -> None:
    assert len(experts_for_need(world.chidi, need)) == 1
    for outsider in (world.dana, world.amina):
        with pytest.raises(Http404):
            experts_for_need(outsider, need)
        with pytest.raises(Http404):
            smallest_changes(outsider, need)
    with pytest.raises(Http404):
        needs_for_expert(world.bereket, world.profile)


def test_only_coordinators_see_matches_when_the_need_is_being_checked(world: World) -> None:
    need = after_need_submitted(world)
    assert len(experts_for_need(world.chidi, need)) == 1
    with pytest.raises(Http404):
        experts_for_need(world.bereket, need)


def test_smallest_changes_are_counted_when_hardly_anybody_fits(world: World, need: Need) -> None:
    skills = {"interpret-ecg": (3, 4)}
    for number in range(2):
        person = make_person(f"sn{number}@example.org", "From Senegal")
        make_expert(person, skills=skills, origins=("SN",))
    make_expert(make_person("ar@example.org", "Speaks Arabic"), skills=skills, languages=(("ar", 6),))
    assert smallest_changes(world.bereket, need) == [Change("origins", 2), Change("language", 1)]
    wider = widened(strict_scope(need), ["origins", "language", "nonsense"])
    assert wider == Scope(origins=None, asks_language=False)
    assert len(experts_for_need(world.bereket, need, scope=wider)) == 4


def test_needs_elsewhere_are_counted_when_other_countries_ask(world: World, need: Need) -> None:
    move(world, ("SN",))
    world.profile.refresh_from_db()
    assert needs_for_expert(world.amina, world.profile) == []
    assert changes_of_profile(world.amina, world.profile) == [Change("origins", 1)]
    assert asked_lately(world.profile) == 1
    assert [one.need for one in needs_for_expert(world.amina, world.profile, is_anywhere=True)] == [need]
