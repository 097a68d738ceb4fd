"""What a block ends between an expert and an institution."""

import pytest

from diaspora_net.accounts.actions.blocks import block_person, unblock_person
from diaspora_net.core.errors import Conflict
from diaspora_net.core.models import AuditEntry
from engagements.actions.proposals import accept_proposal, apply_for_need, invite_expert
from engagements.models import Proposal
from engagements.queries.recommendations import experts_for_need, needs_for_expert
from messaging.models import Notification
from tests import world as story
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["amina", "bereket"])
def test_open_proposal_ends_without_a_reason_when_one_blocks_the_other(who: str, world: World) -> None:
    proposal = story.after_proposal_sent(world)
    blocker, blocked = (world.amina, world.bereket) if who == "amina" else (world.bereket, world.amina)
    Notification.objects.all().delete()
    block_person(actor=blocker, person=blocked)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.conversation.state) == ("cancelled", "closed")
    [entry] = AuditEntry.objects.filter(verb="engagements.proposal.cancelled")
    assert entry.actor is None
    assert [news.user for news in Notification.objects.all()] == [blocked]
    with pytest.raises(Conflict):
        accept_proposal(actor=world.bereket, proposal=proposal)


@pytest.mark.parametrize("who", ["amina", "bereket"])
def test_neither_is_shown_to_the_other_when_blocked(who: str, world: World) -> None:
    need = story.after_need_published(world)
    pair = (world.amina, world.bereket) if who == "amina" else (world.bereket, world.amina)

    def shown() -> tuple[list[object], list[object]]:
        experts = [one.profile for one in experts_for_need(world.bereket, need)]
        needs = [one.need for one in needs_for_expert(world.amina, world.profile)]
        return experts, needs

    assert shown() == ([world.profile], [need])
    block_person(actor=pair[0], person=pair[1])
    assert shown() == ([], [])
    with pytest.raises(Conflict):
        apply_for_need(actor=world.amina, need=need, message="I would like to help.")
    with pytest.raises(Conflict):
        invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help us?")
    assert not Proposal.objects.exists()
    unblock_person(actor=pair[0], person=pair[1])
    assert shown() == ([world.profile], [need])


def test_coordinator_learns_that_not_why_when_work_is_under_way(world: World) -> None:
    story.after_engagement_started(world)
    Notification.objects.all().delete()
    block_person(actor=world.amina, person=world.bereket)
    [news] = Notification.objects.all()
    assert news.user == world.chidi
    assert "Amina" not in str(news.params) + news.text
