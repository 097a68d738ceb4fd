"""Stories with their photo, and the logos of a report."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from diaspora_net.core.uploads.answers import sealed
from engagements.actions import report_pictures as actions
from engagements.forms.donor_reports import LogoForm, StoryForm
from engagements.queries import donor_reports as queries


@signed_in
def story_new(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a story with its photo."""
    report = queries.get_report(request.user, reference)
    form = StoryForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        data = form.cleaned_data
        with refusals_on(form, Conflict):
            actions.add_story(
                actor=request.user,
                report=report,
                heading=data["heading"],
                text=data["text"],
                upload=form.arrival(),
                alt=data["alt"],
                consent=form.agreed(),
            )
            messages.success(request, _("Added at the end."))
            return redirect("engagements:donor-report-edit", reference=reference)
    context = {"report": report, "form": form}
    return render(request, "engagements/donor_report_story.html", context, status=422 if form.errors else 200)


@signed_in
def logos(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show the logos of a report, and add one."""
    report = queries.get_report(request.user, reference)
    form = LogoForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_on(form, Conflict):
            actions.add_logo(actor=request.user, report=report, upload=form.arrival(), alt=form.cleaned_data["alt"])
            return redirect("engagements:donor-report-logos", reference=reference)
    context = {"report": report, "form": form, "logos": queries.logos_of(report)}
    return render(request, "engagements/donor_report_logos.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def logo_remove(request: SignedInRequest, reference: str, picture: str) -> HttpResponse:
    """Take a logo away."""
    report = queries.get_report(request.user, reference)
    actions.remove_logo(actor=request.user, report=report, logo=picture)
    messages.success(request, _("Taken away."))
    return redirect("engagements:donor-report-logos", reference=reference)


@signed_in
def report_picture(request: SignedInRequest, reference: str, picture: str) -> HttpResponse:
    """Give out a picture of a report."""
    row = queries.get_picture(request.user, reference, picture)
    answer = sealed(bytes(row.content), row.media_type, f"{row.reference}")
    answer["Content-Disposition"] = "inline"
    return answer
