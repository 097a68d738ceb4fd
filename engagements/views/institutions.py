"""The institution's own page: what waits for its answer, and its needs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.organisations import documents_asked_for
from diaspora_net.accounts.rules import can_manage_team, is_member, is_trusted
from engagements.payloads.quarters import quarter_name
from engagements.queries.foreseen import foreseen_of
from engagements.queries.institution import waits_for_institution
from engagements.queries.needs import needs_of_organisation
from engagements.rules.needs import can_write_need
from engagements.states import OPEN_NEED_STATES


@signed_in
def organisation_needs(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show an institution what waits for its answer, then its needs with their states."""
    organisation, needs = needs_of_organisation(request.user, reference)
    belongs = is_member(request.user, organisation)
    can_write = can_write_need(request.user, organisation)
    noted = foreseen_of(organisation, get_language() or "en") if can_write else []
    context = {
        "organisation": organisation,
        "needs": needs,
        "open_states": OPEN_NEED_STATES,
        "waiting": waits_for_institution(request.user, organisation),
        "can_write": can_write,
        "foreseen": [{"row": row, "label": label, "quarter": quarter_name(row.starts_on)} for row, label in noted],
        "is_member": belongs,
        "can_manage": belongs and can_manage_team(request.user, organisation),
        "is_trusted": is_trusted(organisation),
        "documents_asked_for": documents_asked_for(organisation) if belongs else "",
    }
    return render(request, "engagements/need_organisation.html", context)
