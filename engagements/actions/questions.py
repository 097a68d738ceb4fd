"""The third answer to a proposal: ask the sender something first. The clock then runs for the sender."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import receivers_of, senders_of, tell_about_proposal
from engagements.actions.reply_clocks import fresh_clock
from engagements.models import Proposal, ProposalQuestion
from engagements.rules import work as rules
from engagements.states import PROPOSAL_TRANSITIONS, ProposalState
from engagements.states.clocks import WaitingKind

MAX_QUESTION, MAX_ANSWER = 500, 1000
# More belongs into a conversation, which a yes opens.
MOST_QUESTIONS = 3


@transaction.atomic
def ask_sender(*, actor: User, proposal: Proposal, text: str) -> ProposalQuestion:
    """Ask who sent the proposal before saying yes or no; it waits for them from now on.

    Raises NotAllowed unless ``actor`` is on the receiving side, Invalid for the text, Conflict when it was answered,
    a question is open or three were asked. Effects: question, state with a new clock, audit entry, news.
    """
    if not rules.can_answer_proposal(actor, proposal):
        raise NotAllowed(_("Only the side that was asked answers a proposal."))
    question = _clean(text, MAX_QUESTION, "text")
    if lock(proposal).state == ProposalState.INFO_REQUESTED:
        raise Conflict(_("Your question waits for its answer already."))
    if proposal.questions.count() >= MOST_QUESTIONS:
        raise Conflict(_("You have asked three questions. Say yes to go on talking: nothing is binding yet."))
    _move(proposal, ProposalState.INFO_REQUESTED)
    asked = ProposalQuestion.objects.create(proposal=proposal, text=question, asked_by=actor)
    audit.record(actor=actor, verb="engagements.proposal.info_requested", obj=proposal, question=asked.pk)
    tell_about_proposal(
        people=senders_of(proposal),
        proposal=proposal,
        verb="info_requested",
        event=f"info_requested:{asked.pk}",
        text=gettext_noop("A question about your proposal for “%(need)s”. Answer it, and they can decide."),
    )
    return asked


@transaction.atomic
def answer_question(*, actor: User, proposal: Proposal, text: str) -> ProposalQuestion:
    """Answer the open question about one's own proposal; it waits for the other side again.

    Raises NotAllowed unless ``actor`` is on the sending side, Invalid for the text, Conflict when no question is open.
    Effects: answer, state with a new clock, audit entry, news.
    """
    if not rules.can_withdraw_proposal(actor, proposal):
        raise NotAllowed(_("Only the side that sent a proposal answers questions about it."))
    answer = _clean(text, MAX_ANSWER, "text")
    if lock(proposal).state != ProposalState.INFO_REQUESTED:
        raise Conflict(_("There is no question to answer."))
    question = proposal.questions.get(answered_at__isnull=True)
    ProposalQuestion.objects.filter(pk=question.pk).update(answer=answer, answered_by=actor, answered_at=timezone.now())
    _move(proposal, ProposalState.VIEWED)
    audit.record(actor=actor, verb="engagements.proposal.info_given", obj=proposal, question=question.pk)
    tell_about_proposal(
        people=receivers_of(proposal),
        proposal=proposal,
        verb="info_given",
        event=f"info_given:{question.pk}",
        text=gettext_noop("Your question about “%(need)s” is answered. Yes or no, both help."),
    )
    question.refresh_from_db()
    return question


def _move(proposal: Proposal, to: ProposalState) -> None:
    """Change the state, and start the clock anew for the other side."""
    if to == ProposalState.INFO_REQUESTED:
        kind, side = WaitingKind.INFORMATION, rules.sender_side(proposal)
    else:
        kind, side = WaitingKind.REPLY, rules.receiver_side(proposal)
    clock = fresh_clock(kind, side, need=proposal.need, expert=proposal.expert, now=timezone.now())
    advance(proposal, to, PROPOSAL_TRANSITIONS, **clock)


def _clean(text: str, most: int, field: str) -> str:
    cleaned = text.strip()
    if not cleaned or len(cleaned) > most:
        problem = _("Write up to %(limit)s characters.") % {"limit": most}
        raise Invalid(problem, fields={field: problem})
    return cleaned
