"""Nominations: the expert agrees first, then the institution, and nobody learns of a no they need not know of."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, NotAllowed
from engagements.actions.nominations import agree_to_nomination, nominate_expert
from engagements.actions.pace import DAILY_INVITATIONS
from engagements.actions.proposals import accept_proposal, decline_proposal, withdraw_proposal
from engagements.actions.questions import answer_question, ask_sender
from engagements.actions.reminders import remind_waiting
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Need, Proposal
from engagements.queries.needs import needs_of_organisation
from engagements.queries.proposals import get_proposal, offers_of, proposals_about, proposals_to_answer
from messaging.models import Notification
from messaging.queries.conversations import visible_conversations
from tests import world as story
from tests.engagements.work.days import later, run_out
from tests.engagements.work.days import told as waited
from tests.engagements.work.refusals import refused
from tests.world import World

pytestmark = pytest.mark.django_db
IMPOSSIBLE = ({"state": "converted"}, {"origin": "magic"}, {"origin": "invitation", "expert_agreed_at": timezone.now()})
SignIn = Callable[[User | None], Client]


def nominated(world: World, need: Need | None = None) -> Proposal:
    need = need or story.after_need_published(world)
    return nominate_expert(actor=world.chidi, need=need, expert=world.profile, message="I think of you.")


def told(person: User) -> list[str]:
    verbs = Notification.objects.filter(user=person, verb__startswith="engagements.proposal.").order_by("pk")
    return [verb.rpartition(".")[2] for verb in verbs.values_list("verb", flat=True)]


def test_the_institution_knows_nothing_until_the_expert_agrees(world: World) -> None:
    proposal = nominated(world)

    assert (told(world.amina), told(world.bereket)) == (["sent"], [])
    assert offers_of(world.amina).to_answer == [proposal] == list(proposals_to_answer(world.amina))
    assert get_proposal(world.chidi, proposal.reference) == proposal
    with pytest.raises(Http404):
        get_proposal(world.bereket, proposal.reference)
    assert proposals_about(proposal.need, is_coordinator=False) == []
    assert proposals_about(proposal.need, is_coordinator=True) == [proposal]
    assert list(visible_conversations(world.bereket)) == []
    assert [one.waiting for one in needs_of_organisation(world.bereket, world.hospital.reference)[1]] == [0]
    with refused(NotAllowed):
        accept_proposal(actor=world.bereket, proposal=proposal)
    with refused(NotAllowed):
        accept_proposal(actor=world.amina, proposal=proposal)
    with refused(NotAllowed):
        withdraw_proposal(actor=world.bereket, proposal=proposal)


def test_both_sides_read_first_why_the_coordinator_suggests_it(world: World, as_person: SignIn) -> None:
    need = story.after_need_published(world)
    url, why = f"/needs/{need.reference}/invite/{world.profile.reference}/", "She <trained> our nurses in 2024"
    assert as_person(world.chidi).post(url, {"message": "Hello", "note": "x" * 201}).status_code == 422
    assert as_person(world.chidi).post(url, {"message": "Hello", "note": f" {why} "}).status_code == 302
    proposal = agree_to_nomination(actor=world.amina, proposal=Proposal.objects.get())
    for person in (world.amina, world.bereket):
        page = as_person(person).get(f"/proposals/{proposal.reference}/").content.decode()
        first = page.split('<ul class="reasons"')[1].split("</li>")[0]
        assert "She &lt;trained&gt; our nurses in 2024" in first
        assert str(world.chidi) in first


def test_both_agree_and_it_becomes_an_engagement(world: World) -> None:
    proposal = agree_to_nomination(actor=world.amina, proposal=nominated(world))

    assert (proposal.state, proposal.expert_agreed_at is not None) == ("sent", True)
    assert (told(world.bereket), told(world.chidi)) == (["nominated"], ["expert_agreed"])
    assert list(proposals_to_answer(world.bereket)) == [proposal]
    assert offers_of(world.amina).sent == [proposal]
    assert [one.waiting for one in needs_of_organisation(world.bereket, world.hospital.reference)[1]] == [1]
    with refused(NotAllowed):
        agree_to_nomination(actor=world.amina, proposal=proposal)

    engagement = accept_proposal(actor=world.bereket, proposal=proposal)

    assert (engagement.expert, engagement.state) == (world.profile, "agreeing")
    assert told(world.amina)[-1] == told(world.chidi)[-1] == "accepted"
    people = {one.user for one in proposal.conversation.participants.all()}
    assert people == {world.amina, world.bereket}


def test_a_no_of_the_expert_stays_between_expert_and_coordinator(world: World) -> None:
    proposal = decline_proposal(actor=world.amina, proposal=nominated(world), reason="no_time")
    assert proposal.state == "declined"
    assert (told(world.bereket), told(world.chidi)) == ([], ["declined"])


def test_the_coordinator_answers_questions_and_may_take_it_back(world: World) -> None:
    proposal = nominated(world)
    ask_sender(actor=world.amina, proposal=proposal, text="Is it remote?")
    assert list(proposals_to_answer(world.chidi)) == [proposal]
    answer_question(actor=world.chidi, proposal=proposal, text="Yes.")
    proposal = agree_to_nomination(actor=world.amina, proposal=Proposal.objects.get())
    ask_sender(actor=world.bereket, proposal=proposal, text="How many hours?")
    answer_question(actor=world.amina, proposal=Proposal.objects.get(), text="Twelve.")
    withdraw_proposal(actor=world.chidi, proposal=Proposal.objects.get())
    assert told(world.amina)[-1] == told(world.bereket)[-1] == "withdrawn"


def test_each_side_has_a_clock_of_its_own(world: World) -> None:
    nominated(world)
    with later(5):
        remind_waiting()
        assert [news.user for news in waited("reply")] == [world.amina]
        agree_to_nomination(actor=world.amina, proposal=Proposal.objects.get())
    with later(12):
        assert (end_waiting(), remind_waiting()) == (0, 1)
        assert [news.user for news in waited("reply")] == [world.amina, world.bereket]
    with later(5):
        assert run_out(20) == 1
    assert told(world.amina)[-1] == told(world.bereket)[-1] == told(world.chidi)[-1] == "expired"


def test_who_may_not_nominate_is_refused_without_a_trace(world: World) -> None:
    need = story.after_need_published(world)
    for person in (world.amina, world.bereket, world.dana):
        with refused(NotAllowed):
            nominate_expert(actor=person, need=need, expert=world.profile, message="Hello")
    nominated(world, need)
    with refused(Conflict):
        nominated(world, need)
    assert Proposal.objects.count() == 1


def test_nominations_count_in_the_daily_limit_of_the_expert(world: World) -> None:
    for number in range(DAILY_INVITATIONS):
        nominated(world, story.after_need_published(world, title=f"Need {number}"))
    need = story.after_need_published(world, title="One too many")
    with refused(Conflict):
        nominated(world, need)


def test_the_database_wants_both_to_agree(world: World) -> None:
    proposal = nominated(world)
    for values in IMPOSSIBLE:
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(**values)


def test_pages_of_a_nomination(world: World, as_person: SignIn) -> None:
    need = story.after_need_published(world)
    address = reverse("engagements:need-invite", args=[need.reference, world.profile.reference])
    client = as_person(world.chidi)
    assert "Nominate" in client.get(address).content.decode()
    assert client.post(address, {"message": "Please."}).status_code == 302
    proposal = Proposal.objects.get()
    page = reverse("engagements:proposal", args=[proposal.reference])
    assert "The expert is asked first" in client.get(page).content.decode()
    assert as_person(world.bereket).get(page).status_code == 404
    expert = as_person(world.amina)
    assert "learns your name only when you accept" in expert.get(page).content.decode()
    accept = reverse("engagements:proposal-accept", args=[proposal.reference])
    assert expert.post(accept).headers["Location"] == page
    assert "Now the institution answers" in expert.get(page).content.decode()
    assert as_person(world.bereket).get(page).status_code == 200
