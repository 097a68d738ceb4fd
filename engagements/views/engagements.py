"""Pages of engagements: the list, one engagement with its next step, and its moves."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from engagements.actions import agreements, pauses, supervision
from engagements.actions import certificates as certificate_actions
from engagements.actions import engagements as actions
from engagements.forms.agreements import GoalForm
from engagements.forms.milestones import MilestoneForm, MilestoneTemplateForm
from engagements.forms.pauses import ExtendForm, PauseForm
from engagements.forms.work import EndForm, RevokeForm, SessionForm
from engagements.models import Engagement
from engagements.payloads.agreements import facts_of
from engagements.payloads.shared_files import shared_lines
from engagements.queries import progress
from engagements.queries.meetings import held_at
from engagements.queries.next_steps import moves_of, next_step_of, stop_of
from engagements.queries.proposals import proposals_to_answer
from engagements.queries.talks import groups_of
from engagements.queries.work import get_engagement
from engagements.queries.work_list import work_list
from engagements.rules.activity import days_at_risk
from engagements.rules.files import can_open_files
from engagements.rules.talk import can_start_group
from mentors.queries.profiles import has_profile


@signed_in
def engagements(request: SignedInRequest) -> HttpResponse:
    """List the engagements one takes part in, and the proposals that wait for one's answer."""
    context = {
        "work": work_list(request.user),
        "proposals": proposals_to_answer(request.user),
        "is_expert": has_profile(request.user),
    }
    return render(request, "engagements/engagements.html", context)


@signed_in
def engagement(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show an engagement and the one thing to do next."""
    return engagement_page(request, reference)


def engagement_page(request: SignedInRequest, reference: str, **forms: Form) -> HttpResponse:
    """Render the page; a form that was refused comes back in ``forms`` with what was typed, and status 422."""
    page = progress.engagement_page(request.user, reference)
    engagement = page.engagement
    shown = page.agreement.in_force or page.agreement.latest
    context: dict[str, Any] = {
        "page": page,
        "engagement": engagement,
        "next": next_step_of(page),
        "moves": moves_of(page),
        "stop": stop_of(page),
        "facts": facts_of(shown) if shown else [],
        "file_lines": shared_lines(page.files, page.side, may_open=can_open_files(request.user, engagement)),
        "session_form": session_form(request, page),
        "goal_form": GoalForm(auto_id="goal_%s"),
        "milestone_form": MilestoneForm(auto_id="milestone_%s"),
        "milestones_form": MilestoneTemplateForm(auto_id="milestones_%s"),
        "pause_form": PauseForm(auto_id="pause_%s"),
        "extend_form": extend_form(page),
        "quiet_days": days_at_risk(engagement),
        "end_form": EndForm(auto_id="end_%s"),
        "revoke_form": RevokeForm(auto_id="revoke_%s"),
        "groups": groups_of(request.user, engagement),
        "can_start_group": can_start_group(request.user, engagement),
        "form_errors": bool(forms),
        "refused": next(iter(forms.values()), None),
        **forms,
    }
    return render(request, "engagements/engagement.html", context, status=422 if forms else 200)


def session_form(request: SignedInRequest, page: progress.EngagementPage, data: QueryDict | None = None) -> SessionForm:
    """Return the form to log a session of this engagement."""
    return SessionForm(
        data,
        today=timezone.localdate(timezone=request.user.zone),
        modality=page.engagement.modality,
        held=held_at(page.meetings, request.GET.get("meeting", "")),
        skills=page.skills if len(page.skills) > 1 else (),
        participants=page.taking_part,
        auto_id="session_%s",
    )


def extend_form(page: progress.EngagementPage) -> ExtendForm:
    """Return the form to go on for longer, with what is agreed now."""
    latest = page.agreement.latest
    initial = {"ends_on": latest.ends_on, "hours_planned": latest.hours_planned} if latest else {}
    return ExtendForm(initial=initial, auto_id="extend_%s")


Move = Callable[..., object]
# What a person does with one button: the act, and what they read afterwards.
MOVES: dict[str, tuple[Move, Any]] = {
    "start": (actions.start_engagement, gettext_lazy("The work has started.")),
    "resume": (actions.resume_engagement, gettext_lazy("The work goes on.")),
    "wrap-up": (actions.wrap_up_engagement, gettext_lazy("Now say what came of it.")),
    "complete": (actions.complete_engagement, gettext_lazy("Completed. Thank you.")),
    "certificate": (certificate_actions.issue_certificate, gettext_lazy("The certificate is ready.")),
    "hold": (supervision.hold_engagement, gettext_lazy("On hold. Both sides are told.")),
    "release": (supervision.release_engagement, gettext_lazy("Released. Both sides are told.")),
    "follow-up": (supervision.follow_up_engagement, gettext_lazy("Followed up.")),
}


@signed_in
@require_POST
def engagement_move(request: SignedInRequest, reference: str, move: str) -> HttpResponse:
    """Take a step that needs no more words."""
    act, told = MOVES[move]
    act(actor=request.user, engagement=get_engagement(request.user, reference))
    messages.success(request, told)
    return redirect("engagements:engagement", reference=reference)


@signed_in
@require_POST
def engagement_pause(request: SignedInRequest, reference: str) -> HttpResponse:
    """Let the work rest until a day."""
    form = PauseForm(request.POST, auto_id="pause_%s")
    told = _("The work is paused. The other side is told.")
    return _by_form(request, reference, "pause_form", form, pauses.pause_engagement, told)


@signed_in
@require_POST
def engagement_extend(request: SignedInRequest, reference: str) -> HttpResponse:
    """Propose to go on for longer."""
    form = ExtendForm(request.POST, auto_id="extend_%s")
    told = _("The extension is proposed. It holds once the other side has accepted it.")
    extend = partial(agreements.extend_engagement, seen=request.POST.get("seen", ""))
    return _by_form(request, reference, "extend_form", form, extend, told)


def _by_form(request: SignedInRequest, reference: str, name: str, form: Form, act: Move, told: str) -> HttpResponse:
    """Do what a valid form asks for; a refused one comes back on the page as ``name``."""
    found = get_engagement(request.user, reference)
    if form.is_valid():
        with refusals_on(form, Conflict):
            act(actor=request.user, engagement=found, **form.cleaned_data)
            messages.success(request, told)
            return redirect("engagements:engagement", reference=reference)
    return engagement_page(request, reference, **{name: form})


STOPS: dict[str, Callable[..., Engagement]] = {
    "end": actions.end_engagement_early,
    "cancel": actions.cancel_engagement,
}


@signed_in
@require_POST
def engagement_stop(request: SignedInRequest, reference: str, move: str) -> HttpResponse:
    """End early or call off, with a reason."""
    found = get_engagement(request.user, reference)
    form = EndForm(request.POST, auto_id="end_%s")
    if not form.is_valid():
        return engagement_page(request, reference, end_form=form)
    STOPS[move](actor=request.user, engagement=found, reason=form.cleaned_data["reason"])
    messages.success(request, _("This engagement is closed. The other side is told."))
    return redirect("engagements:engagement", reference=reference)
