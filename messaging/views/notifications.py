"""One's news."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from messaging.actions import notifications as actions
from messaging.queries import notifications as queries


@require_safe
@signed_in
def notification_list(request: SignedInRequest) -> HttpResponse:
    """Show one's news by day."""
    news = queries.notification_list(request.user)
    context = {
        "news": news,
        "has_unread": any(not row.is_read for row in news),
        "unreached_since": queries.unreached_since(request.user),
    }
    return render(request, "messaging/notifications.html", context)


@require_POST
@signed_in
def notification_open(request: SignedInRequest, id: int) -> HttpResponse:  # noqa: A002 - the address's name
    """Mark a piece of news as read and go where it leads."""
    news = queries.get_notification(request.user, id)
    actions.read_notification(actor=request.user, notification=news)
    is_ours = news.url.startswith("/") and url_has_allowed_host_and_scheme(news.url, allowed_hosts=None)
    return redirect(news.url if is_ours else "messaging:notifications")


@require_POST
@signed_in
def notification_read_all(request: SignedInRequest) -> HttpResponse:
    """Mark all news as read."""
    actions.read_all_notifications(actor=request.user)
    return redirect("messaging:notifications")
