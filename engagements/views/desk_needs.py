"""The check of a need by the country's coordinator."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions import needs as need_actions
from engagements.forms.desk import ReviewForm
from engagements.queries.needs import reviews_of, skills_of
from engagements.queries.recommendations import experts_for_need
from engagements.queries.watching import get_need_to_check


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
