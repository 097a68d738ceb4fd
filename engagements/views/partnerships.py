"""Partners, documents, people who are trained and the shared page of a programme."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid, SlowDown
from diaspora_net.core.forms import refusals_on
from diaspora_net.core.uploads.answers import sealed
from diaspora_net.core.uploads.kinds import KINDS
from engagements.actions import partnerships as actions
from engagements.actions import share_links
from engagements.forms.partnerships import BeneficiaryForm, DocumentForm, PartnerForm, ShareLinkForm
from engagements.models import Programme
from engagements.queries import partnerships as queries
from engagements.queries.donor_reports import progress_of
from engagements.queries.programmes import get_programme_to_run
from engagements.queries.share_links import (
    get_link_to_run,
    get_shared_document,
    get_shared_programme,
    links_of,
    shared_page,
)
from engagements.states import Track
from messaging.payloads import file_lines
from messaging.queries.files import file_content


@signed_in
def partnership(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show partners, documents, people who are trained, and the links to the shared page."""
    return _page(request, get_programme_to_run(request.user, reference))


def _page(
    request: SignedInRequest, found: Programme, forms: dict[str, Form] | None = None, token: str = ""
) -> HttpResponse:
    documents = queries.documents_of(found)
    page = queries.beneficiaries_page(found, request.GET.get("page"))
    context: dict[str, Any] = {
        "programme": found,
        "partners": queries.partners_of(found),
        "documents": list(zip(documents, file_lines([one.file for one in documents]), strict=True)),
        "page": page,
        "tracks": queries.tracks_of(found),
        "track_choices": Track.choices,
        "links": links_of(found),
        "token_url": settings.BASE_URL + reverse("engagements:shared-programme", args=[token]) if token else "",
        "partner_form": PartnerForm(codes=queries.codes_of(found)),
        "document_form": DocumentForm(),
        "beneficiary_form": BeneficiaryForm(),
        "link_form": ShareLinkForm(),
        **(forms or {}),
        "form_errors": bool(forms),
    }
    response = render(request, "engagements/partnership.html", context, status=422 if forms else 200)
    if token:
        response["Cache-Control"] = "no-store, private"
    return response


def _add(
    request: SignedInRequest,
    reference: str,
    make_form: Callable[[Programme], Form],
    name: str,
    act: Callable[[Programme, Any], object],
    told: str,
) -> HttpResponse:
    """Let ``act`` write what a form holds; a form that was refused comes back with what was typed."""
    found = get_programme_to_run(request.user, reference)
    form = make_form(found)
    if form.is_valid():
        with refusals_on(form, Conflict, SlowDown):
            act(found, form)
            messages.success(request, told)
            return redirect("engagements:partnership", reference=reference)
    return _page(request, found, {name: form})


@signed_in
@require_POST
def partner_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a partner."""

    def act(found: Programme, form: Any) -> None:
        actions.add_partner(actor=request.user, programme=found, **form.cleaned_data)

    def make(found: Programme) -> Form:
        return PartnerForm(request.POST, codes=queries.codes_of(found))

    return _add(request, reference, make, "partner_form", act, _("The partner is in the list."))


@signed_in
@require_POST
def partner_remove(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take a partner out."""
    partner = queries.get_partner_to_run(request.user, reference)
    actions.remove_partner(actor=request.user, partner=partner)
    messages.success(request, _("The partner is out of the list."))
    return redirect("engagements:partnership", reference=partner.programme.reference)


@signed_in
@require_POST
def document_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a document."""

    def act(found: Programme, form: Any) -> None:
        is_shared = form.cleaned_data["is_shared"]
        actions.add_document(actor=request.user, programme=found, arrival=form.arrival(), is_shared=is_shared)

    def make(found: Programme) -> Form:
        return DocumentForm(request.POST, request.FILES)

    return _add(request, reference, make, "document_form", act, _("Added. It can be opened once it is checked."))


@require_safe
@signed_in
def document(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give a document to who runs its programme."""
    return _given(queries.get_document_to_run(request.user, reference).file)


def _given(file: Any) -> HttpResponse:
    return sealed(file_content(file), KINDS[file.kind].media_type, file.name)


@signed_in
@require_POST
def document_share(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a document on the shared page, or no longer; or remove it."""
    found = queries.get_document_to_run(request.user, reference)
    to = request.POST.get("to", "")
    if to == "remove":
        actions.remove_document(actor=request.user, document=found)
        messages.success(request, _("The document is removed."))
    else:
        actions.share_document(actor=request.user, document=found, is_shared=to == "shared")
        messages.success(request, _("It is on the shared page.") if to == "shared" else _("Only you see it now."))
    return redirect("engagements:partnership", reference=found.programme.reference)


@signed_in
@require_POST
def beneficiary_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Note somebody who is trained."""

    def act(found: Programme, form: Any) -> None:
        name, track = form.cleaned_data["name"], form.cleaned_data["track"]
        actions.add_beneficiary(actor=request.user, programme=found, name=name, track=track, facts=form.facts())

    def make(found: Programme) -> Form:
        return BeneficiaryForm(request.POST)

    return _add(request, reference, make, "beneficiary_form", act, _("Noted."))


@signed_in
@require_POST
def beneficiary_change(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say where somebody goes on, or forget them."""
    found = queries.get_beneficiary_to_run(request.user, reference)
    if request.POST.get("to") == "remove":
        actions.remove_beneficiary(actor=request.user, beneficiary=found)
        messages.success(request, _("Forgotten, with all they said."))
    else:
        try:
            actions.change_track(actor=request.user, beneficiary=found, track=request.POST.get("track", ""))
        except Invalid as error:
            messages.warning(request, error.message)
        else:
            messages.success(request, _("Saved."))
    return redirect("engagements:partnership", reference=found.programme.reference)


@signed_in
@require_POST
def share_link_make(request: SignedInRequest, reference: str) -> HttpResponse:
    """Make a link and show it, this once."""
    found = get_programme_to_run(request.user, reference)
    form = ShareLinkForm(request.POST)
    if form.is_valid():
        with refusals_on(form, Conflict):
            _link, token = share_links.make_share_link(actor=request.user, programme=found, **form.cleaned_data)
            return _page(request, found, token=token)
    return _page(request, found, {"link_form": form})


@signed_in
@require_POST
def share_link_revoke(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take a link back."""
    link = get_link_to_run(request.user, reference)
    share_links.revoke_share_link(actor=request.user, link=link)
    messages.success(request, _("The link opens nothing any more."))
    return redirect("engagements:partnership", reference=link.programme.reference)


@require_safe
def shared_programme(request: HttpRequest, token: str) -> HttpResponse:
    """Show partners and donors how a programme stands, without anybody's name; to read only."""
    found = get_shared_programme(token)
    period, progress = progress_of(found)
    context = {"programme": found, "shared": shared_page(found), "token": token, "period": period, "progress": progress}
    response = render(request, "engagements/shared_programme.html", context)
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def shared_document(request: HttpRequest, token: str, reference: str) -> HttpResponse:
    """Give a shared document to whoever has the link."""
    return _given(get_shared_document(token, reference).file)
