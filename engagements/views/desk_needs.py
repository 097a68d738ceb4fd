"""The check of a need by the country's coordinator."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions import needs as need_actions
from engagements.actions.need_reviews import keep_both, merge_need, send_need_back
from engagements.actions.need_values import missing_for_submitting
from engagements.forms.desk import FieldNotesForm, ReviewForm
from engagements.payloads.readiness import readiness_of
from engagements.queries.need_notes import notes_of
from engagements.queries.need_twins import same_as, twins_of
from engagements.queries.needs import get_need, reviews_of, skills_of
from engagements.queries.recommendations import experts_for_need
from engagements.queries.watching import get_need_to_check


@signed_in
def desk_need(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a need with its readiness checklist."""
    return _need_page(request, reference, ReviewForm())


def _need_page(
    request: SignedInRequest, reference: str, form: ReviewForm, status: int = 200, **refused: Form
) -> HttpResponse:
    need = get_need_to_check(request.user, reference)
    context: dict[str, Any] = {
        "notes_form": FieldNotesForm(auto_id="notes_%s"),
        "notes": notes_of(need),
        "readiness": readiness_of(need, missing_for_submitting(need)),
        "twins": twins_of(request.user, need),
        "same_as": same_as(need),
        "need": need,
        "skills": skills_of(need),
        "reviews": reviews_of(need),
        "suggestions": experts_for_need(request.user, need, limit=5),
        "can_review": need.state == "submitted",
        "form": form,
        **refused,
    }
    return render(request, "engagements/desk_need.html", context, status=status)


@signed_in
@require_POST
def review_need(request: SignedInRequest, reference: str, decision: str) -> HttpResponse:
    """Record the coordinator's decision about a submitted need."""
    need = get_need_to_check(request.user, reference)
    form, notes_form = ReviewForm(request.POST), FieldNotesForm(request.POST, auto_id="notes_%s")
    if not form.is_valid() or not notes_form.is_valid():
        return _need_page(request, reference, form, status=422, notes_form=notes_form)
    note = form.cleaned_data.pop("note")
    try:
        if decision == "publish":
            checklist = need_actions.Readiness(**form.cleaned_data)
            need_actions.publish_need(actor=request.user, need=need, checklist=checklist, note=note)
            messages.success(request, _("The need is open. Experts who fit see it now."))
        elif decision == "request-changes":
            send_need_back(actor=request.user, need=need, note=note, notes=notes_form.notes())
            messages.success(request, _("Sent back with your note."))
        else:
            need_actions.reject_need(actor=request.user, need=need, note=note)
            messages.success(request, _("Not accepted. The institution reads your note."))
    except Invalid as error:
        add_problems(form, error)
        return _need_page(request, reference, form, status=422, notes_form=notes_form)
    return redirect("engagements:desk")


@signed_in
@require_POST
def need_twin(request: SignedInRequest, reference: str, other: str) -> HttpResponse:
    """Say of two needs that look alike that they are the same, or that both are kept."""
    need, twin = get_need_to_check(request.user, reference), get_need(request.user, other)
    if request.POST.get("verdict") == "same":
        merge_need(actor=request.user, need=need, into=twin)
        messages.success(request, _("Closed with a pointer. Everybody who was interested is told where it goes on."))
        return redirect("engagements:desk")
    keep_both(actor=request.user, need=need, other=twin)
    messages.success(request, _("Both are kept."))
    return redirect("engagements:desk-need", reference=reference)
