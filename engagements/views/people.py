"""Who suits a need: the list, what small change would bring more, how it is weighed, and the invitation."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from engagements.actions import proposals
from engagements.actions.nominations import nominate_expert
from engagements.forms.needs import MessageForm, NominationForm
from engagements.forms.weighing import FACTORS, WeighingForm, stances_of
from engagements.models import Need, Proposal
from engagements.payloads import person_card, reasons_in_words
from engagements.queries import needs as queries
from engagements.queries import recommendations
from engagements.queries.proposals import proposals_about
from engagements.queries.recommendations import FEED, MOST, STEPS, THIN, Change, PeopleList, labels_of
from engagements.rules.work import can_nominate
from engagements.states import Side
from mentors.models import ExpertProfile
from mentors.payloads import profile_lines
from mentors.queries.profiles import Standing, get_profile, standing_of
from mentors.queries.skills import accepted_labels
from mentors.recommender.factors import Factor, Stance, with_stance

NOT_ASKED = {
    "origins": lambda: _("the country of origin"),
    "language": lambda: _("the language"),
    "modality": lambda: _("the way of working"),
}


@signed_in
def need_people(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show who suits a need, and what small change would bring more."""
    standing = standing_of(request.user)
    need = queries.get_need_page(request.user, reference, remit=standing.remit)
    wider = [name for name in STEPS if name in request.GET.getlist("wider")]
    limit = MOST if "all" in request.GET else FEED
    scope = recommendations.widened(recommendations.strict_scope(need), wider)
    people = recommendations.people_for_need(
        request.user, need, limit=limit, scope=scope, stances=stances_of(request.GET), standing=standing
    )
    found = people.suggestions
    is_thin = not wider and not people.stances and len(found) < THIN
    labels = labels_of(found) if found else {}
    context = {
        "need": need,
        "skills": queries.skills_of(need, labels),
        "cards": _person_cards(request, need, found, labels, standing),
        "changes": [_change(one) for one in recommendations.smallest_changes(request.user, need)] if is_thin else [],
        "not_asked": get_text_list([NOT_ASKED[name]() for name in wider], _("and")),
        "more_url": _address(request.GET, all="1") if len(found) == limit < MOST else "",
        "proposals": proposals_about(need, is_coordinator=need.organisation.country.code in standing.remit),
        **_weighing(request, people),
    }
    return render(request, "engagements/people.html", context)


def _weighing(request: SignedInRequest, people: PeopleList) -> dict[str, Any]:
    """Return what a coordinator's list shows of its weighing: the form, what was chosen in words, what would loosen
    it.
    """
    if not people.factors:
        return {}
    told = {
        stance: get_text_list([str(FACTORS[factor]) for factor in with_stance(people.stances, stance)], _("and"))
        for stance in (Stance.MUST, Stance.IGNORE)
    }
    return {
        "weighing": WeighingForm(people.factors, people.stances),
        "is_weighed": bool(people.stances),
        "musts": told[Stance.MUST],
        "ignored": told[Stance.IGNORE],
        "loosened": [_loosened(request, factor, more) for factor, more in people.loosened.items()],
    }


def _loosened(request: SignedInRequest, factor: Factor, more: int) -> dict[str, str]:
    label = ngettext("%(factor)s not a must: %(more)s more", "%(factor)s not a must: %(more)s more", more)
    return {
        "label": label % {"factor": FACTORS[factor], "more": more},
        "url": _address(request.GET, **{factor.value: None}),
    }


def _address(asked: QueryDict, **changes: str | None) -> str:
    """Return the address of the same page with ``changes``; None takes a parameter away."""
    parameters = asked.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


def _person_cards(
    request: SignedInRequest,
    need: Need,
    found: list[recommendations.Suggestion],
    labels: dict[int, str],
    standing: Standing | None = None,
) -> list[dict[str, Any]]:
    lines = profile_lines(request.user, [one.profile for one in found], standing=standing)
    return [
        person_card(need, one.profile, line, one.told, labels, request.user.zone)
        for one, line in zip(found, lines, strict=True)
        if line
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
        "all": ngettext(
            "Any country, language and way of working: %(more)s more",
            "Any country, language and way of working: %(more)s more",
            change.more,
        ),
    }
    steps = STEPS if change.name == "all" else (change.name,)
    return {
        "label": sentences[change.name] % {"more": change.more},
        "url": "?" + "&".join(f"wider={step}" for step in steps),
    }


@signed_in
def need_invite(request: SignedInRequest, reference: str, expert: str) -> HttpResponse:
    """Ask an expert to take on a need; ``ask`` names a skill to ask about in the first message.

    The institution invites; the country's coordinator nominates.
    """
    need = queries.get_need_page(request.user, reference)
    profile = get_profile(request.user, expert)
    fits = recommendations.explained_for_need(request.user, need, profile)
    is_nomination = can_nominate(request.user, need)
    form = (NominationForm if is_nomination else MessageForm)(
        request.POST if request.method == "POST" else None,
        initial={"message": _first_line(need, profile, request.GET.get("ask", ""), is_nomination=is_nomination)},
    )
    if request.method == "POST" and form.is_valid():
        act: Callable[..., Proposal] = nominate_expert if is_nomination else proposals.invite_expert
        with refusals_on(form, Conflict):
            sent = act(actor=request.user, need=need, expert=profile, **form.cleaned_data)
            messages.success(request, _("Sent. The expert has ten working days to answer; you read it here."))
            return redirect("engagements:proposal", reference=sent.reference)
    labels = labels_of([fits])
    context = {
        "need": need,
        "form": form,
        "is_nomination": is_nomination,
        "card": _person_cards(request, need, [fits], labels)[0],
        "reasons": reasons_in_words(fits.reasons, side=Side.INSTITUTION, labels=labels, zone=request.user.zone),
    }
    return render(request, "engagements/people_invite.html", context, status=422 if form.errors else 200)


def _first_line(need: Need, profile: ExpertProfile, asked: str, *, is_nomination: bool) -> str:
    line = (
        _("Dear %(name)s, %(organisation)s needs help with “%(title)s”. May I suggest you?")
        if is_nomination
        else _("Dear %(name)s, we need help with “%(title)s”. May we talk about it?")
    ) % {"name": profile.user, "title": need.title, "organisation": need.organisation.name}
    skill_id = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    skill = accepted_labels([skill_id], get_language() or "en").get(skill_id) if skill_id else None
    return f"{line}\n{_('Have you worked with this, too: %(skill)s?') % {'skill': skill}}" if skill else line
