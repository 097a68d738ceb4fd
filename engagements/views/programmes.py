"""Programmes as coordinators see them: the list, starting one, its page, and everything that is set."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.errors import Invalid
from diaspora_net.core.forms import add_problems, refusals_on
from engagements.actions import programmes as actions
from engagements.forms.programme_settings import ProgrammeForm, initial_of
from engagements.forms.programmes import CohortForm, StartForm
from engagements.models import Programme
from engagements.payloads.programme_templates import TEMPLATES
from engagements.queries import programmes as queries
from engagements.queries.programme_settings import values_of
from mentors.queries.skills import skill_labels

SCRATCH = "scratch"
PROGRAMMES_PER_PAGE = 25


@signed_in
def desk_programmes(request: SignedInRequest) -> HttpResponse:
    """List the programmes of the coordinator's countries."""
    _require_remit(request)
    page = Paginator(queries.run_list(request.user), PROGRAMMES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "engagements/desk_programmes.html", {"page": page})


def _require_remit(request: SignedInRequest) -> frozenset[str]:
    remit = remit_countries(request.user)
    if not remit:
        raise Http404
    return remit


@signed_in
def programme_new(request: SignedInRequest) -> HttpResponse:
    """Choose what to start from, answer a few questions, check, start. Nothing is kept before the last step."""
    remit = _require_remit(request)
    chosen = request.GET.get("from", "")
    template = TEMPLATES.get(chosen)
    if template is None and chosen != SCRATCH:
        return render(request, "engagements/programme_choose.html", {"templates": TEMPLATES.values()})
    is_sent = request.method == "POST"
    form = StartForm(request.POST if is_sent else None, remit=remit, template=template)
    context: dict[str, Any] = {"form": form, "template": template}
    if not is_sent or "change" in request.POST:
        return render(request, "engagements/programme_start.html", context)
    if not form.is_valid():
        return render(request, "engagements/programme_start.html", context, status=422)
    if "check" in request.POST:
        values = form.values()
        context |= {"values": values, "sent": [(name, request.POST.get(name, "")) for name in form.fields]}
        return render(request, "engagements/programme_check.html", context)
    return _create(request, form, context)


def _create(request: SignedInRequest, form: StartForm, context: dict[str, Any]) -> HttpResponse:
    try:
        country = form.cleaned_data["country"]
        created = actions.create_programme(actor=request.user, country=country, values=form.values())
        if "start" in request.POST:
            actions.start_programme(actor=request.user, programme=created)
    except Invalid as error:
        add_problems(form, error)
        return render(request, "engagements/programme_start.html", context, status=422)
    messages.success(
        request,
        _("The programme runs. People who fit can join now.")
        if "start" in request.POST
        else _("Kept as a draft. Nobody else sees it yet."),
    )
    return redirect("engagements:desk-programme", reference=created.reference)


@signed_in
def desk_programme(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a programme with its numbers, cohorts, needs, documents and partners."""
    return programme_page(request, queries.get_programme_to_run(request.user, reference))


def programme_page(
    request: SignedInRequest, found: Programme, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render the coordinator's page of a programme; ``forms`` that were refused come back with what was typed."""
    rounds = queries.rounds_of(found)
    context = {
        "programme": found,
        "values": values_of(found),
        "numbers": queries.numbers_of(found),
        "rounds": rounds,
        "applicants": [one for each in rounds for one in each.applicants],
        "offered": queries.needs_to_place(request.user, found),
        "cohort_form": CohortForm(),
        **(forms or {}),
    }
    return render(request, "engagements/desk_programme.html", context, status=status)


@signed_in
def programme_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change everything that a programme says."""
    found = queries.get_programme_to_run(request.user, reference)
    values = values_of(found)
    labels = skill_labels([skill.pk for skill in values.skills], get_language() or "en")
    form = ProgrammeForm(
        request.POST if request.method == "POST" else None, initial=initial_of(values, sorted(labels.values()))
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_programme(actor=request.user, programme=found, values=form.values())
            messages.success(request, _("Saved."))
            return redirect("engagements:desk-programme", reference=reference)
    context = {"programme": found, "form": form}
    return render(request, "engagements/programme_edit.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def programme_start(request: SignedInRequest, reference: str) -> HttpResponse:
    """Start a draft."""
    found = queries.get_programme_to_run(request.user, reference)
    try:
        actions.start_programme(actor=request.user, programme=found)
    except Invalid as error:
        messages.error(request, error.message)
        return redirect("engagements:programme-edit", reference=reference)
    messages.success(request, _("The programme runs. People who fit can join now."))
    return redirect("engagements:desk-programme", reference=reference)


@signed_in
@require_POST
def programme_close(request: SignedInRequest, reference: str) -> HttpResponse:
    """Close a programme."""
    found = queries.get_programme_to_run(request.user, reference)
    actions.close_programme(actor=request.user, programme=found)
    messages.success(request, _("Closed. Everybody who takes part is told."))
    return redirect("engagements:desk-programme", reference=reference)
