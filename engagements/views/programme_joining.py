"""Programmes as experts and institutions see them: what each is, whether one fits and why, joining and leaving."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid
from engagements.actions.members import join_programme, leave_programme
from engagements.forms.programmes import JoinForm
from engagements.queries import programmes as queries
from engagements.queries.needs import organisation_to_write_for
from engagements.rules.programmes import can_run_programme
from engagements.states import MemberState


def programmes(request: HttpRequest) -> HttpResponse:
    """List the programmes that run."""
    return render(request, "engagements/programmes.html", {"programmes": queries.running_programmes(request.user)})


def programme(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a programme and how the reader stands with it."""
    found = queries.get_programme(request.user, reference)
    context = {
        "programme": found,
        "parts": queries.parts_of(request.user, found),
        "form": JoinForm(),
        "can_run": request.user.is_authenticated and can_run_programme(request.user, found),
    }
    return render(request, "engagements/programme.html", context)


@signed_in
@require_POST
def programme_join(request: SignedInRequest, reference: str) -> HttpResponse:
    """Join or apply, as an expert or for an organisation."""
    found = queries.get_programme(request.user, reference)
    named = request.POST.get("organisation", "")
    organisation = organisation_to_write_for(request.user, named) if named else None
    form = JoinForm(request.POST)
    message = form.cleaned_data["message"] if form.is_valid() else request.POST.get("message", "")
    try:
        member = join_programme(actor=request.user, programme=found, organisation=organisation, message=message)
    except (Invalid, Conflict) as error:
        messages.error(request, error.message)
        context = {
            "programme": found,
            "parts": queries.parts_of(request.user, found),
            "form": form,
            "can_run": can_run_programme(request.user, found),
            "form_errors": True,
        }
        return render(request, "engagements/programme.html", context, status=error.status)
    is_in = member.state == MemberState.MEMBER
    told = _("You are in.") if is_in else _("Sent. A coordinator answers; you are told here and by e-mail.")
    messages.success(request, told)
    return redirect("engagements:programme", reference=reference)


@signed_in
@require_POST
def programme_leave(request: SignedInRequest, reference: str) -> HttpResponse:
    """Leave, or take an application back."""
    member = queries.get_own_member(request.user, reference)
    leave_programme(actor=request.user, member=member)
    messages.success(request, _("You no longer take part. Work that has begun goes on."))
    try:
        found = queries.get_programme(request.user, member.programme.reference)
    except Http404:
        return redirect("engagements:programmes")
    return redirect("engagements:programme", reference=found.reference)
