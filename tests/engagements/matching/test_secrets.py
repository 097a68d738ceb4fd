"""Two worlds that differ only in what a viewer may not see give that viewer the same pages, byte for byte."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from engagements.actions.interest import dismiss_need
from engagements.actions.proposals import apply_for_need, invite_expert, withdraw_proposal
from engagements.models import Dismissal, Need, Proposal
from engagements.queries.recommendations import experts_for_need
from engagements.states import DeclineReason
from mentors.actions import profiles
from mentors.models import ExpertProfile, ProfileSkill, Skill
from mentors.recommender.reasons import BLANK, blanked, without
from mentors.recommender.scoring import score_pair
from mentors.recommender.types import Candidate, Match, Wish
from tests.conftest import without_tokens
from tests.factories import make_expert, make_organisation, make_person, make_vocabulary
from tests.mentors.recommender.worlds import candidates, wishes
from tests.world import World, after_need_published, after_verification

Change = Callable[[World, Need], object]


def set_profile(**values: object) -> Change:
    return lambda world, need: ExpertProfile.objects.filter(pk=world.profile.pk).update(**values)


def _refuse(world: World, need: Need) -> None:
    """Say twice that the same skills are not one's field, about other needs."""
    other = Need.objects.exclude(pk=need.pk).get()
    Dismissal.objects.create(need=other, expert=world.profile, reason=DeclineReason.NOT_MY_FIELD)


def _ask_often(world: World, need: Need) -> None:
    """Let another institution have invited the expert and taken it back."""
    host = make_organisation(make_person("owner@example.org", "Owner"), name="Another hospital")
    after_verification(world, host)
    other = after_need_published(replace(world, bereket=host.memberships.get().user, hospital=host))
    sent = invite_expert(actor=host.memberships.get().user, need=other, expert=world.profile, message="Will you?")
    withdraw_proposal(actor=host.memberships.get().user, proposal=sent)


SECRETS: dict[str, Change] = {
    "city": set_profile(city="Grenoble"),
    "engagements running": set_profile(open_engagements=1),
    "places": set_profile(capacity=7),
    "address": lambda world, need: type(world.amina).objects.filter(pk=world.amina.pk).update(email="new@example.org"),
    "refusals": _refuse,
    "invitations": _ask_often,
    "suggested skill": lambda world, need: ProfileSkill.objects.create(
        content_object=world.profile,
        tag=Skill.objects.create(name="secret", slug="secret", status="suggested"),
        level=4,
    ),
}


def pages(client: Client, world: World, need: Need) -> list[bytes]:
    addresses = (
        f"/needs/{need.reference}/people/",
        f"/needs/{need.reference}/people/?wider=origins",
        f"/needs/{need.reference}/invite/{world.profile.reference}/",
        f"/experts/{world.profile.reference}/",
    )
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * len(addresses)
    return [without_tokens(answer) for answer in answers]


@pytest.mark.parametrize("secret", SECRETS)
@time_machine.travel("2026-10-05T09:00:00Z", tick=False)
def test_institution_reads_the_same_bytes_whatever_is_hidden(world: World, secret: str, as_person: object) -> None:
    need = after_need_published(world)
    after_need_published(world, title="Another need for the same skills")
    client = as_person(world.bereket)
    before = pages(client, world, need)
    SECRETS[secret](world, need)
    assert pages(client, world, need) == before


@time_machine.travel("2026-10-05T09:00:00Z", tick=False)
def test_bytes_differ_when_something_visible_does(world: World, as_person: object) -> None:
    need = after_need_published(world)
    client = as_person(world.bereket)
    before = pages(client, world, need)
    set_profile(headline="Nurse")(world, need)
    assert pages(client, world, need) != before


def test_frozen_fit_is_told_without_what_was_hidden(world: World, as_person: object) -> None:
    """The institution's page of an application does not move with the refusals before it."""
    need, other = after_need_published(world), after_need_published(world)
    read = []
    for is_refusing in (False, True):
        with transaction.atomic():
            if is_refusing:
                dismiss_need(actor=world.amina, need=other, reason="not_my_field")
            proposal = apply_for_need(actor=world.amina, need=need, message="Yes")
            page = as_person(world.bereket).get(f"/proposals/{proposal.reference}/").content.decode()
            read.append(page.split('id="fit-title"')[1].split("</section>")[0])
            transaction.set_rollback(True)
    assert read[0] == read[1]


def test_frozen_reasons_stay_when_everything_changes(world: World, as_person: object) -> None:
    need = after_need_published(world)
    proposal = invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Will you?")
    people = (world.amina, world.bereket, world.chidi)
    before = [_why(as_person(person), proposal) for person in people]
    assert "12 years" in before[0]
    concepts = make_vocabulary()
    entries = [profiles.SkillEntry(concepts["negotiation"], 1, 1)]
    profiles.save_skills(actor=world.amina, profile=world.profile, skills=entries)
    profiles.save_languages(actor=world.amina, profile=world.profile, languages=(("en", 1),))
    Need.objects.filter(pk=need.pk).update(modality="on_site")
    need.skill_items.all().delete()
    assert [_why(as_person(person), proposal) for person in people] == before


def _why(client: Client, proposal: Proposal) -> str:
    page: str = client.get(f"/proposals/{proposal.reference}/").content.decode()
    return page.split('id="fit-title"')[1].split("</section>")[0]


def told(wish: Wish, candidate: Candidate, hidden: set[str]) -> Match:
    match = score_pair(wish, blanked(candidate, hidden))
    return replace(match, reasons=without(match.reasons, hidden))


@given(wishes(), candidates(), candidates(), st.sets(st.sampled_from(sorted(set(BLANK) - {"skills"}))))
def test_what_is_told_never_moves_with_a_hidden_field(
    wish: Wish, one: Candidate, other: Candidate, hidden: set[str]
) -> None:
    names = {name for field in hidden for name in BLANK[field]}
    twin = one._replace(**{name: getattr(other, name) for name in names})
    assert told(wish, twin, hidden) == told(wish, one, hidden)


def test_order_may_follow_what_is_hidden_but_not_the_words(world: World) -> None:
    """The one thing that refusals do change is who comes first."""
    need, other = after_need_published(world), after_need_published(world)
    twin = make_expert(
        make_person("twin@example.org", "Twin"),
        skills={"interpret-ecg": (4, 12), "cardiology": (4, 12), "training-nurses": (3, 5), "negotiation": (2, 5)},
    )
    dismiss_need(actor=world.amina, need=other, reason="not_my_field")
    first, second = experts_for_need(world.bereket, need)
    assert (first.profile, second.profile) == (twin, world.profile)
    assert first.told.fit == second.told.fit
    assert first.match.points > second.match.points
