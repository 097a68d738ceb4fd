"""The handover kit: its page, which prints well, its archive, and what is put into it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from diaspora_net.core.uploads.answers import sealed
from engagements.actions.handover import add_kit_item, remove_kit_item
from engagements.forms.files import KitItemForm
from engagements.payloads.shared_files import shared_lines
from engagements.queries.handover import Kit, get_kit_item, kit_contents, kit_of
from engagements.queries.work import get_engagement
from engagements.reports.handover import Handover, Trained, kit_archive
from engagements.rules.files import can_fill_kit, can_open_files
from engagements.rules.work import side_of


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def handover(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show the kit; whose it is adds notes and links."""
    found = get_engagement(request.user, reference)
    form = KitItemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, Conflict):
            add_kit_item(actor=request.user, engagement=found, **form.cleaned_data)
            messages.success(request, _("It is in the handover kit."))
            return redirect("engagements:handover", reference=reference)
    side, kit = side_of(request.user, found), kit_of(found)
    may_open = can_open_files(request.user, found)
    context = {
        "engagement": found,
        "kit": kit,
        "lines": shared_lines(kit.files, side, may_open=may_open),
        "may_open": may_open,
        "may_fill": can_fill_kit(found, side),
        "form": form,
    }
    return render(request, "engagements/handover.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in
def handover_archive(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give the kit in one piece."""
    found = get_engagement(request.user, reference)
    if not can_open_files(request.user, found):
        raise Http404
    kit = kit_of(found)
    name = f"{slugify(found.need.title)[:60] or found.reference}.zip"
    return sealed(kit_archive(_told(kit), kit_contents(kit)), "application/zip", name)


def _told(kit: Kit) -> Handover:
    engagement = kit.engagement
    return Handover(
        title=engagement.need.title,
        organisation=engagement.need.organisation.name,
        expert=str(engagement.expert.user),
        goal=engagement.goal,
        trained=[
            Trained(one.name, str(one.get_role_display()), vars(one)["session_count"], vars(one)["minutes"] or 0)
            for one in kit.trained
        ],
        notes=[(item.title, item.text, item.url) for item in kit.items],
    )


@signed_in
@require_POST
def handover_remove(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take a note or a link out of the kit."""
    item = get_kit_item(request.user, reference)
    engagement = item.engagement
    remove_kit_item(actor=request.user, item=item)
    messages.success(request, _("It is no longer in the handover kit."))
    return redirect("engagements:handover", reference=engagement.reference)
