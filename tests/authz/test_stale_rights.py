"""Rights end when what they rest on ends: a membership, an organisation's standing, an answer, a hold."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diaspora_net.accounts.actions.organisations import add_member, change_member_role, remove_member
from diaspora_net.accounts.actions.verification import suspend_organisation
from diaspora_net.accounts.models import Membership, Organisation
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from engagements.actions import agreements, supervision
from engagements.actions import engagements as work
from engagements.actions.coordination import remind_both_sides
from engagements.actions.pauses import pause_engagement
from engagements.actions.proposals import accept_proposal, apply_for_need, decline_proposal, invite_expert
from engagements.models import Engagement, Proposal
from mentors.actions.profiles import pause_profile, save_giving, save_identity
from mentors.actions.skills import merge_skill
from messaging.models import Conversation, Notification
from messaging.queries.conversations import get_conversation
from tests import world as story
from tests.factories import make_organisation, make_person, make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db


def join(world: World, email: str, role: str = "poster") -> Membership:
    make_person(email, email.partition("@")[0].title())
    return add_member(actor=world.bereket, organisation=world.hospital, email=email, role=role)


def people_in(conversation: Conversation) -> set[int]:
    return set(conversation.participants.filter(left_at__isnull=True).values_list("user_id", flat=True))


def leave(world: World, membership: Membership) -> None:
    remove_member(actor=world.bereket, organisation=world.hospital, membership=membership)


# ── Teams ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_conversation_is_gone_when_somebody_has_left_the_team(world: World) -> None:
    place = join(world, "eya@example.org")
    engagement = story.after_proposal_accepted(world, focal_point=place.user)
    assert get_conversation(place.user, engagement.conversation_id) == engagement.conversation

    leave(world, place)

    with pytest.raises(Http404):
        get_conversation(place.user, engagement.conversation_id)
    assert people_in(engagement.conversation) == {world.amina.pk, world.bereket.pk}


def test_an_expert_stays_in_their_own_conversation_when_they_leave_the_team(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    place = add_member(actor=world.bereket, organisation=world.hospital, email=world.amina.email, role="counterpart")
    leave(world, place)
    assert world.amina.pk in people_in(engagement.conversation)


def test_who_has_left_meets_no_new_expert_when_they_were_the_focal_point(world: World) -> None:
    place = join(world, "eya@example.org")
    need = story.after_need_published(world, focal_point=place.user)
    leave(world, place)

    proposal = apply_for_need(actor=world.amina, need=need, message="I can help.")
    engagement = accept_proposal(actor=world.bereket, proposal=proposal)

    remind_both_sides(actor=world.chidi, engagement=engagement)

    assert people_in(proposal.conversation) == {world.amina.pk, world.bereket.pk}
    assert engagement.focal_point == world.bereket
    told = Notification.objects.filter(verb="engagements.engagement.reminded")
    assert {row.user_id for row in told} == {world.amina.pk, world.bereket.pk}


def test_whoever_accepts_can_talk_when_they_are_not_the_focal_point(world: World) -> None:
    place = join(world, "eya@example.org")
    proposal = story.after_proposal_sent(world)
    engagement = accept_proposal(actor=place.user, proposal=proposal)
    assert people_in(engagement.conversation) == {world.amina.pk, world.bereket.pk, place.user_id}


def test_the_last_owner_stays_when_what_was_read_of_the_team_is_old(world: World) -> None:
    place = join(world, "eya@example.org")
    seen_as_poster = Membership.objects.get(pk=place.pk)
    own = Membership.objects.get(organisation=world.hospital, user=world.bereket)
    change_member_role(actor=world.bereket, organisation=world.hospital, membership=place, role="owner")
    leave(world, own)
    with pytest.raises(Invalid):
        remove_member(actor=place.user, organisation=world.hospital, membership=seen_as_poster)
    with pytest.raises(Conflict):
        change_member_role(actor=place.user, organisation=world.hospital, membership=own, role="poster")


def test_nobody_learns_who_uses_an_address_when_their_organisation_is_not_verified(world: World) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    answers = []
    for email in (world.amina.email, "nobody@example.org"):
        with pytest.raises(Invalid) as refusal:
            add_member(actor=world.dana, organisation=clinic, email=email, role="poster")
        answers.append(refusal.value.fields)
    assert answers[0] == answers[1]
    assert Membership.objects.filter(organisation=clinic).count() == 1


# ── Standing ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_work_freezes_when_the_organisation_is_suspended_and_goes_on_when_it_is_verified_again(world: World) -> None:
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    engagement = story.after_engagement_started(world)
    held = supervision.hold_engagement(actor=world.chidi, engagement=story.after_proposal_accepted(world, title="Held"))
    waiting = story.after_proposal_sent(world, title="Another")

    suspend_organisation(actor=world.chidi, organisation=world.hospital, reason="Not who they say.")

    assert Proposal.objects.get(pk=waiting.pk).state == "cancelled"
    assert Conversation.objects.get(pk=engagement.conversation_id).state == "paused"
    told = Notification.objects.filter(user=world.amina, verb="engagements.engagement.frozen")
    assert {row.params["need"] for row in told} == {engagement.need.title}

    Organisation.objects.filter(pk=world.hospital.pk).update(state="applied")
    story.after_verification(world, world.hospital)

    assert Conversation.objects.get(pk=engagement.conversation_id).state == "open"
    assert Conversation.objects.get(pk=held.conversation_id).state == "paused"


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def card_of(client: Client, proposal: Proposal) -> dict[str, object]:
    card: dict[str, object] = client.get(f"/proposals/{proposal.reference}/").context["card"]
    return card


def test_an_invitation_nobody_accepted_shows_nobody_when_the_expert_has_paused(
    world: World, as_person: Callable[..., Client]
) -> None:
    need = story.after_need_published(world)
    proposal = invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help us?")
    bereket, chidi = as_person(world.bereket), as_person(world.chidi)
    assert card_of(bereket, proposal)["headline"] == "Cardiologist"
    pause_profile(actor=world.amina, profile=world.profile)
    assert card_of(bereket, proposal) == {}
    assert card_of(chidi, proposal)["headline"] == "Cardiologist"
    decline_proposal(actor=world.amina, proposal=proposal, reason="no_time")
    assert card_of(bereket, proposal) == {}


def test_an_applicant_is_known_until_the_organisation_is_not_trusted(
    world: World, as_person: Callable[..., Client]
) -> None:
    proposal = story.after_proposal_sent(world)
    pause_profile(actor=world.amina, profile=world.profile)
    bereket = as_person(world.bereket)
    assert card_of(bereket, proposal)["headline"] == "Cardiologist"
    suspend_organisation(actor=world.chidi, organisation=world.hospital, reason="Not who they say.")
    assert card_of(bereket, proposal) == {}


# ── Holds ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("phase", ["agreeing", "under way"])
def test_no_side_moves_an_engagement_when_it_is_on_hold(world: World, phase: str) -> None:
    begin = story.after_proposal_accepted if phase == "agreeing" else story.after_engagement_started
    engagement = supervision.hold_engagement(actor=world.chidi, engagement=begin(world))
    moves = (
        agreements.agree_engagement,
        work.start_engagement,
        partial(pause_engagement, until=timezone.localdate() + timedelta(days=9), reason="absence"),
        work.resume_engagement,
        work.wrap_up_engagement,
        work.complete_engagement,
    )
    for move in moves:
        for person in (world.amina, world.bereket):
            with pytest.raises((Conflict, InvalidTransition)):
                move(actor=person, engagement=Engagement.objects.get(pk=engagement.pk))
    with pytest.raises(NotAllowed):
        supervision.release_engagement(actor=world.amina, engagement=engagement)
    assert Engagement.objects.get(pk=engagement.pk).state == "on_hold_safeguarding"


# ── Locks ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def statements(act: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured]


def test_the_person_is_locked_before_the_profile_when_both_change(world: World) -> None:
    """Whoever sends a proposal locks in this order; the other way round the two would wait for each other."""

    def locked(act: Callable[[], object]) -> list[str]:
        locks = [statement for statement in statements(act) if "FOR NO KEY UPDATE" in statement]
        return list(dict.fromkeys(statement.split('FROM "')[1].split('"')[0] for statement in locks))

    identity = {"full_name": "Amina", "headline": "C", "residence": "FR", "city": "", "origins": ["TN"]}
    giving = {"hours_per_month": 4, "modalities": ["remote"], "kinds": ["training"], "capacity": 2}
    giving |= {"audience": "organisations", "time_zone": "UTC", "availability": []}
    amina, profile = world.amina, world.profile
    order = ["accounts_user", "mentors_expertprofile"]
    assert locked(lambda: save_identity(actor=amina, profile=profile, **identity)) == order
    assert locked(lambda: save_giving(actor=amina, profile=profile, **giving)) == order


def test_profiles_are_locked_before_their_skills_change_when_concepts_are_merged(world: World) -> None:
    concepts = make_vocabulary()
    word, into = concepts["interpret-ecg"], concepts["grid-operation"]
    told = statements(lambda: merge_skill(actor=world.chidi, skill=word, into=into))
    locks = [n for n, sql in enumerate(told) if "mentors_expertprofile" in sql and "FOR NO KEY UPDATE" in sql]
    writes = [n for n, sql in enumerate(told) if sql.startswith('UPDATE "mentors_profileskill"')]
    assert writes
    assert min(locks) < min(writes)
