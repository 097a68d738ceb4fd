"""Pages of needs: reading one, writing one, and running it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.rules import is_trusted
from diaspora_net.core.errors import Invalid, SlowDown
from diaspora_net.core.forms import add_problems, refusals_on
from engagements.actions import closing
from engagements.actions import needs as actions
from engagements.actions.need_values import missing_for_submitting
from engagements.actions.staleness import renew_need
from engagements.actions.writing import write_need
from engagements.forms.needs import LANGUAGE_FIELDS, CloseForm, NeedForm, PickedSkills, RenewForm
from engagements.models import Need
from engagements.payloads import fit_line, need_card, reasons_in_words
from engagements.payloads.readiness import readiness_of
from engagements.payloads.starting_points import STARTING_POINTS, need_from
from engagements.queries import needs as queries
from engagements.queries.interest import is_saved
from engagements.queries.need_notes import open_notes
from engagements.queries.need_twins import Twin, same_as, twins_like, twins_of
from engagements.queries.pace import is_full_of_offers, is_watching, usual_days_of_organisations
from engagements.queries.recommendations import explained_for_expert, labels_of
from engagements.queries.work_clocks import clock_of_need
from engagements.rules import needs as rules
from engagements.states import EDITABLE_NEED_STATES, WATCHED_STATES, Side
from engagements.states.readiness import NeedField
from engagements.views.need_picking import language_now, picker
from mentors.queries.profiles import own_profile

# Where the action's field has another name in the form.
FIELD_NAMES = {"languages": "language"}


def need(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a need: to everybody while it is open, with state and actions to those who run it, with reasons to
    experts.
    """
    return render(request, "engagements/need_page.html", _need_context(request, reference))


def _need_context(request: HttpRequest, reference: str) -> dict[str, Any]:
    found = queries.get_need_page(request.user, reference)
    context: dict[str, Any] = {
        "need": found,
        "card": need_card(found, {}),
        "skills": queries.skills_of(found),
        "is_open": rules.is_open(found),
        "same_as": same_as(found),
    }
    if not request.user.is_authenticated:
        return context
    context["can_write"] = rules.can_write_need(request.user, found.organisation)
    context["can_review"] = rules.can_review_need(request.user, found)
    context["can_see_matches"] = rules.can_see_matches(request.user, found)
    if context["can_write"] or context["can_review"]:
        context |= {
            "close_form": CloseForm(),
            "renew_form": RenewForm(auto_id="renew_%s", initial={"closes_on": rules.day_to_keep(found)}),
            "clock": clock_of_need(found),
            "is_editable": found.state in EDITABLE_NEED_STATES,
            **(_before_sending(request, found) if context["can_write"] else {}),
            "can_send": is_trusted(found.organisation),
        }
    elif profile := own_profile(request.user):
        fits = explained_for_expert(request.user, found, profile)
        labels = labels_of([fits])
        zone = request.user.zone
        context |= {
            "profile": profile,
            "fit": fit_line(fits.told),
            "reasons": reasons_in_words(fits.reasons, side=Side.EXPERT, labels=labels, zone=zone),
            "all_reasons": reasons_in_words(fits.reasons, side=Side.EXPERT, labels=labels, zone=zone, limit=None),
            "proposal": queries.live_proposal(found, profile),
            "is_hidden": queries.is_hidden(found, profile),
            "is_saved": is_saved(found, profile),
            "can_answer": rules.can_answer_needs(profile),
            "is_reading_enough": is_full_of_offers(found),
            "is_watching": is_watching(found, profile),
            "can_watch": found.state in WATCHED_STATES,
            "usual_days": usual_days_of_organisations([found.organisation_id]).get(found.organisation_id),
        }
    return context


def _before_sending(request: HttpRequest, found: Need) -> dict[str, Any]:
    """Return what a writer looks at before sending: what makes a need answerable, and others that ask for the same."""
    if found.state not in EDITABLE_NEED_STATES:
        return {}
    lines = readiness_of(found, missing_for_submitting(found))
    return {"readiness": lines, "twins": twins_of(request.user, found)}


@signed_in
def need_new(request: SignedInRequest) -> HttpResponse:
    """Write a new need for an organisation one speaks for."""
    organisation = queries.organisation_to_write_for(request.user, request.GET.get("organisation", ""))
    if organisation is None:
        spoken_for = queries.organisations_to_write_for(request.user)
        return render(request, "engagements/need_choose.html", {"organisations": spoken_for})
    return _write(request, organisation, None)


@signed_in
def need_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change a need that is a draft or was sent back."""
    found = queries.get_need_to_write(request.user, reference)
    return _write(request, found.organisation, found)


def _write(request: SignedInRequest, organisation: Organisation, found: Need | None) -> HttpResponse:
    picked = PickedSkills(request.POST) if request.method == "POST" else None
    twins: list[Twin] = []
    is_asking = "find" in request.POST or "remove" in request.POST
    options: dict[str, Any] = {"speakers": speakers_of(organisation), "instance": found}
    if picked is None:
        form = NeedForm(initial=_first_values(request, found), **options)
    elif is_asking:
        form = NeedForm(initial=request.POST.dict(), **options)
    else:
        form = NeedForm(request.POST, **options)
        twins = _twins_not_seen(request, organisation, found, picked) if form.is_valid() else []
        if form.is_valid() and not twins and (saved := _saved(request, organisation, found, form, picked)):
            return redirect("engagements:need", reference=saved.reference)
    notes = open_notes(found) if found else {}
    form.attach_notes(notes)
    context = {
        "form": form,
        "twins": twins,
        "skills_note": notes.get(NeedField.SKILLS),
        "readiness": readiness_of(found, missing_for_submitting(found)) if found else [],
        "need": found,
        "organisation": organisation,
        "can_send": is_trusted(organisation),
        "starting_points": () if found else STARTING_POINTS,
        "form_errors": form.is_bound and bool(form.errors),
        "skills_error": picked.error if picked else "",
        **picker(request, found, picked),
    }
    return render(request, "engagements/need_form.html", context, status=422 if form.is_bound else 200)


def _first_values(request: SignedInRequest, found: Need | None) -> dict[str, Any]:
    if found is None:
        start = need_from(request.GET.get("template", ""))
        return {"focal_point": request.user.pk, "language": language_now(), **start}
    rows = list(found.languages.all())
    values: dict[str, Any] = {name: row.language for name, row in zip(LANGUAGE_FIELDS, rows, strict=False)}
    return values | ({"language_level": rows[0].level} if rows else {})


def _twins_not_seen(
    request: SignedInRequest, organisation: Organisation, found: Need | None, picked: PickedSkills
) -> list[Twin]:
    """Return what asks for the same, when a need is sent by somebody who has not been shown it."""
    if "send" not in request.POST or "twins_seen" in request.POST:
        return []
    wanted = [int(value) for value in picked.values if value.isdecimal() and len(value) < 16]
    title, key = request.POST.get("title", ""), found.pk if found else None
    return twins_like(request.user, title=title, wanted=wanted, organisation=organisation.pk, need=key)


def _saved(
    request: SignedInRequest, organisation: Organisation, found: Need | None, form: NeedForm, picked: PickedSkills
) -> Need | None:
    """Save what was sent; put what the action refuses beside the fields."""
    is_sent = "send" in request.POST
    try:
        saved = write_need(
            actor=request.user,
            organisation=organisation,
            need=found,
            values=form.values(),
            wishes=picked.wishes(),
            language=language_now(),
            is_sent=is_sent,
        )
    except Invalid as error:
        problems = {FIELD_NAMES.get(name, name): problem for name, problem in error.fields.items()}
        add_problems(form, Invalid(error.message, fields=problems))
        picked.error = problems.get("skills", "")
        return None
    except SlowDown as error:
        add_problems(form, error)
        return None
    messages.success(
        request, _("Sent. A coordinator checks it within two working days.") if is_sent else _("Saved as a draft.")
    )
    return saved


@signed_in
@require_POST
def need_submit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Send a draft to the coordinators."""
    found = queries.get_need(request.user, reference)
    try:
        actions.submit_need(actor=request.user, need=found)
    except Invalid as error:
        for problem in error.fields.values() or [error.message]:
            messages.error(request, problem)
        return redirect("engagements:need-edit", reference=reference)
    messages.success(request, _("Sent. A coordinator checks it within two working days."))
    return redirect("engagements:need", reference=reference)


@signed_in
@require_POST
def need_pause(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take an open need out of lists for a while."""
    actions.pause_need(actor=request.user, need=queries.get_need(request.user, reference))
    messages.success(request, _("Paused. Nobody is suggested until you open it again."))
    return redirect("engagements:need", reference=reference)


@signed_in
@require_POST
def need_resume(request: SignedInRequest, reference: str) -> HttpResponse:
    """Open a paused need again."""
    actions.resume_need(actor=request.user, need=queries.get_need(request.user, reference))
    messages.success(request, _("Open again."))
    return redirect("engagements:need", reference=reference)


@signed_in
@require_POST
def need_renew(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say that a need is needed still, which opens it again where it was hidden."""
    form = RenewForm(request.POST)
    if form.is_valid():
        found = queries.get_need(request.user, reference)
        with refusals_on(form):
            renew_need(actor=request.user, need=found, closes_on=form.cleaned_data["closes_on"])
            messages.success(request, _("Open to experts. Thank you for telling us."))
            return redirect("engagements:need", reference=reference)
    context = _need_context(request, reference) | {"renew_form": form, "form_errors": True}
    return render(request, "engagements/need_page.html", context, status=422)


@signed_in
@require_POST
def need_withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take a need back."""
    closing.withdraw_need(actor=request.user, need=queries.get_need(request.user, reference))
    messages.success(request, _("Withdrawn. Whoever was waiting for an answer is told."))
    return redirect("engagements:need", reference=reference)


@signed_in
@require_POST
def need_close(request: SignedInRequest, reference: str) -> HttpResponse:
    """Close a need and record whether it was met."""
    form = CloseForm(request.POST)
    if not form.is_valid():
        context = _need_context(request, reference) | {"close_form": form, "form_errors": True}
        return render(request, "engagements/need_page.html", context, status=422)
    found = queries.get_need(request.user, reference)
    closing.close_need(actor=request.user, need=found, result=form.cleaned_data["result"])
    messages.success(request, _("Closed. Whoever was waiting for an answer is told."))
    return redirect("engagements:need", reference=reference)
