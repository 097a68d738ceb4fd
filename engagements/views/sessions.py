"""Log sessions, and confirm and dispute their hours."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.forms import refusals_on
from engagements.actions import sessions
from engagements.actions.meeting_ends import log_meeting
from engagements.forms.work import CorrectForm, DisputeForm
from engagements.queries import progress
from engagements.queries.meetings import get_meeting
from engagements.queries.work import get_session
from engagements.views.engagements import engagement_page, session_form


@signed_in
@require_POST
def session_log(request: SignedInRequest, reference: str) -> HttpResponse:
    """Log a session that was held."""
    page = progress.engagement_page(request.user, reference)
    found = page.engagement
    form = session_form(request, page, request.POST)
    if form.is_valid():
        with refusals_on(form):
            log = {**form.cleaned_data}
            if reference_held := log.pop("meeting"):
                held = get_meeting(request.user, reference_held)
                log_meeting(actor=request.user, meeting=held, engagement=found, **log)
            else:
                sessions.log_session(actor=request.user, engagement=found, **log)
            messages.success(request, _("Logged. The other side confirms the hours with one tap."))
            return redirect("engagements:engagement", reference=reference)
    return engagement_page(request, reference, session_form=form)


@signed_in
@require_POST
def session_confirm(request: SignedInRequest, reference: str) -> HttpResponse:
    """Confirm the hours the other side logged."""
    found = get_session(request.user, reference)
    sessions.confirm_session(actor=request.user, session=found)
    messages.success(request, _("Confirmed. These hours count now."))
    return redirect("engagements:engagement", reference=found.engagement.reference)


@signed_in
def session_dispute(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say what is wrong with the hours the other side logged."""
    found = get_session(request.user, reference)
    form = DisputeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            sessions.dispute_session(actor=request.user, session=found, note=form.cleaned_data["note"])
            messages.success(request, _("The other side is asked to look at these hours."))
            return redirect("engagements:engagement", reference=found.engagement.reference)
    context = {"form": form, "session": found}
    return render(request, "engagements/session_dispute.html", context, status=422 if form.errors else 200)


@signed_in
def session_correct(request: SignedInRequest, reference: str) -> HttpResponse:
    """Correct the length of a session one logged."""
    found = get_session(request.user, reference)
    form = CorrectForm(request.POST if request.method == "POST" else None, initial={"minutes": found.minutes})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            sessions.correct_session(actor=request.user, session=found, minutes=form.cleaned_data["minutes"])
            messages.success(request, _("Corrected. The other side confirms the hours anew."))
            return redirect("engagements:engagement", reference=found.engagement.reference)
    context = {"form": form, "session": found}
    return render(request, "engagements/session_correct.html", context, status=422 if form.errors else 200)
