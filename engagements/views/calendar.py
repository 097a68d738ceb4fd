"""The private address of one's calendar, and the calendar that programs read there."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from engagements.actions.calendar_feeds import renew_feed, stop_feed
from engagements.queries import calendar as queries
from engagements.reports.calendar import feed as feed_of_entries

CACHED_FOR = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def calendar(request: SignedInRequest) -> HttpResponse:
    """Show, renew or stop the address of one's calendar."""
    if request.method == "POST":
        if request.POST.get("act") == "stop":
            stop_feed(actor=request.user)
            messages.success(request, _("The address no longer opens your calendar."))
        else:
            renew_feed(actor=request.user)
            messages.success(request, _("This is your new address. Earlier ones no longer work."))
        return redirect("engagements:calendar")
    feed = queries.feed_of(request.user)
    address = ""
    if feed is not None:
        address = settings.BASE_URL + reverse("engagements:calendar-feed", args=[queries.feed_token(feed)])
    return render(request, "engagements/calendar.html", {"address": address})


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a calendar to whoever holds its private address; nothing when it has not changed."""
    user = queries.reader_of(token)
    if user is None:
        raise Http404
    body = feed_of_entries(user, queries.calendar_entries(user))
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="diaspora-net.ics"'
    answer = get_conditional_response(request, etag=etag, response=answer) or answer
    answer["ETag"] = etag
    answer["Cache-Control"] = f"private, max-age={CACHED_FOR}"
    answer["X-Robots-Tag"] = "noindex"
    return answer
