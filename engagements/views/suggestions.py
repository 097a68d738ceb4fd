"""Pages of what suits an expert, and the first step towards a need."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.forms import refusals_on
from engagements.actions import proposals
from engagements.forms.needs import MessageForm
from engagements.payloads import fit_line, match_card, prefilled_line, reasons_in_words
from engagements.queries import needs as queries
from engagements.queries import recommendations
from engagements.queries.changes import asked_lately, changes_of_profile
from engagements.queries.digests import told_lately
from engagements.queries.interest import paused_until
from engagements.queries.my_sessions import my_sessions
from engagements.queries.recommendations import FEED, MOST, THIN, Change, labels_of
from engagements.rules.needs import can_answer_needs
from engagements.states import Side
from mentors.queries.profiles import own_profile


@signed_in
def for_you(request: SignedInRequest) -> HttpResponse:
    """Show an expert the needs that suit them, or why there are none and what helps."""
    profile = own_profile(request.user)
    if profile is None:
        return render(request, "engagements/for_you_empty.html", {"profile": None})
    is_anywhere = request.GET.get("wider") == "origins"
    limit = MOST if "all" in request.GET else FEED
    found = recommendations.needs_for_expert(request.user, profile, limit=limit, is_anywhere=is_anywhere)
    labels = labels_of(found)
    fresh = told_lately(profile) if found else set()
    pause = None if found else paused_until(profile)
    is_thin = not is_anywhere and not pause and len(found) < THIN
    context = {
        "profile": profile,
        "is_anywhere": is_anywhere,
        "has_more": len(found) == limit < MOST,
        "paused_until": pause,
        "cards": [
            match_card(one.need, one.told, labels, request.user.zone)
            | {"is_new": one.need.pk in fresh, "status": _("New this week") if one.need.pk in fresh else ""}
            for one in found
        ],
        "undo": queries.hidden_need(profile, request.GET["hidden"]) if "hidden" in request.GET else None,
        "changes": [_profile_change(one) for one in changes_of_profile(request.user, profile)] if is_thin else [],
        "asked_lately": asked_lately(profile) if is_thin and not found and can_answer_needs(profile) else 0,
        "session": my_sessions(request.user).next_agreed,
        "free_places": max(0, profile.capacity - profile.open_engagements),
    }
    return render(request, "engagements/for_you.html" if found else "engagements/for_you_empty.html", context)


def _profile_change(change: Change) -> dict[str, str]:
    """Return a step that brings more needs, as a chip with its count."""
    sentence, url = {
        "origins": (
            ngettext(
                "Help other countries, too: %(more)s more", "Help other countries, too: %(more)s more", change.more
            ),
            "?wider=origins",
        ),
        "language": (
            ngettext("Another language: %(more)s more", "Other languages: %(more)s more", change.more),
            reverse("mentors:start", args=["languages"]),
        ),
        "modality": (
            ngettext("Other ways of working: %(more)s more", "Other ways of working: %(more)s more", change.more),
            reverse("mentors:start", args=["give"]),
        ),
        "all": (
            ngettext(
                "Other languages and ways of working, in any country: %(more)s more",
                "Other languages and ways of working, in any country: %(more)s more",
                change.more,
            ),
            reverse("mentors:start", args=["languages"]),
        ),
    }[change.name]
    return {"label": sentence % {"more": change.more}, "url": url}


@signed_in
def need_interest(request: SignedInRequest, reference: str) -> HttpResponse:
    """Offer one's help, with a first line made of what both have in common."""
    need = queries.get_need_page(request.user, reference)
    profile = own_profile(request.user)
    if profile is None:
        return redirect("mentors:start", step="identity")
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            sent = proposals.apply_for_need(actor=request.user, need=need, message=form.cleaned_data["message"])
            messages.success(request, _("Sent. You read here and by e-mail when they answer."))
            return redirect("engagements:proposal", reference=sent.reference)
    fits = recommendations.explained_for_expert(request.user, need, profile)
    labels = labels_of([fits])
    if not form.is_bound:
        form = MessageForm(initial={"message": prefilled_line(fits.reasons, labels)})
    context = {
        "need": need,
        "form": form,
        "fit": fit_line(fits.told),
        "reasons": reasons_in_words(fits.reasons, side=Side.EXPERT, labels=labels, zone=request.user.zone),
    }
    return render(request, "engagements/interest.html", context, status=422 if form.errors else 200)
