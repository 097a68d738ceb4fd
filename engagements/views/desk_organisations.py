"""Due diligence: what coordinators see of an organisation, and what they decide about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.actions import verification as actions
from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.queries import verification as queries
from diaspora_net.accounts.queries.organisations import decisions_about, members_of
from diaspora_net.accounts.rules import can_check_organisation
from diaspora_net.core.errors import Invalid
from diaspora_net.core.forms import add_problems
from engagements.forms.desk_organisations import DecisionForm

DECISIONS: dict[str, tuple[Callable[..., object], str | Promise]] = {
    "recommend": (actions.recommend_organisation, _("You recommended it. A second coordinator decides.")),
    "verify": (actions.verify_organisation, _("It is verified for a year, and the organisation is told.")),
    "return": (actions.return_recommendation, _("The recommendation is closed, with your reason.")),
    "request-documents": (actions.request_documents, _("The organisation is asked, and reads your words.")),
    "suspend": (actions.suspend_organisation, _("It is suspended, and the organisation is told.")),
}


@signed_in
def desk_organisation(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a coordinator what to check."""
    return _page(request, queries.get_organisation_to_check(request.user, reference), DecisionForm())


def _page(request: SignedInRequest, found: Organisation, form: DecisionForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "organisation": found,
        "members": members_of(found),
        "opinions": queries.opinions_of(request.user, found),
        "verifications": queries.verifications_of(found),
        "decisions": decisions_about(found),
        "is_from_elsewhere": queries.is_from_elsewhere(request.user, found),
        "can_check": can_check_organisation(request.user, found),
        "form": form,
    }
    return render(request, "engagements/desk_organisation.html", context, status=status)


@signed_in
@require_POST
def decide(request: SignedInRequest, reference: str, decision: str) -> HttpResponse:
    """Record what a coordinator says or decides, with its reason."""
    found = queries.get_organisation_to_check(request.user, reference)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    act, told = DECISIONS[decision]
    try:
        act(actor=request.user, organisation=found, reason=form.cleaned_data["reason"])
    except Invalid as error:
        add_problems(form, error)
        return _page(request, found, form, status=422)
    messages.success(request, str(told))
    return redirect("engagements:desk")
