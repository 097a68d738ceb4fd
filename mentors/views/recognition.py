"""Who has recognised an expert's skills: the expert's page, and the coordinators' page of claims and steps."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.forms import refusals_on
from mentors.actions import recognition as actions
from mentors.forms.recognition import ClaimForm, DeclineClaimForm
from mentors.models import RecognitionClaim
from mentors.queries import recognition as queries
from mentors.queries.profiles import own_profile
from mentors.queries.suggestions import get_accepted_skill


@signed_in
def own_recognition(request: SignedInRequest) -> HttpResponse:
    """Show who has recognised one's skills, and take in a new claim."""
    profile = own_profile(request.user)
    if profile is None:
        raise Http404
    skills = queries.claimable_skills(profile)
    form = ClaimForm(request.POST if request.method == "POST" else None, skills=skills)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "skill": get_accepted_skill(form.cleaned_data["skill"])}
        with refusals_on(form):
            actions.claim_recognition(actor=request.user, profile=profile, **values)
            told = _("A coordinator of your country of origin checks it and may ask for the document.")
            messages.success(request, told)
            return redirect("mentors:recognition")
    context = {"claims": queries.claims_of(profile), "skills": skills, "form": form}
    return render(request, "mentors/recognition.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take a claim of one's own back."""
    actions.withdraw_recognition(actor=request.user, claim=queries.get_claim(request.user, reference))
    messages.success(request, _("Taken back."))
    return redirect("mentors:recognition")


@signed_in
def claims(request: SignedInRequest) -> HttpResponse:
    """List the claims to check, and the steps moved."""
    return _claims_page(request)


def _claims_page(
    request: SignedInRequest, refused: RecognitionClaim | None = None, form: DeclineClaimForm | None = None
) -> HttpResponse:
    context = {
        "claims": queries.claims_to_check(request.user),
        "steps": queries.steps_moved(request.user),
        "refused": refused,
        "form": form or DeclineClaimForm(),
    }
    return render(request, "mentors/recognition_claims.html", context, status=422 if form else 200)


@signed_in
@require_POST
def decide(request: SignedInRequest, reference: str) -> HttpResponse:
    """Confirm a claim, or decline it with the reason."""
    claim = queries.get_claim(request.user, reference)
    if "confirm" in request.POST:
        actions.confirm_recognition(actor=request.user, claim=claim)
        messages.success(request, _("Confirmed. The skill counts as recognised."))
        return redirect("mentors:recognition-claims")
    form = DeclineClaimForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.decline_recognition(actor=request.user, claim=claim, note=form.cleaned_data["note"])
            messages.success(request, _("Not confirmed. The expert reads why."))
            return redirect("mentors:recognition-claims")
    return _claims_page(request, claim, form)
