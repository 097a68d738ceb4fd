"""Send a report, take it back, and the page on which somebody outside opens it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from engagements.actions import report_sending as actions
from engagements.forms.donor_reports import SendForm
from engagements.queries.donor_reports import get_report
from engagements.queries.sent_reports import get_opened, get_sent, sent_of


@signed_in
def report_send(request: SignedInRequest, reference: str) -> HttpResponse:
    """Send a report to somebody outside, and show to whom it was sent."""
    report = get_report(request.user, reference)
    form = SendForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, Conflict):
            sent = actions.send_report(actor=request.user, report=report, **form.cleaned_data)
            told = _("It is on its way to %(address)s. The link works until you take it back, or until its day.")
            messages.success(request, told % {"address": sent.email})
            return redirect("engagements:donor-report-send", reference=reference)
    context: dict[str, Any] = {"report": report, "form": form, "sent": sent_of(report)}
    return render(request, "engagements/donor_report_send.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def report_take_back(request: SignedInRequest, reference: str) -> HttpResponse:
    """Let the link of a sent report open nothing any more."""
    sent = get_sent(request.user, reference)
    actions.take_back_report(actor=request.user, sent=sent)
    messages.success(request, _("The link opens nothing any more."))
    return redirect("engagements:donor-report-send", reference=sent.report.reference)


@require_safe
def sent_report(request: HttpRequest, token: str) -> HttpResponse:
    """Show whoever has the link what was sent to them, to read or to take."""
    sent = get_opened(token)
    return _private(render(request, "engagements/sent_report.html", {"sent": sent, "token": token}))


@require_safe
def sent_report_file(request: HttpRequest, token: str) -> HttpResponse:
    """Give whoever has the link the report as it was sent."""
    sent = get_opened(token)
    name = f'attachment; filename="report-{sent.reference}.pdf"'
    headers = {"Content-Disposition": name}
    return _private(HttpResponse(bytes(sent.content), content_type="application/pdf", headers=headers))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
