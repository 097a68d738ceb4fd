"""Sending, answering and closing proposals: what is refused writes nothing, what closes tells everybody kindly."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from diaspora_net.accounts.actions.organisations import add_member, change_organisation
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed, SlowDown
from diaspora_net.core.models import AuditEntry
from engagements.actions.ending import close_proposals_of
from engagements.actions.needs import pause_need
from engagements.actions.pace import DAILY_PROPOSALS
from engagements.actions.proposals import (
    accept_proposal,
    apply_for_need,
    decline_proposal,
    invite_expert,
    view_proposal,
    withdraw_proposal,
)
from engagements.models import Need, Proposal
from engagements.payloads.working_days import after_working_days
from engagements.queries.proposals import waiting_for
from mentors.actions.profiles import pause_profile
from mentors.models import ExpertProfile
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.factories import make_expert, make_person
from tests.world import World

pytestmark = pytest.mark.django_db


def second_expert(name: str = "Bilal Haddad", **values: object) -> ExpertProfile:
    user = make_person(f"{name.split()[0].lower()}@example.org", name, join_role="expert")
    return make_expert(user, skills={"interpret-ecg": (3, 6), "cardiology": (3, 6)}, **values)


def apply(actor: User, need: Need, message: str = "I can help.") -> Proposal:
    return apply_for_need(actor=actor, need=need, message=message)


def news_of(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("verb", flat=True))


def test_it_waits_with_a_conversation_and_frozen_reasons_when_an_expert_applies(world: World) -> None:
    proposal = story.after_proposal_sent(world)

    assert (proposal.state, proposal.origin) == ("sent", "application")
    assert proposal.explanation["reasons"]
    in_ten_days = after_working_days(proposal.sent_at, 10, "TN", ZoneInfo("Africa/Tunis"))
    assert proposal.expires_at == in_ten_days
    conversation = proposal.conversation
    assert conversation.state == "proposed"
    assert {person.user_id for person in conversation.participants.all()} == {world.amina.pk, world.bereket.pk}
    assert conversation.messages.get().text == "I have trained nurses for twelve years."
    assert news_of(world.bereket)[-1] == "engagements.proposal.sent"
    assert waiting_for(world.bereket).proposals == [proposal]
    assert not waiting_for(world.amina).proposals


def test_a_colleague_who_invites_is_in_the_conversation_when_not_the_focal_point(world: World) -> None:
    colleague = make_person("eya@example.org", "Eya Trabelsi")
    add_member(actor=world.bereket, organisation=world.hospital, email="eya@example.org", role="poster")
    need = story.after_need_published(world)

    proposal = invite_expert(actor=colleague, need=need, expert=world.profile, message="Would you help us?")

    people = {person.user_id for person in proposal.conversation.participants.all()}
    assert people == {world.amina.pk, world.bereket.pk, colleague.pk}
    assert waiting_for(world.amina).proposals == [proposal]


def test_sending_is_refused_without_a_trace_when_something_is_wrong(world: World) -> None:
    need = story.after_need_published(world)
    draft = story.after_need_drafted(world)
    with refused(Invalid):
        apply(world.amina, need, "   ")
    with refused(Invalid):
        apply(world.amina, need, "x" * 1001)
    with refused(NotAllowed):
        apply(world.dana, need)
    with refused(NotAllowed):
        invite_expert(actor=world.dana, need=need, expert=world.profile, message="Hello")
    with refused(Conflict):
        apply(world.amina, draft)
    add_member(actor=world.bereket, organisation=world.hospital, email=world.amina.email, role="counterpart")
    with refused(NotAllowed):
        apply(world.amina, need)
    with refused(NotAllowed):
        invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Hello")


def test_an_expert_nobody_may_find_is_not_invited_when_somebody_has_the_address(world: World) -> None:
    need = story.after_need_published(world)
    pause_profile(actor=world.amina, profile=world.profile)
    with refused(NotAllowed):
        invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Hello")
    with refused(NotAllowed):
        apply(world.amina, need)


def test_a_second_one_is_refused_when_a_live_one_stands_between_them(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    with refused(Conflict):
        apply(world.amina, proposal.need)
    with refused(Conflict):
        invite_expert(actor=world.bereket, need=proposal.need, expert=world.profile, message="Hello")
    withdraw_proposal(actor=world.amina, proposal=proposal)
    assert apply(world.amina, proposal.need).state == "sent"


def test_the_sender_is_slowed_down_when_twenty_went_out_today(world: World) -> None:
    need = story.after_need_published(world)
    for _turn in range(DAILY_PROPOSALS):
        withdraw_proposal(actor=world.amina, proposal=apply(world.amina, need))
    with refused(SlowDown):
        apply(world.amina, need)
    Proposal.objects.filter(pk__in=Proposal.objects.values("pk")[:1]).update(
        sent_at=timezone.now() - timedelta(hours=25)
    )
    assert apply(world.amina, need).state == "sent"


def test_only_the_receiver_marks_it_seen_when_the_page_is_opened(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    assert view_proposal(actor=world.amina, proposal=proposal).state == "sent"
    assert view_proposal(actor=world.chidi, proposal=proposal).state == "sent"
    assert view_proposal(actor=world.bereket, proposal=proposal).state == "viewed"
    entries = AuditEntry.objects.count()
    view_proposal(actor=world.bereket, proposal=proposal)
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_only_the_receiver_answers_when_others_try(world: World, answer: str) -> None:
    proposal = story.after_proposal_sent(world)

    def act(actor: User) -> object:
        if answer == "accept":
            return accept_proposal(actor=actor, proposal=proposal)
        return decline_proposal(actor=actor, proposal=proposal, reason="no_time")

    for person in (world.amina, world.chidi, world.dana):
        with refused(NotAllowed):
            act(person)


def test_only_the_sender_takes_it_back_when_others_try(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    for person in (world.bereket, world.chidi, world.dana):
        with refused(NotAllowed):
            withdraw_proposal(actor=person, proposal=proposal)


def test_an_engagement_keeps_the_conversation_when_it_is_accepted(world: World) -> None:
    engagement = story.after_proposal_accepted(world)

    assert engagement.state == "agreeing"
    assert engagement.conversation_id == engagement.proposal.conversation_id
    assert engagement.conversation.state == "open"
    assert (engagement.kind, engagement.modality, engagement.hours_planned) == ("training", "remote", 12)
    assert engagement.goal == engagement.need.deliverable
    assert engagement.proposal.state == "converted"
    assert (engagement.need.state, engagement.need.places_taken) == ("filled", 1)
    assert ExpertProfile.objects.get(pk=world.profile.pk).open_engagements == 1
    assert news_of(world.amina)[-1] == "engagements.proposal.accepted"


def test_accepting_is_refused_without_a_trace_when_it_comes_too_late(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    pause_need(actor=world.bereket, need=proposal.need)
    with refused(Conflict):
        accept_proposal(actor=world.bereket, proposal=proposal)
    withdraw_proposal(actor=world.amina, proposal=proposal)
    with refused(InvalidTransition):
        accept_proposal(actor=world.bereket, proposal=proposal)


def test_accepting_is_refused_without_a_trace_when_the_organisation_has_a_new_name(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    change_organisation(actor=world.bereket, organisation=world.hospital, name="Clinique privée de Jendouba")
    with refused(Conflict):
        accept_proposal(actor=world.bereket, proposal=Proposal.objects.get())
    assert Proposal.objects.get(pk=proposal.pk).state == "sent"


def test_accepting_is_refused_without_a_trace_when_the_expert_is_full(world: World) -> None:
    expert = second_expert(capacity=1)
    first, second = (story.after_need_published(world) for _turn in range(2))
    proposals = [apply(expert.user, need) for need in (first, second)]
    accept_proposal(actor=world.bereket, proposal=proposals[0])
    with refused(Conflict):
        accept_proposal(actor=world.bereket, proposal=proposals[1])
    assert Proposal.objects.get(pk=proposals[1].pk).state == "sent"


def test_the_others_are_superseded_kindly_when_the_last_place_is_taken(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    other = second_expert()
    sibling = apply(other.user, proposal.need)

    accept_proposal(actor=world.bereket, proposal=proposal)

    sibling.refresh_from_db()
    assert sibling.state == "superseded"
    assert sibling.conversation.state == "closed"
    news = Notification.objects.filter(user=other.user).latest("pk")
    assert news.verb == "engagements.proposal.superseded"
    assert "Thank you" in news.text


def test_the_others_go_on_waiting_when_places_are_left(world: World) -> None:
    proposal = story.after_proposal_sent(world, places=2)
    sibling = apply(second_expert().user, proposal.need)
    accept_proposal(actor=world.bereket, proposal=proposal)
    sibling.refresh_from_db()
    assert sibling.state == "sent"
    assert Need.objects.get().state == "in_engagement"


def test_declining_stays_private_when_the_sender_is_told(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    with refused(Invalid):
        decline_proposal(actor=world.bereket, proposal=proposal, reason="because")

    decline_proposal(actor=world.bereket, proposal=proposal, reason="wrong_level", note="Too senior")

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decline_reason, proposal.conversation.state) == (
        "declined",
        "wrong_level",
        "closed",
    )
    news = Notification.objects.filter(user=world.amina).latest("pk")
    assert "Too senior" not in f"{news.text}{news.params}"
    assert "wrong_level" not in f"{news.text}{news.params}"


def test_open_ones_are_cancelled_when_the_need_closes(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    answered = apply(second_expert().user, proposal.need)
    decline_proposal(actor=world.bereket, proposal=answered, reason="no_time")

    assert close_proposals_of(actor=world.bereket, need=proposal.need) == 1
    assert close_proposals_of(actor=world.bereket, need=proposal.need) == 0

    proposal.refresh_from_db()
    answered.refresh_from_db()
    assert (proposal.state, answered.state) == ("cancelled", "declined")
