"""Pages of what one wants to be told: saved searches over the needs, and the weekly e-mail."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from engagements.actions import searches as actions
from engagements.actions.digests import choose_digest
from engagements.forms.feedback import DigestForm, SavedSearchForm
from engagements.forms.needs import NeedFilterForm
from engagements.models import SavedSearch
from engagements.payloads.filters import filter_words
from engagements.queries import searches as queries
from engagements.queries.digests import digest_stopper, get_digest
from engagements.queries.needs import NeedFilters, countries_with_needs
from engagements.states import SearchAlert
from mentors.queries.profiles import own_profile


@signed_in
def searches(request: SignedInRequest) -> HttpResponse:
    """List one's saved searches."""
    rows = [
        {"search": search, "words": _words(queries.filters_of(search))} for search in queries.searches_of(request.user)
    ]
    return render(request, "engagements/searches.html", {"rows": rows})


@signed_in
def search_new(request: SignedInRequest) -> HttpResponse:
    """Save the search that stands in the address."""
    filters = NeedFilterForm(request.GET, codes=countries_with_needs()).filters()
    words = _words(filters)
    initial = {"name": ", ".join(words)[:80], "alert": SearchAlert.WEEKLY}
    form = SavedSearchForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, Conflict):
            actions.save_search(actor=request.user, filters=filters, **form.cleaned_data)
            messages.success(request, _("Your search is saved."))
            return redirect("engagements:searches")
    context = {"form": form, "words": words, "search": None}
    return render(request, "engagements/search_form.html", context, status=422 if form.errors else 200)


@signed_in
def search(request: SignedInRequest, reference: str) -> HttpResponse:
    """Go to the needs that fit a saved search."""
    filters = queries.filters_of(queries.get_search(request.user, reference))
    return redirect(f"{reverse('engagements:needs')}?{_address(filters)}")


@signed_in
def search_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Rename a search or change its alerts."""
    found = queries.get_search(request.user, reference)
    form = SavedSearchForm(
        request.POST if request.method == "POST" else None, initial={"name": found.name, "alert": found.alert}
    )
    if request.method == "POST" and form.is_valid():
        return _changed(request, found, form.cleaned_data)
    context = {"form": form, "words": _words(queries.filters_of(found)), "search": found}
    return render(request, "engagements/search_form.html", context, status=422 if form.errors else 200)


def _changed(request: SignedInRequest, found: SavedSearch, values: dict[str, Any]) -> HttpResponse:
    actions.change_search(actor=request.user, search=found, **values)
    messages.success(request, _("Your search is saved."))
    return redirect("engagements:searches")


@signed_in
@require_POST
def search_delete(request: SignedInRequest, reference: str) -> HttpResponse:
    """Forget a saved search."""
    actions.delete_search(actor=request.user, search=queries.get_search(request.user, reference))
    messages.success(request, _("The search is deleted."))
    return redirect("engagements:searches")


@signed_in
def digest(request: SignedInRequest) -> HttpResponse:
    """Turn the weekly e-mail about new needs on or off."""
    if request.method == "POST":
        choose_digest(actor=request.user, is_wanted="is_wanted" in request.POST)
        messages.success(request, _("Saved."))
        return redirect("engagements:for-you-email")
    profile = own_profile(request.user)
    planned = get_digest(profile) if profile else None
    form = DigestForm(initial={"is_wanted": planned.is_wanted if planned else True})
    return render(request, "engagements/for_you_email.html", {"form": form, "profile": profile, "planned": planned})


@csrf_exempt  # mail programs send it, and the signature in the address is the right to do this one thing
@require_http_methods(["GET", "HEAD", "POST"])
def digest_off(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, which scanners of mails follow, too; stop the weekly e-mail on POST (RFC 8058 and the page)."""
    user = digest_stopper(token)
    if user is None:
        raise Http404
    if request.method == "POST":
        choose_digest(actor=user, is_wanted=False)
    return render(request, "messaging/email_off.html", {"kind": "weekly", "is_done": request.method == "POST"})


def _address(filters: NeedFilters) -> str:
    values = {
        "q": filters.text,
        "country": filters.country,
        "language": filters.language,
        "modality": filters.modality,
    }
    return urlencode({name: value for name, value in values.items() if value})


def _words(filters: NeedFilters) -> list[str]:
    """Return what a search looks for, in words."""
    return filter_words(
        text=filters.text, country=filters.country, language=filters.language, modality=filters.modality
    )
