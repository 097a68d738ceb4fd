"""What an expert says about suggestions: not for me, for later, and how to take it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from engagements.actions import interest
from engagements.actions.place_watches import unwatch_place, watch_place
from engagements.forms.feedback import DismissForm
from engagements.payloads import need_card
from engagements.queries import interest as queries
from engagements.queries.needs import get_need, get_need_page, hidden_needs, labels_of_needs, skills_of
from engagements.states import SkillStrength
from mentors.queries.profiles import own_profile


@signed_in
def need_dismiss(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask why a need is not for one, say what each answer changes, and hide it."""
    need = get_need_page(request.user, reference)
    required = [skill.label for skill in skills_of(need) if skill.strength == SkillStrength.REQUIRED]
    sent = request.POST if request.method == "POST" else None
    form = DismissForm(sent, skills=required, organisation=need.organisation.name)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        interest.dismiss_need(actor=request.user, need=need, reason=reason, pauses_until=form.pauses_until())
        return redirect(f"{reverse('engagements:for-you')}?hidden={need.reference}")
    context = {"need": need, "form": form}
    return render(request, "engagements/interest_dismiss.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def need_restore(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a hidden need again."""
    interest.restore_need(actor=request.user, need=get_need(request.user, reference))
    messages.success(request, _("It can be suggested to you again."))
    return redirect("engagements:for-you")


@signed_in
def hidden(request: SignedInRequest) -> HttpResponse:
    """List what the expert has hidden, to take it back."""
    profile = own_profile(request.user)
    rows = hidden_needs(profile) if profile else []
    return render(request, "engagements/for_you_hidden.html", {"dismissals": rows})


@signed_in
@require_POST
def resume(request: SignedInRequest) -> HttpResponse:
    """End a pause of suggestions before its day."""
    interest.end_pause(actor=request.user)
    messages.success(request, _("Needs are suggested to you again."))
    return redirect("engagements:for-you")


@signed_in
@require_POST
def need_save(request: SignedInRequest, reference: str) -> HttpResponse:
    """Keep a need for later."""
    interest.save_need(actor=request.user, need=get_need(request.user, reference))
    messages.success(request, _("Saved. You find it under For you."))
    return redirect("engagements:need", reference=reference)


@signed_in
@require_POST
def need_unsave(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take a need off the list for later."""
    interest.unsave_need(actor=request.user, need=get_need(request.user, reference))
    messages.success(request, _("It is off your list."))
    return redirect("engagements:for-you-saved")


@signed_in
@require_POST
def need_watch(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask to be told when a need reads offers again."""
    watch_place(actor=request.user, need=get_need_page(request.user, reference))
    messages.success(request, _("You are told here and by e-mail when it reads offers again."))
    return redirect("engagements:need", reference=reference)


@signed_in
@require_POST
def need_unwatch(request: SignedInRequest, reference: str) -> HttpResponse:
    """Wait for a need no longer."""
    unwatch_place(actor=request.user, need=get_need_page(request.user, reference))
    messages.success(request, _("You are not told about it."))
    return redirect("engagements:need", reference=reference)


@signed_in
def saved(request: SignedInRequest) -> HttpResponse:
    """List the needs that the expert keeps for later."""
    profile = own_profile(request.user)
    found = queries.saved_needs(request.user, profile) if profile else []
    labels = labels_of_needs(found)
    return render(request, "engagements/for_you_saved.html", {"cards": [need_card(need, labels) for need in found]})
