"""The coordinator's search for a need that nobody answers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions import rescues as actions
from engagements.forms.rescues import RescueForm
from engagements.models import Need
from engagements.payloads import fit_line
from engagements.queries import rescues as queries
from engagements.queries.watching import get_need_to_check
from engagements.rules.needs import is_open
from mentors.models import ExpertProfile
from mentors.payloads import profile_lines


@signed_in
def rescue(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show who is asked for a need and who fits next; plan whom to ask."""
    need = get_need_to_check(request.user, reference)
    rows = queries.rescues_of(need)
    is_searching = any(row.ended_at is None for row in rows)
    found = [] if is_searching or not is_open(need) else _next_best(request, need)
    initial = {
        "message": _("%(organisation)s needs help with “%(title)s”. May I suggest you?")
        % {"organisation": need.organisation.name, "title": need.title}
    }
    form = RescueForm(request.POST if request.method == "POST" else None, found=found, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                message = form.cleaned_data["message"]
                actions.plan_rescue(actor=request.user, need=need, experts=form.chosen(), message=message)
                messages.success(request, _("Two are asked now, the others while nobody says yes."))
                return redirect("engagements:rescue", reference=reference)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
    context = {"need": need, "rows": rows, "found": found, "form": form, "is_searching": is_searching}
    return render(request, "engagements/rescue.html", context, status=status)


def _next_best(request: SignedInRequest, need: Need) -> list[tuple[ExpertProfile, str]]:
    """Return the next best with a line on each: the name, what they do, and how well they fit."""
    suggestions = queries.next_best(request.user, need)
    lines = []
    for one, shown in zip(suggestions, profile_lines(request.user, [one.profile for one in suggestions]), strict=True):
        fit: dict[str, Any] = dict(fit_line(one.told))
        parts = [shown.get("name") or _("An expert"), shown.get("headline"), (shown.get("residence") or {}).get("name")]
        lines.append((one.profile, " · ".join(str(part) for part in (*parts, fit.get("word")) if part)))
    return lines


@signed_in
@require_POST
def rescue_stop(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask nobody more for a need."""
    need = get_need_to_check(request.user, reference)
    for row in queries.rescues_of(need):
        actions.stop_rescue(actor=request.user, rescue=row)
    messages.success(request, _("Nobody more is asked. Who was asked may still answer."))
    return redirect("engagements:rescue", reference=reference)
