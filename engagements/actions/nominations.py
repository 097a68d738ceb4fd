"""Nominations: a coordinator brings an expert and a need together, and both sides must agree.

The expert is asked first. Only after their yes does the institution learn of it, so nobody is shown who did not agree.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from diaspora_net.accounts.rules import is_member
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import receivers_of, talkers_of, tell_about_proposal
from engagements.actions.pace import check_reading
from engagements.actions.proposals import accept_proposal
from engagements.actions.reply_clocks import fresh_clock
from engagements.actions.sending import send_proposal
from engagements.models import Engagement, Need, Proposal
from engagements.rules import work as rules
from engagements.rules.needs import can_answer_needs, is_open
from engagements.states import PROPOSAL_TRANSITIONS, ProposalOrigin, ProposalState, Side
from engagements.states.clocks import WaitingKind
from mentors.models import ExpertProfile
from messaging.actions.conversations import add_participant


@transaction.atomic
def nominate_expert(*, actor: User, need: Need, expert: ExpertProfile, message: str, note: str = "") -> Proposal:
    """Ask an expert, as a coordinator, whether they would take on a need; ``note`` says to both sides why.

    Raises NotAllowed unless ``actor`` coordinates the need's country and belongs to neither side; else see
    ``send_proposal`` for effects and refusals.
    """
    if not rules.can_nominate(actor, need) or expert.user_id == actor.pk:
        raise NotAllowed(_("Only a coordinator of this country, who is on neither side, nominates experts."))
    if is_member(expert.user, need.organisation):
        raise NotAllowed(_("This expert belongs to the organisation."))
    origin = ProposalOrigin.NOMINATION
    return send_proposal(actor=actor, need=need, profile=expert, origin=origin, message=message, note=note)


@transaction.atomic
def agree_to_nomination(*, actor: User, proposal: Proposal) -> Proposal:
    """Say yes as the nominated expert; the institution is asked now, with a clock of its own.

    Raises NotAllowed for anybody else, Conflict when it was answered before, the need is not open or the expert not
    free. Effects: state and clock, who talks for the institution joins the conversation (in a pathway when it accepts),
    audit entry, news.
    """
    if not rules.is_nominee(actor, proposal):
        raise NotAllowed(_("Only the expert who was nominated answers first."))
    lock(actor)
    need, profile = lock(proposal.need), lock(proposal.expert)
    if lock(proposal).expert_agreed_at:
        raise Conflict(_("You have said yes already. Now the institution answers."))
    if not is_open(need) or are_apart(profile.user, talkers_of(need)):
        raise Conflict(_("This need is not open at present, or all its places are taken."))
    if not can_answer_needs(profile):
        raise Conflict(_("You have no free place at present. Raise your capacity in your profile to take this on."))
    check_reading(need, ProposalOrigin.APPLICATION)
    now = timezone.now()
    proposal = advance(
        proposal,
        ProposalState.SENT,
        PROPOSAL_TRANSITIONS,
        expert_agreed_at=now,
        viewed_at=None,
        **fresh_clock(WaitingKind.REPLY, Side.INSTITUTION, need=need, expert=profile, now=now),
    )
    proposal.questions.filter(answered_at__isnull=True).delete()
    for person in [] if need.is_pathway else talkers_of(need):
        add_participant(conversation=proposal.conversation, user=person)
    audit.record(actor=actor, verb="engagements.proposal.expert_agreed", obj=proposal)
    tell_about_proposal(
        people=receivers_of(proposal),
        proposal=proposal,
        verb="nominated",
        text=gettext_noop("A coordinator suggests an expert for “%(need)s”, who would do it. Yes or no, both help."),
    )
    tell_about_proposal(
        people=[proposal.sent_by],
        proposal=proposal,
        verb="expert_agreed",
        text=gettext_noop("The expert you nominated for “%(need)s” said yes. Now %(organisation)s answers."),
    )
    return proposal


def say_yes(*, actor: User, proposal: Proposal) -> Proposal | Engagement:
    """Accept a proposal, or agree to a nomination when ``actor`` is the expert who is asked first."""
    if rules.is_nominee(actor, proposal):
        return agree_to_nomination(actor=actor, proposal=proposal)
    return accept_proposal(actor=actor, proposal=proposal)
