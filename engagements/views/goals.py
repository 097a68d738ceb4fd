"""Learning goals: adding one and saying how far it is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from engagements.actions.goals import add_goal, move_goal
from engagements.forms.agreements import GoalForm
from engagements.queries.goals import get_goal
from engagements.queries.work import get_engagement
from engagements.views.engagements import engagement_page


@signed_in
@require_POST
def goal_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a learning goal."""
    found = get_engagement(request.user, reference)
    form = GoalForm(request.POST, auto_id="goal_%s")
    if form.is_valid():
        with refusals_on(form, Conflict):
            add_goal(actor=request.user, engagement=found, text=form.cleaned_data["text"])
            messages.success(request, _("The goal is added. The other side is told."))
            return redirect("engagements:engagement", reference=reference)
    return engagement_page(request, reference, goal_form=form)


@signed_in
@require_POST
def goal_move(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say how far a goal is."""
    goal = move_goal(actor=request.user, goal=get_goal(request.user, reference), to=request.POST.get("to", ""))
    messages.success(request, _("Saved. The other side is told."))
    return redirect("engagements:engagement", reference=goal.engagement.reference)
