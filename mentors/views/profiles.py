"""One's own profile, and experts as others may see them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.errors import Invalid
from mentors.actions import profiles as actions
from mentors.actions.sightings import note_sighting
from mentors.payloads import institution_card, profile_card
from mentors.queries.profiles import get_own_profile, get_profile, missing_steps, own_profile_with_parts
from mentors.queries.recognition import confirmed_recognition
from mentors.rules import can_edit_profile

MOST_MISSING = 3


@signed_in
def own_page(request: SignedInRequest) -> HttpResponse:
    """Show one's own profile: its state, what is missing, and what an institution sees."""
    profile = own_profile_with_parts(request.user)
    if profile is None:
        return render(request, "mentors/me.html", {"profile": None})
    context = {
        "profile": profile,
        "card": profile_card(request.user, profile),
        "seen": institution_card(profile),
        "missing": missing_steps(profile)[:MOST_MISSING],
        "can_edit": can_edit_profile(request.user, profile),
    }
    return render(request, "mentors/me.html", context)


@signed_in
def show_profile(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show an expert as far as the viewer may see them."""
    profile = get_profile(request.user, reference)
    note_sighting(actor=request.user, profile=profile)
    context = {
        "card": profile_card(request.user, profile),
        "recognised": confirmed_recognition(request.user, profile),
        "has_case": bool(remit_countries(request.user) & {row.country.code for row in profile.origins.all()}),
    }
    return render(request, "mentors/profile.html", context)


@require_POST
@signed_in
def publish(request: SignedInRequest) -> HttpResponse:
    """Publish one's profile and go to the needs that fit."""
    try:
        actions.publish_profile(actor=request.user, profile=get_own_profile(request.user))
    except Invalid as error:
        messages.error(request, error.message)
        return redirect("mentors:start-resume")
    messages.success(request, _("Your profile is published. These needs fit what you give."))
    return redirect("engagements:for-you")


@require_POST
@signed_in
def pause(request: SignedInRequest) -> HttpResponse:
    """Hide one's profile for a while."""
    actions.pause_profile(actor=request.user, profile=get_own_profile(request.user))
    messages.success(request, _("Paused. Nobody new can find you; what runs goes on."))
    return redirect("mentors:me")


@require_POST
@signed_in
def resume(request: SignedInRequest) -> HttpResponse:
    """Show one's profile again."""
    actions.resume_profile(actor=request.user, profile=get_own_profile(request.user))
    messages.success(request, _("You can be found again."))
    return redirect("mentors:me")
