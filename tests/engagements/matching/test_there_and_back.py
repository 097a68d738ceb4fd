"""What takes an expert or a need out of the lists does so in the very next one, and so does what brings them back."""

from collections.abc import Callable

import pytest

from diaspora_net.accounts.actions.blocks import block_person, unblock_person
from diaspora_net.accounts.actions.organisations import remove_member
from diaspora_net.accounts.actions.people import suspend_person
from diaspora_net.accounts.actions.verification import suspend_organisation
from diaspora_net.accounts.models import Organisation
from engagements.actions.interest import dismiss_need, restore_need
from engagements.actions.needs import pause_need, release_place, resume_need, take_place
from engagements.actions.proposals import withdraw_proposal
from engagements.models import Need, Proposal
from engagements.queries.recommendations import needs_for_expert
from mentors.actions import profiles
from mentors.actions.profiles import SkillEntry
from tests.engagements.matching.test_hard_rules import HIDES, listed, move
from tests.factories import make_vocabulary
from tests.world import World, after_need_published, after_verification


@pytest.fixture
def need(world: World) -> Need:
    return after_need_published(world)


def _reopen(world: World) -> None:
    profiles.save_giving(
        actor=world.amina,
        profile=world.profile,
        hours_per_month=8,
        modalities=("remote",),
        kinds=("training",),
        capacity=2,
        audience="organisations",
        time_zone="Europe/Paris",
        availability=(),
    )


def _verify_again(world: World) -> None:
    Organisation.objects.filter(pk=world.hospital.pk).update(state="documents_requested")
    after_verification(world, world.hospital)


# What takes an expert out of a list, and what brings them back.
THERE_AND_BACK: dict[str, tuple[Callable[[World, Need], object], Callable[[World, Need], object]]] = {
    "paused": (HIDES["paused"], lambda world, need: profiles.resume_profile(actor=world.amina, profile=world.profile)),
    "full": (HIDES["full"], lambda world, need: profiles.release_place(profile=world.profile)),
    "for coordinators only": (HIDES["for coordinators only"], lambda world, need: _reopen(world)),
    "dismissed": (HIDES["dismissed"], lambda world, need: restore_need(actor=world.amina, need=need)),
    "institution hidden": (
        lambda world, need: dismiss_need(actor=world.amina, need=need, reason="not_comfortable"),
        lambda world, need: restore_need(actor=world.amina, need=need),
    ),
    "blocked by the expert": (
        lambda world, need: block_person(actor=world.amina, person=world.bereket),
        lambda world, need: unblock_person(actor=world.amina, person=world.bereket),
    ),
    "blocked by the focal point": (
        lambda world, need: block_person(actor=world.bereket, person=world.amina),
        lambda world, need: unblock_person(actor=world.bereket, person=world.amina),
    ),
    "proposal waits": (
        HIDES["proposal waits"],
        lambda world, need: withdraw_proposal(actor=world.amina, proposal=Proposal.objects.get()),
    ),
    "other language": (
        HIDES["other language"],
        lambda world, need: profiles.save_languages(actor=world.amina, profile=world.profile, languages=(("fr", 6),)),
    ),
    "other country": (HIDES["other country"], lambda world, need: move(world, ("SN", "TN"))),
    "no required skill": (
        HIDES["no required skill"],
        lambda world, need: profiles.save_skills(
            actor=world.amina, profile=world.profile, skills=[SkillEntry(make_vocabulary()["interpret-ecg"], 1)]
        ),
    ),
    "belongs to it": (
        HIDES["belongs to it"],
        lambda world, need: remove_member(
            actor=world.bereket,
            organisation=world.hospital,
            membership=world.hospital.memberships.get(user=world.amina),
        ),
    ),
    "need paused": (
        lambda world, need: pause_need(actor=world.bereket, need=need),
        lambda world, need: resume_need(actor=world.bereket, need=need),
    ),
    "need full": (
        lambda world, need: take_place(need=need),
        lambda world, need: release_place(need=need),
    ),
    "institution suspended": (
        lambda world, need: suspend_organisation(
            actor=world.chidi, organisation=world.hospital, reason="The address is wrong."
        ),
        lambda world, need: _verify_again(world),
    ),
}


# The lists that these acts change: the institution's (``people``), the expert's (``needs``), or both.
ONLY_PEOPLE = {"for coordinators only"}
ONLY_NEEDS = {"need paused", "need full", "institution suspended"}


@pytest.mark.parametrize("name", THERE_AND_BACK)
def test_lists_of_both_sides_follow_at_once_there_and_back(world: World, need: Need, name: str) -> None:
    for act, is_there in zip(THERE_AND_BACK[name], (False, True), strict=True):
        act(world, Need.objects.get(pk=need.pk))
        for thing in (world.profile, world.amina, world.hospital, need):
            thing.refresh_from_db()
        if name not in ONLY_PEOPLE:
            assert [one.need for one in needs_for_expert(world.amina, world.profile)] == [need] * is_there
        if name not in ONLY_NEEDS:
            assert listed(world, need) == [world.profile] * is_there


def test_account_that_is_shut_and_opened_again_is_found_again(world: World, need: Need) -> None:
    suspend_person(actor=None, user=world.amina, reason="Fraud")
    assert listed(world, need) == []
    type(world.amina).objects.filter(pk=world.amina.pk).update(is_active=True)
    assert listed(world, need) == [world.profile]
