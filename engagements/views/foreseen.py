"""Pages of foreseen needs: note one, read it, change it, write its draft, drop it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid, SlowDown
from diaspora_net.core.forms import add_problems
from engagements.actions import foreseen as actions
from engagements.forms.foreseen import ForeseenForm, first_values
from engagements.models import ForeseenNeed
from engagements.payloads.quarters import quarter_name
from engagements.queries import foreseen as queries
from engagements.rules import anticipation as rules
from engagements.states.anticipation import ForeseenState
from mentors.queries.skills import skill_labels


@signed_in
def foreseen_new(request: SignedInRequest) -> HttpResponse:
    """Note what will be needed."""
    initial = {name: request.GET[name] for name in ("place", "skill") if name in request.GET}
    return _write(request, None, initial)


@signed_in
def foreseen_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change what was noted."""
    found = queries.get_foreseen(request.user, reference)
    return _write(request, found, first_values(found, _label(found)))


def _write(request: SignedInRequest, found: ForeseenNeed | None, initial: dict[str, Any]) -> HttpResponse:
    language = get_language() or "en"
    form = ForeseenForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        places=queries.places_to_foresee(request.user),
        language=language,
        today=timezone.localdate(timezone=request.user.zone),
    )
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                saved = _save(request, found, form, language)
                messages.success(request, _("Noted. You are reminded four weeks before the quarter begins."))
                return redirect("engagements:foreseen", reference=saved.reference)
        except (Invalid, Conflict, SlowDown) as error:
            add_problems(form, error)
            status = error.status
    return render(request, "engagements/foreseen_form.html", {"form": form, "foreseen": found}, status=status)


def _save(request: SignedInRequest, found: ForeseenNeed | None, form: ForeseenForm, language: str) -> ForeseenNeed:
    common: dict[str, Any] = {"actor": request.user, "values": form.values(), "language": language}
    return actions.change_foreseen(foreseen=found, **common) if found else actions.note_foreseen(**common)


@signed_in
def foreseen(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show one foreseen need, with what can be done about it."""
    found = queries.get_foreseen(request.user, reference)
    is_open = found.state == ForeseenState.OPEN
    context = {
        "foreseen": found,
        "label": _label(found),
        "quarter": quarter_name(found.starts_on),
        "can_draft": is_open and rules.can_draft_foreseen(request.user, found),
        "can_change": is_open and rules.can_change_foreseen(request.user, found),
    }
    return render(request, "engagements/foreseen.html", context)


def _label(found: ForeseenNeed) -> str:
    return skill_labels([found.skill_id], get_language() or "en")[found.skill_id]


@signed_in
@require_POST
def foreseen_draft(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write the draft of the need."""
    need = actions.draft_foreseen(actor=request.user, foreseen=queries.get_foreseen(request.user, reference))
    messages.success(request, _("The draft is written with what you noted. Finish it and send it."))
    return redirect("engagements:need-edit", reference=need.reference)


@signed_in
@require_POST
def foreseen_drop(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say that it is not needed any more."""
    actions.drop_foreseen(actor=request.user, foreseen=queries.get_foreseen(request.user, reference))
    messages.success(request, _("Noted. It is not foreseen any more."))
    return redirect("engagements:foreseen", reference=reference)
