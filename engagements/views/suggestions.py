"""Pages of matches: what suits an expert, who suits a need, and the first step from one to the other."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions import proposals
from engagements.forms.needs import MessageForm
from engagements.models import Need
from engagements.payloads import fit_line, match_card, person_card, prefilled_line, reasons_in_words
from engagements.queries import needs as queries
from engagements.queries import recommendations
from engagements.queries.changes import changes_of_profile
from engagements.queries.digests import told_lately
from engagements.queries.interest import paused_until
from engagements.queries.recommendations import THIN, Change, labels_of
from engagements.states import Side
from mentors.models import ExpertProfile
from mentors.payloads import profile_cards
from mentors.queries.profiles import get_profile, own_profile

WIDER = ("origins", "language", "modality")


@signed_in
def for_you(request: SignedInRequest) -> HttpResponse:
    """Show an expert the needs that suit them, or why there are none and what helps."""
    profile = own_profile(request.user)
    if profile is None:
        return render(request, "engagements/for_you_empty.html", {"profile": None})
    is_anywhere = request.GET.get("wider") == "origins"
    found = recommendations.needs_for_expert(request.user, profile, is_anywhere=is_anywhere)
    labels = labels_of(found)
    fresh = told_lately(profile) if found else set()
    pause = None if found else paused_until(profile)
    is_thin = not is_anywhere and not pause and len(found) < THIN
    context = {
        "profile": profile,
        "is_anywhere": is_anywhere,
        "paused_until": pause,
        "cards": [
            match_card(one.need, one.match, one.reasons, labels, request.user.zone)
            | {"is_new": one.need.pk in fresh, "status": _("New this week") if one.need.pk in fresh else ""}
            for one in found
        ],
        "undo": queries.hidden_need(profile, request.GET["hidden"]) if "hidden" in request.GET else None,
        "elsewhere": recommendations.needs_elsewhere(request.user, profile) if is_thin else 0,
        "changes": [_profile_change(one) for one in changes_of_profile(request.user, profile)] if is_thin else [],
    }
    return render(request, "engagements/for_you.html" if found else "engagements/for_you_empty.html", context)


def _profile_change(change: Change) -> dict[str, str]:
    """Return a step of one's profile that brings more needs, as a chip with its count."""
    sentence, step = {
        "language": (
            ngettext("Another language: %(more)s more", "Other languages: %(more)s more", change.more),
            "languages",
        ),
        "modality": (
            ngettext("Other ways of working: %(more)s more", "Other ways of working: %(more)s more", change.more),
            "give",
        ),
    }[change.name]
    return {"label": sentence % {"more": change.more}, "url": reverse("mentors:start", args=[step])}


@signed_in
def need_interest(request: SignedInRequest, reference: str) -> HttpResponse:
    """Offer one's help, with a first line made of what both have in common."""
    need = queries.get_need_page(request.user, reference)
    profile = own_profile(request.user)
    if profile is None:
        return redirect("mentors:start", step="identity")
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = proposals.apply_for_need(actor=request.user, need=need, message=form.cleaned_data["message"])
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Sent. You read here and by e-mail when they answer."))
            return redirect("engagements:proposal", reference=sent.reference)
    fits = recommendations.explained_for_expert(request.user, need, profile)
    labels = labels_of([fits])
    if not form.is_bound:
        form = MessageForm(initial={"message": prefilled_line(fits.reasons, labels)})
    context = {
        "need": need,
        "form": form,
        "fit": fit_line(fits.match),
        "reasons": reasons_in_words(fits.reasons, side=Side.EXPERT, labels=labels, zone=request.user.zone),
    }
    return render(request, "engagements/interest.html", context, status=422 if form.errors else 200)


@signed_in
def need_people(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show who suits a need, and what small change would bring more."""
    need = queries.get_need_page(request.user, reference)
    wider = [name for name in WIDER if name in request.GET.getlist("wider")]
    scope = recommendations.widened(recommendations.strict_scope(need), wider)
    found = recommendations.experts_for_need(request.user, need, scope=scope)
    is_thin = not wider and len(found) < THIN
    context = {
        "need": need,
        "skills": queries.skills_of(need),
        "cards": _person_cards(request, need, found),
        "changes": [_change(one) for one in recommendations.smallest_changes(request.user, need)] if is_thin else [],
        "wider": wider,
        "proposals": queries.proposals_about(need),
    }
    return render(request, "engagements/people.html", context)


def _person_cards(
    request: SignedInRequest, need: Need, found: list[recommendations.Suggestion]
) -> list[dict[str, Any]]:
    cards = profile_cards(request.user, [one.profile for one in found])
    labels = labels_of(found)
    return [
        person_card(need, one.profile, card, one.match, one.reasons, labels, request.user.zone)
        for one, card in zip(found, cards, strict=True)
        if card
    ]


def _change(change: Change) -> dict[str, str]:
    """Return a step that brings more people, as a chip with its count."""
    sentences = {
        "origins": ngettext(
            "People from any country of origin: %(more)s more",
            "People from any country of origin: %(more)s more",
            change.more,
        ),
        "language": ngettext(
            "Without asking for the language: %(more)s more",
            "Without asking for the language: %(more)s more",
            change.more,
        ),
        "modality": ngettext(
            "Another way of working: %(more)s more", "Another way of working: %(more)s more", change.more
        ),
    }
    return {"label": sentences[change.name] % {"more": change.more}, "url": f"?wider={change.name}"}


@signed_in
def need_invite(request: SignedInRequest, reference: str, expert: str) -> HttpResponse:
    """Ask an expert to take on a need."""
    need = queries.get_need_page(request.user, reference)
    profile = get_profile(request.user, expert)
    fits = recommendations.explained_for_need(request.user, need, profile)
    form = MessageForm(
        request.POST if request.method == "POST" else None, initial={"message": _first_line(need, profile)}
    )
    if request.method == "POST" and form.is_valid():
        message = form.cleaned_data["message"]
        try:
            sent = proposals.invite_expert(actor=request.user, need=need, expert=profile, message=message)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Sent. The expert has ten days to answer; you read it here and by e-mail."))
            return redirect("engagements:proposal", reference=sent.reference)
    labels = labels_of([fits])
    context = {
        "need": need,
        "form": form,
        "card": _person_cards(request, need, [fits])[0],
        "reasons": reasons_in_words(fits.reasons, side=Side.INSTITUTION, labels=labels, zone=request.user.zone),
    }
    return render(request, "engagements/people_invite.html", context, status=422 if form.errors else 200)


def _first_line(need: Need, profile: ExpertProfile) -> str:
    return _("Dear %(name)s, we need help with “%(title)s”. May we talk about it?") % {
        "name": profile.user,
        "title": need.title,
    }
