"""Two acts about one proposal meet: in either order, and at the same moment, the end is one that both may have.

Whoever comes second is refused or finds nothing to do; the sums, the conversation and the audit agree with the end.
"""

from collections.abc import Callable
from itertools import combinations

import pytest
from django.db import transaction

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.actions.people import suspend_person
from diaspora_net.accounts.actions.verification import suspend_organisation
from diaspora_net.core.errors import DomainError
from diaspora_net.core.models import AuditEntry
from engagements.actions import closing, needs
from engagements.actions.proposals import accept_proposal, decline_proposal, withdraw_proposal
from engagements.actions.questions import ask_sender
from engagements.actions.waiting_ends import end_waiting
from engagements.models import Engagement, Need, Proposal
from mentors.actions.profiles import pause_profile
from mentors.models import ExpertProfile
from tests import world as story
from tests.engagements.work.days import let_proposals_run_out
from tests.threads import at_once
from tests.world import World, make_world


def expire() -> object:
    let_proposals_run_out()
    return end_waiting()


# Each act reads its object anew, as a request does.
ACTS: dict[str, Callable[[World], object]] = {
    "accept": lambda world: accept_proposal(actor=world.bereket, proposal=Proposal.objects.get()),
    "decline": lambda world: decline_proposal(actor=world.bereket, proposal=Proposal.objects.get(), reason="no_time"),
    "ask": lambda world: ask_sender(actor=world.bereket, proposal=Proposal.objects.get(), text="How many nurses?"),
    "withdraw": lambda world: withdraw_proposal(actor=world.amina, proposal=Proposal.objects.get()),
    "expire": lambda world: expire(),
    "block": lambda world: block_person(actor=world.amina, person=world.bereket),
    "close the need": lambda world: closing.close_need(actor=world.bereket, need=Need.objects.get(), result="not_met"),
    "withdraw the need": lambda world: closing.withdraw_need(actor=world.bereket, need=Need.objects.get()),
    "pause the need": lambda world: needs.pause_need(actor=world.bereket, need=Need.objects.get()),
    "pause the profile": lambda world: pause_profile(actor=world.amina, profile=world.profile),
    "suspend the expert": lambda world: suspend_person(actor=None, user=world.amina, reason="A complaint is checked."),
    "suspend the hospital": lambda world: suspend_organisation(
        actor=world.chidi, organisation=world.hospital, reason="A complaint is checked."
    ),
}
PAIRS = list(combinations(ACTS, 2))
ENDS = {"accept", "withdraw", "block", "close the need"}


def try_to(name: str, world: World) -> object:
    try:
        with transaction.atomic():
            return ACTS[name](world)
    except DomainError as refusal:
        return refusal


def check_end(world: World) -> None:
    """Check that whatever the end is, everything agrees on it."""
    proposal = Proposal.objects.select_related("conversation", "need").get()
    need, profile = proposal.need, ExpertProfile.objects.get(pk=world.profile.pk)
    accepted = proposal.state == "converted"
    assert Engagement.objects.count() == accepted
    running = Engagement.objects.exclude(state__in=["cancelled", "ended_early"]).count()
    assert need.places_taken == running
    assert profile.open_engagements == running
    if need.state in {"closed", "withdrawn"}:
        assert proposal.state not in {"sent", "viewed", "info_requested"}, "a closed need still asks for an answer"
    if not accepted and proposal.state not in {"sent", "viewed", "info_requested"}:
        assert proposal.conversation.state == "closed"
        assert proposal.answered_at is not None
    verbs = AuditEntry.objects.filter(verb__startswith="engagements.proposal.").values_list("verb", flat=True)
    ends = [verb.rsplit(".")[-1] for verb in verbs]
    final = {"accepted", "declined", "withdrawn", "expired", "cancelled", "superseded"}
    assert sum(end in final for end in ends) == (proposal.state not in {"sent", "viewed", "info_requested"}), ends


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "second"), [pair for one in PAIRS for pair in (one, one[::-1])])
def test_the_end_is_legal_when_one_comes_after_the_other(world: World, first: str, second: str) -> None:
    story.after_proposal_sent(world)
    try_to(first, world)
    try_to(second, world)
    check_end(world)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("one", "other"), [pair for pair in PAIRS if "accept" in pair or ENDS.issuperset(pair)])
def test_the_end_is_legal_when_both_come_at_once(transactional_db: None, one: str, other: str) -> None:
    world = make_world()
    story.after_proposal_sent(world)
    at_once([lambda: ACTS[one](world), lambda: ACTS[other](world)])
    check_end(world)
