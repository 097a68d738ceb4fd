"""From a gap to people: the best experts with reasons, asked for the open needs or whether they would help."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions import gap_invitations as actions
from engagements.actions.pace import DAILY_INVITATIONS
from engagements.forms.gap_people import GapInvitationForm, InterestForm, ticked
from engagements.payloads import fit_line, reasons_in_words
from engagements.payloads.quarters import quarter_name, quarters_from
from engagements.queries import gap_people as queries
from engagements.states import Side
from engagements.states.anticipation import QUARTERS_AHEAD, InterestState
from mentors.payloads import profile_lines
from mentors.queries.skills import skill_labels

# How an answer to the question is shown.
TONES = {InterestState.YES: "ok", InterestState.NO: "plain"}


@signed_in
def gap(request: SignedInRequest, skill: int) -> HttpResponse:
    """Show who could fill a gap, and ask those who are ticked."""
    found = queries.get_gap(request.user, skill, request.GET.get("country", ""), language=get_language() or "en")
    open_needs = [need for need in found.needs if not vars(need)["is_searched"]]
    form: GapInvitationForm | InterestForm
    data = request.POST if request.method == "POST" else None
    if open_needs:
        words = _("“%(skill)s” is needed. May I suggest you?") % {"skill": found.label}
        form = GapInvitationForm(data, needs=open_needs, initial={"message": words})
    else:
        quarters = quarters_from(timezone.localdate(timezone=request.user.zone), QUARTERS_AHEAD)
        form = InterestForm(data, codes=sorted(found.countries), quarters=quarters)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid() and _ask(request, found, form):
                return redirect(f"{reverse('engagements:gap', args=[skill])}?{request.GET.urlencode()}")
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
    context = {
        "gap": found,
        "people": _people(request, found),
        "form": form,
        "is_inviting": bool(open_needs),
        "asks": queries.asks_of_gap(found.skill, found.countries),
    }
    return render(request, "engagements/gap.html", context, status=status)


def _ask(request: SignedInRequest, found: queries.Gap, form: Form) -> bool:
    chosen = ticked(request.POST, [person.profile for person in found.people])
    if isinstance(form, GapInvitationForm):
        message = form.cleaned_data["message"]
        plans = actions.invite_from_gap(actor=request.user, needs=form.chosen(), experts=chosen, message=message)
        said = ngettext(
            "Experts are asked for %(count)d need: two now, the others while nobody says yes.",
            "Experts are asked for %(count)d needs: two now for each, the others while nobody says yes.",
            len(plans),
        )
        messages.success(request, said % {"count": len(plans)})
    else:
        asks = actions.ask_interest(actor=request.user, skill=found.skill, experts=chosen, **form.cleaned_data)
        said = ngettext("%(count)d expert is asked.", "%(count)d experts are asked, two by two.", len(asks))
        messages.success(request, said % {"count": len(asks)})
    return True


def _people(request: SignedInRequest, found: queries.Gap) -> list[dict[str, Any]]:
    """Return the experts as the page shows them: what the viewer may see of each, how well they fit and why."""
    cards = profile_lines(request.user, [person.profile for person in found.people], standing=found.standing)
    chosen = set(request.POST.getlist("expert"))
    shown = []
    for person, card in zip(found.people, cards, strict=True):
        parts = [card.get("headline"), (card.get("residence") or {}).get("name")]
        interest = InterestState(person.interest) if person.interest else None
        shown.append(
            {
                "reference": person.profile.reference,
                "name": card.get("name") or _("An expert"),
                "line": " · ".join(str(part) for part in parts if part),
                "fit": fit_line(person.told),
                "reasons": reasons_in_words(
                    person.told, side=Side.INSTITUTION, labels=found.labels, zone=request.user.zone
                ),
                "is_ticked": person.profile.reference in chosen,
                "asked_for": person.asked_for,
                "is_asked_enough": person.asked_today >= DAILY_INVITATIONS,
                "interest": interest.label if interest else "",
                "interest_tone": TONES.get(interest, "info") if interest else "",
            }
        )
    return shown


@signed_in
def interest_ask(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show an expert what will be needed, and ask whether they would help."""
    found = queries.get_own_ask(request.user, reference)
    context = {
        "ask": found,
        "label": skill_labels([found.skill_id], get_language() or "en")[found.skill_id],
        "quarter": quarter_name(found.starts_on) if found.starts_on else "",
        "is_open": found.state == InterestState.ASKED,
    }
    return render(request, "engagements/interest_ask.html", context)


@signed_in
@require_POST
def interest_answer(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say whether one would help."""
    found = queries.get_own_ask(request.user, reference)
    is_interested = request.POST.get("answer") == "yes"
    actions.answer_interest(actor=request.user, interest=found, is_interested=is_interested)
    yes, no = _("Thank you. You are asked first when the need opens."), _("Noted. Thank you for answering.")
    messages.success(request, yes if is_interested else no)
    return redirect("engagements:interest-ask", reference=reference)
