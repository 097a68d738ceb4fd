"""The list of a person's sessions."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from engagements.queries.my_sessions import my_sessions


@require_safe
@signed_in
def sessions(request: SignedInRequest) -> HttpResponse:
    """List one's sessions by what they ask for and when they are."""
    found = my_sessions(request.user)
    groups = [
        (_("Choose a time"), found.to_choose),
        (_("Say how it went"), found.to_tell),
        (_("Today"), found.today),
        (_("The next seven days"), found.this_week),
        (_("Later"), found.later),
        (_("Waiting for the other side"), found.offered),
    ]
    context = {"groups": [(title, lines) for title, lines in groups if lines], "is_empty": found.is_empty}
    return render(request, "engagements/my_sessions.html", context)
