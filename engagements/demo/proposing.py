"""How the proposals of the story are sent, and what becomes of those that lead to no work."""

from django.db import transaction

from diaspora_net.accounts.models import User
from engagements.actions import proposals as proposal_actions
from engagements.actions.questions import ask_sender
from engagements.actions.reply_clocks import end_reply
from engagements.demo.asking import open_need
from engagements.demo.cast import World
from engagements.demo.clock import at
from engagements.demo.shapes import Offer
from engagements.models import Proposal
from engagements.queries.waiting import waiting_step
from engagements.states import ProposalOrigin
from engagements.states.clocks import WaitingKind


def send(world: World, need: str, expert: str, origin: str, message: str) -> Proposal:
    """Send an application or an invitation at the story's present moment."""
    subject = open_need(world, need)
    if origin == ProposalOrigin.APPLICATION:
        return proposal_actions.apply_for_need(actor=world.people[expert], need=subject, message=message)
    profile = world.profiles[expert]
    profile.refresh_from_db()
    return proposal_actions.invite_expert(actor=subject.focal_point, need=subject, expert=profile, message=message)


def receiver(world: World, proposal: Proposal) -> User:
    """Return who answers for the side that was asked."""
    if proposal.origin == ProposalOrigin.APPLICATION:
        return proposal.need.focal_point
    return proposal.expert.user


def expire(proposal: Proposal) -> None:
    """Close a proposal to which no answer came."""
    step = waiting_step(WaitingKind.REPLY, proposal.pk, proposal.waiting_since)
    if step:
        with transaction.atomic():
            end_reply(step)


def offer(world: World, planned: Offer) -> None:
    """Play one proposal up to where it stands; what a full or a withdrawn need ends is left open here."""
    with at(world.calendar.ago(planned.sent)):
        proposal = send(world, planned.need, planned.expert, planned.origin, planned.message)
    if planned.fate == "expired":
        with at(world.calendar.ago(planned.sent) + (proposal.expires_at - proposal.sent_at)):
            expire(proposal)
    if planned.answered is None:
        return
    with at(world.calendar.ago(planned.answered)):
        if planned.fate == "withdrawn":
            proposal_actions.withdraw_proposal(actor=proposal.sent_by, proposal=proposal)
            return
        actor = receiver(world, proposal)
        proposal = proposal_actions.view_proposal(actor=actor, proposal=proposal)
        if planned.question:
            ask_sender(actor=actor, proposal=proposal, text=planned.question)
        if planned.fate == "declined":
            proposal_actions.decline_proposal(actor=actor, proposal=proposal, reason=planned.reason, note=planned.note)
