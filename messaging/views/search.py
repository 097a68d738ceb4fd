"""Search in one's conversations."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from messaging.forms.search import SearchForm
from messaging.queries.search import search_messages


@require_safe
@signed_in
def search(request: SignedInRequest) -> HttpResponse:
    """Show what was found, newest first, each with a link to its place in the conversation."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "messaging/search.html", {"form": form}, status=422)
    text, page = form.cleaned_data["q"], form.cleaned_data["page"] or 1
    found = search_messages(request.user, text, page) if text else None
    return render(request, "messaging/search.html", {"form": form, "text": text, "found": found, "page": page})
