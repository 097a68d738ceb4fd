"""Mapping waves at the desk: prepare one, open and close it, and read its results."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import refusals_on
from engagements.actions import waves as actions
from engagements.forms.waves import AmendForm, ResultsForm, WaveForm, first_days, initial_of
from engagements.models import MappingWave
from engagements.queries import waves as queries
from engagements.queries.donor_reports import require_remit
from engagements.queries.wave_pages import progress_of, results_document
from engagements.states.waves import Asked, WaveState
from engagements.views.files_of_documents import document_file, drawn_kinds


@signed_in
def waves(request: SignedInRequest) -> HttpResponse:
    """List the waves of one's countries."""
    return render(request, "engagements/waves.html", {"waves": queries.listed_waves(request.user)})


@signed_in
def wave_new(request: SignedInRequest) -> HttpResponse:
    """Prepare a wave."""
    form = WaveForm(request.POST or None, remit=require_remit(request.user), initial=first_days())
    if form.is_valid():
        with refusals_on(form):
            wave = actions.draft_wave(actor=request.user, country=form.cleaned_data["country"], values=form.values())
            messages.success(request, _("Prepared. Read it once more, then open it."))
            return redirect("engagements:wave", reference=wave.reference)
    return render(request, "engagements/wave_edit.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
def wave_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change a wave that is being prepared."""
    wave = queries.get_wave(request.user, reference)
    if wave.state != WaveState.DRAFT:
        return redirect("engagements:wave", reference=reference)
    form = WaveForm(request.POST or None, remit={str(wave.country)}, initial=initial_of(wave))
    if form.is_valid():
        with refusals_on(form):
            actions.change_wave(actor=request.user, wave=wave, values=form.values())
            messages.success(request, _("Saved."))
            return redirect("engagements:wave", reference=reference)
    context = {"form": form, "wave": wave}
    return render(request, "engagements/wave_edit.html", context, status=422 if form.errors else 200)


@signed_in
def wave(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a wave: what it asks, how many have answered from where, and the next step."""
    return _page(request, queries.get_wave(request.user, reference))


def _page(
    request: SignedInRequest, found: MappingWave, amending: AmendForm | None = None, status: int = 200
) -> HttpResponse:
    address = settings.BASE_URL + reverse("engagements:wave-answer", args=[found.reference])
    context: dict[str, Any] = {
        "wave": found,
        "questions": queries.questions_of(found),
        "asks": [Asked(one).label for one in found.asks],
        "address": address,
        "progress": progress_of(found) if found.state == WaveState.OPEN else None,
        "amending": amending or AmendForm(initial={"closes_on": found.closes_on, "consent": found.consent_text}),
    }
    return render(request, "engagements/wave.html", context, status=status)


@signed_in
@require_POST
def wave_amend(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change the last day or the consent text of an open wave."""
    found = queries.get_wave(request.user, reference)
    form = AmendForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.amend_wave(actor=request.user, wave=found, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("engagements:wave", reference=reference)
    return _page(request, found, form, status=422)


@signed_in
@require_POST
def wave_step(request: SignedInRequest, reference: str, step: str) -> HttpResponse:
    """Open or close a wave, show its results to everybody, or no longer."""
    found = queries.get_wave(request.user, reference)
    try:
        if step == "open":
            actions.open_wave(actor=request.user, wave=found)
        elif step == "close":
            actions.close_wave(actor=request.user, wave=found)
        else:
            actions.show_wave(actor=request.user, wave=found, is_shown=step == "show")
    except (Conflict, Invalid) as error:
        messages.error(request, error.message)
    return redirect("engagements:wave", reference=reference)


@signed_in
def wave_results(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show what a closed wave found, for the readers of the address, beside another wave."""
    found, form = _asked_results(request, reference)
    document = results_document(found, *form.chosen())
    context = {
        "wave": found,
        "form": form,
        "document": document,
        "kinds": drawn_kinds(document.figures),
        "query": request.GET.urlencode(),
    }
    return render(request, "engagements/wave_results.html", context)


@signed_in
def wave_results_file(request: SignedInRequest, reference: str, kind: str) -> HttpResponse:
    """Download what a closed wave found."""
    found, form = _asked_results(request, reference)
    return document_file(results_document(found, *form.chosen()), kind, f"survey-{found.reference}")


def _asked_results(request: SignedInRequest, reference: str) -> tuple[MappingWave, ResultsForm]:
    found = queries.get_wave(request.user, reference)
    if found.state != WaveState.CLOSED:
        raise Http404
    asked = request.GET if "readers" in request.GET else {"readers": "donors"}
    return found, ResultsForm(asked, others=queries.waves_to_compare(found))
