"""The organisation's own side of its verification: what is asked of it, and how to give it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from diaspora_net.accounts.actions.organisations import answer_request
from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.organisations import get_own_organisation, open_request
from diaspora_net.accounts.rules import can_manage_team, can_speak_for
from diaspora_net.accounts.states import RENEWING_STATES
from diaspora_net.core.errors import Conflict, SlowDown
from diaspora_net.core.forms import refusals_on
from diaspora_net.core.uploads.answers import sealed
from diaspora_net.core.uploads.kinds import KINDS
from engagements.actions.organisation_documents import add_document, note_opening, remove_document
from engagements.forms.desk_organisations import DocumentForm
from engagements.queries.organisation_documents import document_lines, get_document, still_asked
from messaging.queries.files import file_content


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def verification(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show an organisation where its verification stands and what is asked of it; it adds documents here."""
    found = get_own_organisation(request.user, reference)
    is_sent = request.method == "POST"
    form = DocumentForm(request.POST, request.FILES) if is_sent else DocumentForm()
    if is_sent and form.is_valid():
        with refusals_on(form, Conflict, SlowDown):
            add_document(actor=request.user, organisation=found, kind=form.cleaned_data["kind"], arrival=form.arrival())
            messages.success(request, _("Added. The coordinator can open it once it is checked."))
            return redirect("engagements:organisation-verification", reference=reference)
    lines = document_lines(request.user, found)
    context = {
        "organisation": found,
        "request_for": open_request(found),
        "still_asked": still_asked(found, lines),
        "lines": lines,
        "may_add": can_speak_for(request.user, found),
        "can_manage": can_manage_team(request.user, found),
        "is_to_confirm": found.state in RENEWING_STATES and found.facts_confirmed_at is None,
        "form": form,
    }
    return render(request, "engagements/organisation_verification.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def verification_send(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say that everything that was asked for is there."""
    found = get_own_organisation(request.user, reference)
    answer_request(actor=request.user, organisation=found)
    messages.success(request, _("Sent. The coordinator looks at it, usually within two working days."))
    return redirect("engagements:organisation-verification", reference=reference)


@require_safe
@signed_in
def document(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give a document that was found good to somebody who may have it now."""
    found = get_document(request.user, reference)
    content = file_content(found.file)
    note_opening(actor=request.user, document=found)
    return sealed(content, KINDS[found.file.kind].media_type, found.file.name)


@signed_in
@require_POST
def document_remove(request: SignedInRequest, reference: str) -> HttpResponse:
    """Remove a document that one added."""
    found = get_document(request.user, reference)
    remove_document(actor=request.user, document=found)
    messages.success(request, _("The document is removed."))
    page = "desk-organisation" if found.is_found else "organisation-verification"
    return redirect(f"engagements:{page}", reference=found.organisation.reference)
