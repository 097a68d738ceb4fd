"""Due diligence: what coordinators see of an organisation, check of it, and decide about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_countries import countries

from diaspora_net.accounts.actions import due_diligence
from diaspora_net.accounts.actions import verification as actions
from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.queries import verification as queries
from diaspora_net.accounts.queries.due_diligence import checklist_of, required_checks
from diaspora_net.accounts.queries.look_alikes import look_alikes_of
from diaspora_net.accounts.queries.organisations import decisions_about, members_of
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.rules import can_check_organisation
from diaspora_net.accounts.states import ALWAYS_REQUIRED, CheckItem
from diaspora_net.core.errors import Conflict, Invalid, SlowDown
from diaspora_net.core.forms import add_problems, refusals_on
from engagements.actions.organisation_documents import add_document
from engagements.forms.desk_organisations import ChecklistForm, DecisionForm, DocumentForm, RequiredChecksForm
from engagements.queries.organisation_documents import document_lines, still_asked

DECISIONS: dict[str, tuple[Callable[..., object], str | Promise]] = {
    "recommend": (actions.recommend_organisation, gettext_lazy("You recommended it. A second coordinator decides.")),
    "verify": (actions.verify_organisation, gettext_lazy("It is verified for a year, and the organisation is told.")),
    "return": (actions.return_recommendation, gettext_lazy("The recommendation is closed, with your reason.")),
    "request-documents": (
        actions.request_documents,
        gettext_lazy("The organisation is asked, and reads your words."),
    ),
    "suspend": (actions.suspend_organisation, gettext_lazy("It is suspended, and the organisation is told.")),
}


@signed_in
def desk_organisation(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a coordinator what to check."""
    return _page(request, queries.get_organisation_to_check(request.user, reference))


def _page(request: SignedInRequest, found: Organisation, **refused: Form) -> HttpResponse:
    opinions = queries.opinions_of(request.user, found)
    can_check = can_check_organisation(request.user, found)
    lines = document_lines(request.user, found)
    checklist = checklist_of(found)
    context: dict[str, Any] = {
        "organisation": found,
        "members": members_of(found),
        "opinions": opinions,
        "verifications": queries.verifications_of(found),
        "decisions": decisions_about(found),
        "is_from_elsewhere": queries.is_from_elsewhere(request.user, found),
        "can_check": can_check,
        "may_add": can_check or opinions.may_decide,
        "look_alikes": look_alikes_of(found),
        "lines": lines,
        "still_asked": still_asked(found, lines),
        "missing": [line.label for line in checklist if line.is_missing],
        "form": DecisionForm(),
        "document_form": DocumentForm(auto_id="document_%s"),
        "checklist": ChecklistForm(lines=checklist, auto_id="check_%s"),
        "form_errors": bool(refused),
        **refused,
    }
    return render(request, "engagements/desk_organisation.html", context, status=422 if refused else 200)


@signed_in
@require_POST
def decide(request: SignedInRequest, reference: str, decision: str) -> HttpResponse:
    """Record what a coordinator says or decides, with its reason."""
    found = queries.get_organisation_to_check(request.user, reference)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form)
    act, told = DECISIONS[decision]
    values = {"reason": form.cleaned_data["reason"]}
    if decision == "request-documents":
        values["asked"] = form.cleaned_data["asked"]
    try:
        act(actor=request.user, organisation=found, **values)
    except Invalid as error:
        add_problems(form, error)
        return _page(request, found, form=form)
    messages.success(request, str(told))
    return redirect("engagements:desk")


@signed_in
@require_POST
def checks(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write down what was found, item by item."""
    found = queries.get_organisation_to_check(request.user, reference)
    form = ChecklistForm(request.POST, lines=checklist_of(found), auto_id="check_%s")
    if not form.is_valid():
        return _page(request, found, checklist=form)
    for values in form.found():
        due_diligence.record_check(actor=request.user, organisation=found, **values)
    messages.success(request, _("Written down, with your name and today's date."))
    return redirect("engagements:desk-organisation", reference=reference)


@signed_in
@require_POST
def documents(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a document that a coordinator found."""
    found = queries.get_organisation_to_check(request.user, reference)
    form = DocumentForm(request.POST, request.FILES, auto_id="document_%s")
    if form.is_valid():
        with refusals_on(form, Conflict, SlowDown):
            add_document(actor=request.user, organisation=found, kind=form.cleaned_data["kind"], arrival=form.arrival())
            messages.success(request, _("Added. It can be opened once it is checked."))
            return redirect("engagements:desk-organisation", reference=reference)
    return _page(request, found, document_form=form)


@signed_in
def required(request: SignedInRequest, country: str) -> HttpResponse:
    """Choose what is checked before an organisation of a country is recommended."""
    country = country.upper()
    if country not in remit_countries(request.user):
        raise Http404
    present = required_checks(country)
    form = RequiredChecksForm(request.POST or None, initial={"items": sorted(present)})
    if request.method == "POST" and form.is_valid():
        due_diligence.require_checks(actor=request.user, country=country, items=form.chosen())
        messages.success(request, _("Kept. It counts for every recommendation from now on."))
        return redirect("engagements:desk-checks", country=country)
    always = [item.label for item in CheckItem if item in ALWAYS_REQUIRED]
    context = {"form": form, "country": countries.name(country), "always": always}
    return render(request, "engagements/desk_checks.html", context, status=422 if form.errors else 200)
