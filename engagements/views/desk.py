"""The coordinator's desk: what is stuck today, and the check of a need."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions import coordination as actions
from engagements.actions import needs as need_actions
from engagements.forms.desk import ReviewForm
from engagements.queries import coordination as queries
from engagements.queries.first_contact import recent_first_contact
from engagements.queries.needs import reviews_of, skills_of
from engagements.queries.recommendations import experts_for_need
from engagements.queries.watching import get_engagement_to_watch, get_need_to_check, get_proposal_to_watch


@signed_in
def desk(request: SignedInRequest) -> HttpResponse:
    """Show what is stuck today in the coordinator's countries; ``only`` narrows the queue to one kind."""
    sections = queries.desk_sections(request.user)
    only = next((section for section in sections if section.key == request.GET.get("only")), None)
    context = {
        "sections": sections,
        "only": only,
        "queue": queries.queue_of(sections, only.key if only else ""),
        "mission": recent_first_contact(remit_countries(request.user)),
    }
    return render(request, "engagements/desk.html", context)


@signed_in
@require_POST
def remind_proposal(request: SignedInRequest, reference: str) -> HttpResponse:
    """Remind whoever has not answered."""
    proposal = get_proposal_to_watch(request.user, reference)
    return _remind(request, lambda: actions.remind_receiver(actor=request.user, proposal=proposal), _("Reminded."))


@signed_in
@require_POST
def remind_engagement(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask both sides how it goes."""
    engagement = get_engagement_to_watch(request.user, reference)
    told = _("Both sides are reminded.")
    return _remind(request, lambda: actions.remind_both_sides(actor=request.user, engagement=engagement), told)


def _remind(request: SignedInRequest, act: Callable[[], None], told: str) -> HttpResponse:
    """Return to the desk either way: that somebody was quicker is news, not a dead end."""
    try:
        act()
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, told)
    return redirect("engagements:desk")


@signed_in
def desk_need(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a need with its readiness checklist."""
    return _need_page(request, reference, ReviewForm())


def _need_page(request: SignedInRequest, reference: str, form: ReviewForm, status: int = 200) -> HttpResponse:
    need = get_need_to_check(request.user, reference)
    context: dict[str, Any] = {
        "need": need,
        "skills": skills_of(need),
        "reviews": reviews_of(need),
        "suggestions": experts_for_need(request.user, need, limit=5),
        "can_review": need.state == "submitted",
        "form": form,
    }
    return render(request, "engagements/desk_need.html", context, status=status)


@signed_in
@require_POST
def review_need(request: SignedInRequest, reference: str, decision: str) -> HttpResponse:
    """Record the coordinator's decision about a submitted need."""
    need = get_need_to_check(request.user, reference)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _need_page(request, reference, form, status=422)
    note = form.cleaned_data.pop("note")
    try:
        if decision == "publish":
            checklist = need_actions.Readiness(**form.cleaned_data)
            need_actions.publish_need(actor=request.user, need=need, checklist=checklist, note=note)
            messages.success(request, _("The need is open. Experts who fit see it now."))
        elif decision == "request-changes":
            need_actions.request_changes(actor=request.user, need=need, note=note)
            messages.success(request, _("Sent back with your note."))
        else:
            need_actions.reject_need(actor=request.user, need=need, note=note)
            messages.success(request, _("Not accepted. The institution reads your note."))
    except Invalid as error:
        add_problems(form, error)
        return _need_page(request, reference, form, status=422)
    return redirect("engagements:desk")
