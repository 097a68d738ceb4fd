"""Close the proposals that still wait, one by one or all of a need: none of them is left without an end."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import close_conversation, tell_about_proposal
from engagements.models import Need, Proposal
from engagements.states import OPEN_PROPOSAL_STATES, PROPOSAL_TRANSITIONS, ProposalState


def close_proposals_of(*, actor: User | None, need: Need) -> int:
    """Cancel the open proposals of a need that closes; the caller holds the need's lock. Return how many.

    Effects for each: state, conversation closed, audit entry, news for the expert.
    """
    return close_waiting(
        actor=actor,
        need=need,
        to=ProposalState.CANCELLED,
        text=gettext_noop("“%(need)s” is closed. Thank you for being there."),
    )


@transaction.atomic
def close_waiting(*, actor: User | None, need: Need, to: ProposalState, text: str) -> int:
    """Close the open proposals of a need and tell their experts ``text``; return how many. Effects as above."""
    waiting = Proposal.objects.filter(need=need, state__in=sorted(OPEN_PROPOSAL_STATES)).order_by("pk")
    closed = [proposal for proposal in waiting if close_if_open(actor=actor, proposal=proposal, to=to)]
    for proposal in closed:
        tell_about_proposal(people=[proposal.expert.user], proposal=proposal, verb=to.value, text=text)
    return len(closed)


def close_if_open(*, actor: User | None, proposal: Proposal, to: ProposalState) -> bool:
    """Close a proposal that still waits, and say whether it did. Effects: state, conversation closed, audit entry."""
    if lock(proposal).state not in OPEN_PROPOSAL_STATES:
        return False
    advance(proposal, to, PROPOSAL_TRANSITIONS, answered_at=timezone.now())
    close_conversation(proposal.conversation)
    audit.record(actor=actor, verb=f"engagements.proposal.{to.value}", obj=proposal)
    return True
