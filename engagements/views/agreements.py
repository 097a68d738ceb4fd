"""The agreement of an engagement: what holds, what is proposed, what changed, and saying yes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from engagements.actions import agreements as actions
from engagements.forms.agreements import AgreementForm
from engagements.models import AgreementVersion, Engagement
from engagements.payloads.agreements import Change, changes_between, facts_of
from engagements.payloads.starting_points import STARTING_POINTS, agreement_from
from engagements.queries.agreements import Agreement, agreement_of
from engagements.queries.work import get_engagement
from engagements.rules.work import side_of
from engagements.states import CHANGEABLE_STATES, EngagementState


@signed_in
def engagement_terms(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show every version with what changed, and write a new one."""
    found = get_engagement(request.user, reference)
    if request.method != "POST":
        return _page(request, found, None)
    form = AgreementForm(request.POST, auto_id="plan_%s")
    if form.is_valid():
        seen = request.POST.get("seen", "")
        with refusals_on(form, Conflict):
            actions.change_terms(actor=request.user, engagement=found, terms=form.terms(), seen=seen)
            messages.success(request, _("The agreement is changed. It holds once both sides have accepted it."))
            return redirect("engagements:engagement-terms", reference=reference)
    return _page(request, found, form)


def _page(request: SignedInRequest, engagement: Engagement, refused: AgreementForm | None) -> HttpResponse:
    agreement = agreement_of(engagement)
    side = side_of(request.user, engagement)
    latest = agreement.latest
    start = agreement_from(request.GET.get("template", ""))
    context: dict[str, Any] = {
        "engagement": engagement,
        "agreement": agreement,
        "versions": _told(agreement),
        "is_agreeing": engagement.state == EngagementState.AGREEING,
        "can_change": side is not None and latest is not None and engagement.state in CHANGEABLE_STATES,
        "is_asked": agreement.waits_for(side),
        "form": refused or AgreementForm(initial=_first_values(latest) | start, auto_id="plan_%s"),
        "is_started": bool(start),
        "starting_points": STARTING_POINTS,
        "refused": refused,
        "form_errors": refused is not None,
    }
    return render(request, "engagements/agreement.html", context, status=422 if refused else 200)


def _first_values(latest: AgreementVersion | None) -> dict[str, Any]:
    return vars(actions.terms_of(latest)) if latest else {}


def _told(agreement: Agreement) -> list[tuple[AgreementVersion, list[tuple[str, str]], list[Change]]]:
    """Return each version, newest first, with what it says and what changed since the one before."""
    before = [*agreement.versions[1:], None]
    return [
        (version, facts_of(version), changes_between(old, version) if old else [])
        for version, old in zip(agreement.versions, before, strict=True)
    ]


@signed_in
@require_POST
def engagement_agree(request: SignedInRequest, reference: str) -> HttpResponse:
    """Accept the agreement as it was read."""
    found = get_engagement(request.user, reference)
    actions.agree_engagement(actor=request.user, engagement=found, seen=request.POST.get("seen", ""))
    messages.success(request, _("You have agreed to the plan."))
    return redirect("engagements:engagement", reference=reference)
