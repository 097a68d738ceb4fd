"""Milestones: planning them, moving their day, saying that they were reached."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from engagements.actions import milestones as actions
from engagements.forms.milestones import MilestoneDayForm, MilestoneForm, MilestoneTemplateForm
from engagements.queries.milestones import get_milestone
from engagements.queries.work import get_engagement
from engagements.views.engagements import engagement_page


def _act(request: SignedInRequest, reference: str, name: str, form: Form, act: Callable[..., Any]) -> HttpResponse:
    """Do what a valid form asks for; a refused one comes back on the engagement's page as ``name``."""
    if form.is_valid():
        with refusals_on(form, Conflict):
            act(actor=request.user, **form.cleaned_data)
            messages.success(request, _("Saved. The other side is told."))
            return redirect("engagements:engagement", reference=reference)
    return engagement_page(request, reference, **{name: form})


@signed_in
@require_POST
def milestone_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Plan a milestone."""
    found = get_engagement(request.user, reference)
    form = MilestoneForm(request.POST, auto_id="milestone_%s")
    return _act(
        request, reference, "milestone_form", form, lambda **values: actions.add_milestone(engagement=found, **values)
    )


@signed_in
@require_POST
def milestones_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Plan the milestones of a template."""
    found = get_engagement(request.user, reference)
    form = MilestoneTemplateForm(request.POST, auto_id="milestones_%s")

    def add(template: str, **values: Any) -> None:
        actions.add_milestones_from(engagement=found, key=template, **values)

    return _act(request, reference, "milestones_form", form, add)


@signed_in
@require_POST
def milestone_move(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give a milestone another day."""
    found = get_milestone(request.user, reference)
    form = MilestoneDayForm(request.POST, auto_id=f"milestone_{reference}_%s")
    act = lambda **values: actions.move_milestone(milestone=found, **values)  # noqa: E731
    return _act(request, found.engagement.reference, "day_form", form, act)


@signed_in
@require_POST
def milestone_settle(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say that a milestone was reached, is dropped, or is still ahead."""
    found = get_milestone(request.user, reference)
    actions.settle_milestone(actor=request.user, milestone=found, to=request.POST.get("to", ""))
    messages.success(request, _("Saved. The other side is told."))
    return redirect("engagements:engagement", reference=found.engagement.reference)
