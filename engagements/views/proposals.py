"""Pages of proposals: an expert's offers, one proposal, and its answers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.models import User
from diaspora_net.core.forms import refusals_on
from engagements.actions import proposals as actions
from engagements.actions import questions
from engagements.actions.nominations import agree_to_nomination
from engagements.forms.work import DeclineForm, QuestionAnswerForm, QuestionForm
from engagements.models import Proposal, ProposalQuestion
from engagements.payloads import fit_line, reasons_in_words, skill_ids
from engagements.queries import proposals as queries
from engagements.rules import work as rules
from engagements.states import OPEN_PROPOSAL_STATES, Side
from mentors.payloads import profile_card
from mentors.queries.skills import skill_labels


@signed_in
def offers(request: SignedInRequest) -> HttpResponse:
    """List what an expert was asked and has offered."""
    return render(request, "engagements/offers.html", {"offers": queries.offers_of(request.user)})


@signed_in
def proposal(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a proposal to both sides and to the country's coordinators; opening it tells that it was seen."""
    found = queries.get_proposal(request.user, reference)
    found = actions.view_proposal(actor=request.user, proposal=found)
    return _shown(request, found)


def _shown(request: SignedInRequest, found: Proposal, form: Form | None = None) -> HttpResponse:
    """Render the page; a form that was refused comes back with what was typed, and status 422."""
    context = _proposal_page(request, found, form)
    return render(request, "engagements/proposal.html", context, status=422 if form else 200)


def _proposal_page(request: SignedInRequest, found: Proposal, form: Form | None) -> dict[str, Any]:
    viewer = request.user
    own_side = rules.proposal_side(viewer, found)
    side = own_side or Side.INSTITUTION
    match = queries.frozen_match(viewer, found)
    labels = skill_labels(skill_ids(match.reasons), get_language() or "en") if match else {}
    is_open = found.state in OPEN_PROPOSAL_STATES
    return {
        "proposal": found,
        "side": side,
        "is_watched": own_side is None and not found.need.is_pathway,
        "card": {} if side == Side.EXPERT else _card(viewer, found),
        "fit": fit_line(match) if match else None,
        "reasons": reasons_in_words(match, side=side, labels=labels, zone=viewer.zone) if match else [],
        "can_answer": is_open and rules.can_answer_proposal(viewer, found),
        "can_withdraw": is_open and rules.can_withdraw_proposal(viewer, found),
        "questions": queries.questions_of(found),
        "question_form": form or QuestionForm(),
        "answer_form": form or QuestionAnswerForm(),
        "usual_days": queries.usual_days(found) if is_open else None,
        "may_read_decline": found.state == "declined" and rules.can_read_decline(viewer, found),
        "is_side": own_side is not None,
        "is_open": is_open,
        "is_nominee": rules.is_nominee(viewer, found),
    }


def _card(viewer: User, found: Proposal) -> dict[str, Any]:
    if rules.is_anonymous(found) and rules.proposal_side(viewer, found) == Side.INSTITUTION:
        card = profile_card(viewer, found.expert, is_counterpart=True)
        kept = {name: card.get(name) for name in ("languages", "skills", "residence")}
        return {**kept, "name": _("A candidate")}
    return profile_card(viewer, found.expert, is_counterpart=rules.knows_expert(viewer, found))


@signed_in
@require_POST
def proposal_accept(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say yes; pressing twice leads to the same engagement."""
    found = queries.get_proposal(request.user, reference)
    if hasattr(found, "engagement"):
        return redirect("engagements:engagement", reference=found.engagement.reference)
    if rules.is_nominee(request.user, found):
        agree_to_nomination(actor=request.user, proposal=found)
        messages.success(request, _("Thank you. The institution is asked now; you are told what it says."))
        return redirect("engagements:proposal", reference=reference)
    engagement = actions.accept_proposal(actor=request.user, proposal=found)
    messages.success(request, _("You are introduced. Agree on the plan next."))
    return redirect("engagements:engagement", reference=engagement.reference)


@signed_in
def proposal_decline(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say no with a private reason."""
    found = queries.get_proposal(request.user, reference)
    may_pause = found.expert.user_id == request.user.pk
    form = DeclineForm(request.POST if request.method == "POST" else None, may_pause=may_pause)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.decline_proposal(actor=request.user, proposal=found, **form.cleaned_data)
            messages.success(request, _("Declined. The other side reads a kind standard text."))
            return redirect("engagements:proposal", reference=reference)
    context = {"form": form, "proposal": found}
    return render(request, "engagements/proposal_decline.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def proposal_ask(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask the sender something before answering."""
    told = _("Asked. You are told when they answer, and the time to reply starts anew.")
    return _write(request, reference, QuestionForm(request.POST), questions.ask_sender, told)


@signed_in
@require_POST
def proposal_inform(request: SignedInRequest, reference: str) -> HttpResponse:
    """Answer the question about one's own proposal."""
    told = _("Sent. It is their turn again.")
    return _write(request, reference, QuestionAnswerForm(request.POST), questions.answer_question, told)


def _write(
    request: SignedInRequest, reference: str, form: Form, act: Callable[..., ProposalQuestion], told: str
) -> HttpResponse:
    found = queries.get_proposal(request.user, reference)
    if form.is_valid():
        with refusals_on(form):
            act(actor=request.user, proposal=found, text=form.cleaned_data["text"])
            messages.success(request, told)
            return redirect("engagements:proposal", reference=reference)
    return _shown(request, found, form)


@signed_in
@require_POST
def proposal_withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take a proposal back."""
    found = queries.get_proposal(request.user, reference)
    actions.withdraw_proposal(actor=request.user, proposal=found)
    messages.success(request, _("Taken back."))
    return redirect("engagements:proposal", reference=reference)
