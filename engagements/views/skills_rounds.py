"""Pages of rounds about missing skills: the institution's form, and the coordinator's rounds with what came of them."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.errors import Conflict, Invalid, SlowDown
from diaspora_net.core.forms import add_problems
from engagements.actions import skills_rounds as actions
from engagements.forms.lacks import KEEP, RoundForm, lacks_form
from engagements.models import SkillsAnswer
from engagements.queries import skills_rounds as queries
from engagements.states.anticipation import AnswerState

USUAL_ROUND = timedelta(days=28)


@signed_in
def lacks(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask which skills an institution will lack, take the answer down, or remember a draft of it."""
    organisation, answer = queries.own_answer(request.user, reference)
    if answer is None:
        return render(request, "engagements/lacks_none.html", {"organisation": organisation})
    language = get_language() or "en"
    is_answered = answer.state == AnswerState.ANSWERED
    form = lacks_form(
        request.POST if request.method == "POST" else None,
        suggested=queries.suggested_skills(organisation, language, is_own=True),
        language=language,
        draft=answer.draft,
        said=queries.lacks_said(answer, language) if is_answered else (),
    )
    status = 200
    if request.method == "POST":
        if KEEP in request.POST:
            actions.keep_skills_draft(actor=request.user, answer=answer, draft=form.draft())
            messages.success(request, _("Remembered. Nobody reads it until you send it."))
            return redirect("engagements:lacks", reference=reference)
        status = 422
        try:
            if form.is_valid() and _give(request, answer, form.cleaned_data["answer"], language):
                return redirect("engagements:organisation-needs", reference=reference)
        except (Invalid, Conflict, SlowDown) as error:
            add_problems(form, error)
            status = error.status
    context = {"form": form, "organisation": organisation, "answer": answer, "is_answered": is_answered}
    return render(request, "engagements/lacks.html", context, status=status)


def _give(request: SignedInRequest, answer: SkillsAnswer, given: dict[str, Any], language: str) -> bool:
    actions.give_skills_answer(actor=request.user, answer=answer, language=language, **given)
    messages.success(request, _("Thank you. Coordinators look for these people from now on."))
    return True


@signed_in
def rounds(request: SignedInRequest) -> HttpResponse:
    """List the rounds of the coordinator's countries with their response, and open a new one."""
    countries = remit_countries(request.user)
    if not countries:
        raise Http404
    rows = queries.rounds_of(countries)
    busy = {row.round.country.code for row in rows if row.is_open}
    until = timezone.localdate(timezone=request.user.zone) + USUAL_ROUND
    form = RoundForm(
        request.POST if request.method == "POST" else None, codes=countries - busy or countries, until=until
    )
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                opened = actions.open_round(actor=request.user, **form.cleaned_data)
                messages.success(
                    request, _("The round is open. Each institution is asked on its next working morning.")
                )
                return redirect("engagements:round", reference=opened.reference)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
    context = {"rows": rows, "form": form, "can_open": bool(countries - busy)}
    return render(request, "engagements/rounds.html", context, status=status)


@signed_in
def round_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show what came of a round, and who has answered."""
    row = queries.get_round(request.user, reference)
    context = {
        "row": row,
        "results": queries.results_of_round(row, language=get_language() or "en"),
        "answers": queries.answers_of(row.round),
    }
    return render(request, "engagements/round.html", context)


@signed_in
@require_POST
def round_close(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take no more answers."""
    actions.close_round(actor=request.user, opened=queries.get_round(request.user, reference).round)
    messages.success(request, _("The round is closed."))
    return redirect("engagements:round", reference=reference)
