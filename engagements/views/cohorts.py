"""What coordinators do with cohorts: members, stages and needs."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from engagements.actions import cohorts as actions
from engagements.actions import members as member_actions
from engagements.forms.programmes import CohortForm
from engagements.queries import programmes as queries
from engagements.queries.needs import get_need
from engagements.views.programmes import programme_page

DECISIONS: dict[str, tuple[Callable[..., object], Callable[[], str]]] = {
    "accept": (member_actions.accept_member, lambda: _("They are in, and told so.")),
    "decline": (member_actions.decline_member, lambda: _("Declined with a kind standard text.")),
    "remove": (member_actions.remove_member, lambda: _("Taken out, and told so. Work that has begun goes on.")),
}


@signed_in
@require_POST
def cohort_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a cohort to a programme."""
    found = queries.get_programme_to_run(request.user, reference)
    form = CohortForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.add_cohort(actor=request.user, programme=found, **form.cleaned_data)
            messages.success(request, _("The cohort is there. Who joins from now on comes into it."))
            return redirect("engagements:desk-programme", reference=reference)
    return programme_page(request, found, {"cohort_form": form, "form_errors": True}, status=422)


@signed_in
@require_POST
def cohort_change(request: SignedInRequest, reference: str) -> HttpResponse:
    """Rename a cohort and set its places."""
    cohort = queries.get_cohort_to_run(request.user, reference)
    form = CohortForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.change_cohort(actor=request.user, cohort=cohort, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("engagements:desk-programme", reference=cohort.programme.reference)
    return programme_page(request, cohort.programme, {"cohort_form": form, "form_errors": True}, status=422)


@signed_in
@require_POST
def cohort_move(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say how far a cohort is."""
    cohort = queries.get_cohort_to_run(request.user, reference)
    actions.move_cohort(actor=request.user, cohort=cohort, to=request.POST.get("to", ""))
    messages.success(request, _("Saved."))
    return redirect("engagements:desk-programme", reference=cohort.programme.reference)


@signed_in
@require_POST
def member_decide(request: SignedInRequest, reference: str, decision: str) -> HttpResponse:
    """Let somebody in, say no, or take them out."""
    member = queries.get_member_to_run(request.user, reference)
    act, told = DECISIONS[decision]
    try:
        act(actor=request.user, member=member)
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, told())
    return redirect("engagements:desk-programme", reference=member.programme.reference)


@signed_in
@require_POST
def member_move(request: SignedInRequest, reference: str) -> HttpResponse:
    """Put a member into another cohort."""
    member = queries.get_member_to_run(request.user, reference)
    named = request.POST.get("cohort", "")
    cohort = queries.get_cohort_to_run(request.user, named if named.isalnum() else "")
    try:
        actions.move_member(actor=request.user, member=member, cohort=cohort)
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Moved."))
    return redirect("engagements:desk-programme", reference=member.programme.reference)


@signed_in
@require_POST
def need_place(request: SignedInRequest, reference: str) -> HttpResponse:
    """Put a need into a cohort."""
    cohort = queries.get_cohort_to_run(request.user, reference)
    reference = request.POST.get("need", "")
    if not reference.isalnum():
        messages.warning(request, _("Choose a need first."))
    else:
        actions.place_need(actor=request.user, cohort=cohort, need=get_need(request.user, reference))
        messages.success(request, _("The need is in the cohort."))
    return redirect("engagements:desk-programme", reference=cohort.programme.reference)


@signed_in
@require_POST
def need_take_out(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take a need out of its programme."""
    need = get_need(request.user, reference)
    if need.programme is None:
        raise Http404
    programme = queries.get_programme_to_run(request.user, need.programme.reference)
    actions.take_need_out(actor=request.user, need=need)
    messages.success(request, _("The need is out of the programme."))
    return redirect("engagements:desk-programme", reference=programme.reference)
