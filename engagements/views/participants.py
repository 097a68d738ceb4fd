"""Who takes part in an engagement on the institution's side, and their certificates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import NotAllowed
from diaspora_net.core.forms import refusals_on
from engagements.actions import participants as actions
from engagements.actions.certificates import issue_participation
from engagements.forms.work import ParticipantEmailForm, ParticipantForm
from engagements.queries.certificates import get_participant, participants_of
from engagements.queries.work import get_engagement
from engagements.rules.work import can_issue_certificate, can_name_participants
from engagements.states import RUNNING_STATES


@signed_in
def participants(request: SignedInRequest, reference: str) -> HttpResponse:
    """List who takes part; who speaks for the organisation names more."""
    found = get_engagement(request.user, reference)
    initial = {"language": request.user.language}
    form = ParticipantForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            named = actions.add_participant(actor=request.user, engagement=found, **form.cleaned_data)
            messages.success(request, _("%(name)s takes part.") % {"name": named.name})
            return redirect("engagements:participants", reference=reference)
    context = {
        "engagement": found,
        "participants": participants_of(found),
        "may_name": can_name_participants(request.user, found),
        "is_running": found.state in RUNNING_STATES,
        "may_certify": can_issue_certificate(request.user, found),
        "form": form,
    }
    return render(request, "engagements/participants.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def participant_leave(request: SignedInRequest, reference: str) -> HttpResponse:
    """Let somebody take part no longer."""
    found = get_participant(request.user, reference)
    actions.remove_participant(actor=request.user, participant=found)
    messages.success(request, _("%(name)s no longer takes part.") % {"name": found.name})
    return redirect("engagements:participants", reference=found.engagement.reference)


@signed_in
@require_POST
def participant_certificate(request: SignedInRequest, reference: str) -> HttpResponse:
    """Issue what somebody took part in."""
    found = get_participant(request.user, reference)
    certificate = issue_participation(actor=request.user, participant=found)
    messages.success(request, _("The certificate is ready."))
    return redirect("engagements:certificate", code=certificate.code)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def participant_email(request: SignedInRequest, reference: str) -> HttpResponse:
    """Note or take away the address at which somebody agreed to be asked what comes of the work."""
    found = get_participant(request.user, reference)
    if not can_name_participants(request.user, found.engagement):
        raise NotAllowed(_("Only people who speak for the organisation say who takes part."))
    initial = {"email": found.email, "has_consented": bool(found.email)}
    form = ParticipantEmailForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_email(actor=request.user, participant=found, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("engagements:participants", reference=found.engagement.reference)
    context = {"participant": found, "engagement": found.engagement, "form": form}
    return render(request, "engagements/participant_email.html", context, status=422 if form.errors else 200)
