"""The assignment of a cohort: asked for, watched, changed and sent."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import refusals_on
from engagements.actions import plans as actions
from engagements.forms.needs import MessageForm
from engagements.models import Plan, PlanEdge
from engagements.payloads import fit_line, reasons_in_words, skill_ids
from engagements.queries import plans as queries
from engagements.queries.programmes import get_cohort_to_run
from engagements.states import PlanState, Side
from mentors.queries.skills import skill_labels

NEEDS_PER_PAGE = 20
ACTS = {"pin": actions.pin_pair, "bar": actions.bar_pair, "release": actions.release_pair}
SHOWN = frozenset({PlanState.READY, PlanState.SENDING, PlanState.SENT})


@signed_in
@require_POST
def plan_request(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask for the assignment of a cohort."""
    cohort = get_cohort_to_run(request.user, reference)
    try:
        found = actions.request_plan(actor=request.user, cohort=cohort)
    except Invalid as error:
        messages.error(request, error.message)
        return redirect("engagements:desk-programme", reference=cohort.programme.reference)
    return redirect("engagements:plan", reference=found.reference)


@signed_in
def plan(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show how far an assignment is, and what it proposes."""
    return _page(request, queries.get_plan(request.user, reference))


def _page(request: SignedInRequest, found: Plan, form: MessageForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "plan": found,
        "programme": found.cohort.programme,
        "is_moving": found.state in {PlanState.WAITING, PlanState.COMPUTING, PlanState.SENDING},
        "may_change": found.state == PlanState.READY,
        "form": form or MessageForm(initial={"message": _first_line()}),
    }
    if found.state in SHOWN:
        page = Paginator(queries.needs_of_plan(found), NEEDS_PER_PAGE).get_page(request.GET.get("page"))
        rows = queries.rows_of(found, list(page.object_list))
        context |= {"page": page, "totals": queries.totals_of(found), "rows": _told(request, rows)}
    return render(request, "engagements/plan.html", context, status=422 if form else 200)


def _told(request: SignedInRequest, rows: list[queries.Row]) -> list[dict[str, Any]]:
    """Return rows with the words of each pair; one query for the names of all skills."""
    matches = {edge.pk: queries.match_of(edge) for row in rows for edge in (*row.chosen, *row.others, *row.barred)}
    named = set().union(*(skill_ids(match.reasons) for match in matches.values()))
    labels = skill_labels(named, get_language() or "en")

    def pair(edge: PlanEdge, *, is_long: bool) -> dict[str, Any]:
        match = matches[edge.pk]
        told = reasons_in_words(match, side=Side.INSTITUTION, labels=labels, zone=request.user.zone) if is_long else []
        return {"edge": edge, "fit": fit_line(match), "reasons": told}

    return [
        {
            "row": row,
            "chosen": [pair(edge, is_long=True) for edge in row.chosen],
            "others": [pair(edge, is_long=False) for edge in row.others],
            "barred": [pair(edge, is_long=False) for edge in row.barred],
        }
        for row in rows
    ]


def _first_line() -> str:
    return _("I coordinate this programme and think of you for this need. Please read it; yes or no, both help.")


@signed_in
@require_POST
def plan_change(request: SignedInRequest, reference: str) -> HttpResponse:
    """Keep a pair, take it out, give the need to somebody else, or forget such a choice."""
    found = queries.get_plan(request.user, reference)
    need, expert = request.POST.get("need", ""), request.POST.get("expert", "")
    act, instead = request.POST.get("act", ""), request.POST.get("instead", "")
    try:
        if act == "swap":
            actions.swap_pair(actor=request.user, plan=found, need=need, expert=expert, instead=instead)
        elif act in ACTS:
            ACTS[act](actor=request.user, plan=found, need=need, expert=expert)
        else:
            raise Conflict(_("Choose what to change first."))
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Changed. The others were assigned anew around it."))
    return redirect("engagements:plan", reference=reference)


@signed_in
@require_POST
def plan_send(request: SignedInRequest, reference: str) -> HttpResponse:
    """Send what is assigned as nominations."""
    found = queries.get_plan(request.user, reference)
    form = MessageForm(request.POST)
    if form.is_valid():
        with refusals_on(form, Conflict):
            actions.send_plan(actor=request.user, plan=found, message=form.cleaned_data["message"])
            messages.success(request, _("The nominations are on their way. Each expert is asked first."))
            return redirect("engagements:plan", reference=reference)
    return _page(request, found, form)


@signed_in
@require_POST
def plan_again(request: SignedInRequest, reference: str) -> HttpResponse:
    """Try again what could not be sent."""
    found = queries.get_plan(request.user, reference)
    try:
        actions.send_again(actor=request.user, plan=found)
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Trying again."))
    return redirect("engagements:plan", reference=reference)
