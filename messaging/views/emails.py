"""Stop e-mails by the link that stands in each of them, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from diaspora_net.accounts.actions.people import stop_emails
from messaging.queries.emails import unsubscriber


@csrf_exempt  # mail programs send it, and the signature in the address is the right to do this one thing
@require_http_methods(["GET", "HEAD", "POST"])
def email_off(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, which scanners of mails follow, too; stop the mails on POST (RFC 8058 and the page's button)."""
    found = unsubscriber(token)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        stop_emails(actor=user, kind=kind)
    context = {"kind": kind, "is_done": request.method == "POST"}
    return render(request, "messaging/email_off.html", context)
