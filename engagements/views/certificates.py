"""An expert's record, certificates as PDF, and the public check of a certificate."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions.certificates import revoke_certificate
from engagements.forms.work import CodeForm, RevokeForm
from engagements.queries import certificates as queries
from engagements.queries.work import record_of
from engagements.reports.certificate import render_certificate
from engagements.views.engagements import engagement_page


@signed_in
def record(request: SignedInRequest) -> HttpResponse:
    """Show what an expert has contributed."""
    return render(request, "engagements/record.html", {"record": record_of(request.user)})


def certificate_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Send the certificate as a file; who has the code may have it, as long as it is valid."""
    certificate = queries.get_valid_certificate(code)
    url = settings.BASE_URL + reverse("engagements:certificate", args=[certificate.code])
    response = HttpResponse(render_certificate(certificate, check_url=url), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{certificate.code}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a certificate."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("engagements:certificate", code=queries.clean_code(form.cleaned_data["code"]) or "-")
    return render(request, "engagements/verify.html", {"form": form}, status=422 if form.errors else 200)


def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Tell anybody whether a certificate is valid, withdrawn or unknown."""
    found = queries.find_certificate(code)
    context = {"certificate": found, "code": code, "form": CodeForm(initial={"code": code})}
    if found is None:
        return render(request, "engagements/verify.html", {**context, "is_unknown": True}, status=404)
    return render(request, "engagements/certificate.html", context)


@signed_in
@require_POST
def certificate_revoke(request: SignedInRequest, code: str) -> HttpResponse:
    """Withdraw a certificate, with the reason."""
    found = queries.get_visible_certificate(request.user, code)
    form = RevokeForm(request.POST, auto_id="revoke_%s")
    if form.is_valid():
        try:
            revoke_certificate(actor=request.user, certificate=found, reason=form.cleaned_data["reason"])
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Withdrawn. Its check page says so from now on."))
            return redirect("engagements:engagement", reference=found.engagement.reference)
    return engagement_page(request, found.engagement.reference, revoke_form=form)
