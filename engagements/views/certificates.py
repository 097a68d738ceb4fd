"""An expert's record, certificates as PDF, and the public check of a certificate."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.models import User
from diaspora_net.core.forms import refusals_on
from engagements.actions.certificates import choose_shown_parts, reissue_certificate, revoke_certificate
from engagements.forms.work import CodeForm, RevokeForm, ShownForm
from engagements.models import Certificate
from engagements.queries import certificates as queries
from engagements.queries.work import record_of
from engagements.reports.badge import did_document, signed_status_list
from engagements.reports.certificate import render_certificate
from engagements.rules.work import can_choose_shown_parts
from engagements.views.engagements import engagement_page


@signed_in
def record(request: SignedInRequest) -> HttpResponse:
    """Show what an expert has contributed."""
    return render(request, "engagements/record.html", {"record": record_of(request.user)})


def _person(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def certificate_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Send the certificate as a file, while it is valid."""
    certificate = queries.get_file_certificate(_person(request), code)
    url = settings.BASE_URL + reverse("engagements:certificate", args=[certificate.code])
    response = HttpResponse(render_certificate(certificate, check_url=url), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{certificate.code}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def certificate_badge(request: HttpRequest, code: str) -> HttpResponse:
    """Send the certificate as a signed Open Badge, while it is valid."""
    certificate = queries.get_file_certificate(_person(request), code)
    if not certificate.token:
        raise Http404
    response = HttpResponse(certificate.token, content_type="application/vc+jwt")
    response["Content-Disposition"] = f'attachment; filename="certificate-{certificate.code}.jwt"'
    response["Cache-Control"] = "private, no-store"
    return response


def certificate_status(request: HttpRequest, number: int) -> HttpResponse:
    """Send the signed list of certificates that hold no more, for badge wallets."""
    token = signed_status_list(number, queries.withdrawn_places(number), at=timezone.now())
    return HttpResponse(token, content_type="application/vc+jwt")


def issuer(request: HttpRequest) -> HttpResponse:
    """Say which keys certificates are signed with, as ``did:web`` asks for it."""
    return JsonResponse(did_document(queries.signing_keys()), content_type="application/did+json")


def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a certificate."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("engagements:certificate", code=queries.clean_code(form.cleaned_data["code"]) or "-")
    return render(request, "engagements/verify.html", {"form": form}, status=422 if form.errors else 200)


def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Tell anybody whether a certificate is valid, withdrawn or unknown."""
    found = queries.find_certificate(code)
    if found is None:
        context = {"form": CodeForm(initial={"code": code}), "is_unknown": True}
        return render(request, "engagements/verify.html", context, status=404)
    return _check_page(request, found)


def _check_page(request: HttpRequest, found: Certificate, form: ShownForm | None = None) -> HttpResponse:
    """Show what the holder lets everybody see; the holder also chooses it here."""
    person = _person(request)
    context = {
        "certificate": found,
        "may_choose": person is not None and can_choose_shown_parts(person, found),
        "shown_form": form or ShownForm(initial={"shown": found.shown}),
    }
    return render(request, "engagements/certificate.html", context, status=422 if form else 200)


@signed_in
@require_POST
def certificate_shown(request: SignedInRequest, code: str) -> HttpResponse:
    """Set what the check page tells."""
    found = queries.get_visible_certificate(request.user, code)
    form = ShownForm(request.POST)
    if not form.is_valid():
        return _check_page(request, found, form)
    choose_shown_parts(actor=request.user, certificate=found, shown=form.cleaned_data["shown"])
    messages.success(request, _("Saved. This is what others see from now on."))
    return redirect("engagements:certificate", code=code)


@signed_in
@require_POST
def certificate_revoke(request: SignedInRequest, code: str) -> HttpResponse:
    """Withdraw a certificate, with the reason."""
    return _end(request, code, revoke_certificate, _("Withdrawn. Its check page says so from now on."))


@signed_in
@require_POST
def certificate_reissue(request: SignedInRequest, code: str) -> HttpResponse:
    """Replace a certificate by a corrected one, with the reason."""
    return _end(request, code, reissue_certificate, _("Replaced. The old one says so on its check page."))


def _end(request: SignedInRequest, code: str, act: Callable[..., Certificate], told: str) -> HttpResponse:
    found = queries.get_visible_certificate(request.user, code)
    form = RevokeForm(request.POST, auto_id="revoke_%s")
    if form.is_valid():
        with refusals_on(form):
            act(actor=request.user, certificate=found, reason=form.cleaned_data["reason"])
            messages.success(request, told)
            return redirect("engagements:engagement", reference=found.engagement.reference)
    return engagement_page(request, found.engagement.reference, revoke_form=form)
