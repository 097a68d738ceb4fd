"""What a proposal asks: yes, no or a question of the side that was asked; an answer of a sender who was asked back."""

from django.http import Http404
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from engagements.models import Proposal
from engagements.payloads.answer_links import Asked, Facts
from engagements.queries.proposals import get_proposal
from engagements.rules.work import is_nominee, knows_expert, proposal_side, receiver_side, sender_side
from engagements.states import OPEN_PROPOSAL_STATES, ProposalOrigin, ProposalState, Side
from engagements.states.answers import Purpose
from mentors.payloads import profile_card

FIRST_CHARACTERS = 300


def asked_proposal(user: User, reference: str, *, is_named: bool) -> Asked | None:
    """Return what the proposal asks of ``user``. Queries: at most 6, and those of the expert's card."""
    try:
        proposal = get_proposal(user, reference)
    except Http404:
        return None
    side = proposal_side(user, proposal)
    other = proposal.expert.user if side == Side.INSTITUTION else proposal.sent_by
    if side is None or are_apart(user, [other]):
        return None
    questions = list(proposal.questions.all())
    is_ours = proposal.state in OPEN_PROPOSAL_STATES
    purposes: tuple[Purpose, ...] = ()
    if is_ours and side == receiver_side(proposal):
        purposes = (Purpose.ACCEPT, Purpose.DECLINE)
        if proposal.state != ProposalState.INFO_REQUESTED:
            purposes = (Purpose.ACCEPT, Purpose.ASK, Purpose.DECLINE)
    elif is_ours and is_named and proposal.state == ProposalState.INFO_REQUESTED and side == sender_side(proposal):
        purposes = (Purpose.INFORM,)
    facts = _facts(user, proposal, is_named=is_named)
    if Purpose.INFORM in purposes:
        facts = ((str(_("Question")), questions[-1].text),)
    return Asked(
        key=f"proposal:{reference}",
        thing=proposal,
        stamp=str(len(questions) + sum(question.answered_at is not None for question in questions)),
        words=_words(proposal, is_question=Purpose.INFORM in purposes, is_named=is_named),
        facts=facts,
        purposes=purposes,
        page=reverse("engagements:proposal", args=[reference]),
        locks=(proposal.need, proposal.expert, proposal),
        values={"may_pause": proposal.expert.user_id == user.pk, "is_nominee": is_nominee(user, proposal)},
    )


def _words(proposal: Proposal, *, is_question: bool, is_named: bool) -> str:
    names = {"need": proposal.need.title, "organisation": proposal.need.organisation.name}
    if is_question:
        return _("They would like to know more about your proposal for “%(need)s”.") % names
    told, neutral = {
        ProposalOrigin.APPLICATION: (
            _("An expert offers to help with “%(need)s”."),
            _("An expert offers to help with one of your needs."),
        ),
        ProposalOrigin.INVITATION: (
            _("%(organisation)s asks for your help: “%(need)s”."),
            _("An institution asks for your help."),
        ),
        ProposalOrigin.NOMINATION: (
            _("A coordinator suggests an expert for “%(need)s”, who would do it."),
            _("A coordinator suggests an expert for one of your needs."),
        )
        if proposal.expert_agreed_at
        else (
            _("A coordinator thinks that you can help %(organisation)s: “%(need)s”."),
            _("A coordinator thinks that you can help an institution."),
        ),
    }[ProposalOrigin(proposal.origin)]
    return told % names if is_named else neutral


def _facts(user: User, proposal: Proposal, *, is_named: bool) -> Facts:
    need = proposal.need
    work = _("%(hours)s h · %(how)s") % {"hours": need.hours, "how": need.get_modality_display()}
    facts = [(str(_("The work")), f"{need.get_kind_display()} · {work}")]
    facts.append((str(_("Answer by")), formats.date_format(proposal.expires_at.astimezone(user.zone), "DATE_FORMAT")))
    if not is_named:
        return tuple(facts)
    if proposal.expert.user_id != user.pk:
        card = profile_card(user, proposal.expert, is_counterpart=knows_expert(user, proposal))
        who = [str(card[name]) for name in ("name", "headline") if card.get(name)]
        facts.append((str(_("The expert")), " · ".join(who)))
    message = proposal.message
    if len(message) > FIRST_CHARACTERS:
        message = message[:FIRST_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return (*((label, text) for label, text in facts if text), (str(_("The message")), message))
