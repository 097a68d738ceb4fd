"""The files of an engagement: shared, taken, removed. Rights are asked at every read."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, SlowDown
from diaspora_net.core.forms import refusals_on
from diaspora_net.core.uploads.answers import sealed
from diaspora_net.core.uploads.kinds import KINDS
from engagements.actions.handover import keep_in_kit
from engagements.actions.shared_files import remove_file, share_files
from engagements.forms.files import ShareForm
from engagements.payloads.shared_files import shared_lines
from engagements.queries.shared_files import get_shared_file, shared_files_of
from engagements.queries.work import get_engagement
from engagements.rules.files import can_open_files, can_share_files
from engagements.rules.work import side_of
from messaging.queries.files import file_content


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def engagement_files(request: SignedInRequest, reference: str) -> HttpResponse:
    """List what is shared; a side shares more."""
    found = get_engagement(request.user, reference)
    is_sent = request.method == "POST"
    form = ShareForm(request.POST, request.FILES) if is_sent else ShareForm()
    if is_sent and form.is_valid():
        with refusals_on(form, Conflict, SlowDown):
            share_files(actor=request.user, engagement=found, arrivals=form.arrivals())
            messages.success(request, _("Shared. The other side can open it once it is checked."))
            return redirect("engagements:engagement-files", reference=reference)
    side, may_open = side_of(request.user, found), can_open_files(request.user, found)
    context = {
        "engagement": found,
        "lines": shared_lines(shared_files_of(found), side, may_open=may_open),
        "may_share": can_share_files(found, side),
        "form": form,
    }
    return render(request, "engagements/files.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in
def shared_file(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give a file that was found good to somebody who may have it now."""
    shared = get_shared_file(request.user, reference)
    return sealed(file_content(shared.file), KINDS[shared.file.kind].media_type, shared.file.name)


@signed_in
@require_POST
def shared_file_remove(request: SignedInRequest, reference: str) -> HttpResponse:
    """Remove a file for both sides."""
    shared = get_shared_file(request.user, reference)
    remove_file(actor=request.user, shared=shared)
    messages.success(request, _("The file is removed."))
    return redirect("engagements:engagement-files", reference=shared.engagement.reference)


@signed_in
@require_POST
def shared_file_keep(request: SignedInRequest, reference: str) -> HttpResponse:
    """Put a file into the handover kit, or take it out."""
    shared = get_shared_file(request.user, reference)
    is_in = request.POST.get("to") != "out"
    keep_in_kit(actor=request.user, shared=shared, is_in=is_in)
    messages.success(request, _("It is in the handover kit.") if is_in else _("It is no longer in the handover kit."))
    return redirect("engagements:engagement-files", reference=shared.engagement.reference)
