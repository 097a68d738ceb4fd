"""Messages to a saved view of the pipeline: write, look, send, watch, stop; and the reader's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions import broadcasts as actions
from engagements.forms.broadcasts import BroadcastForm, SendForm
from engagements.models import Broadcast, PipelineView
from engagements.queries import broadcasts as queries
from engagements.queries.broadcast_results import progress_of
from engagements.queries.pipeline_views import filters_of, get_view
from engagements.states.broadcasts import MANY_READERS, BroadcastState
from engagements.states.pipeline import PipelineOf


@signed_in
def broadcasts(request: SignedInRequest) -> HttpResponse:
    """List one's messages to views."""
    return render(request, "engagements/broadcasts.html", {"rows": queries.own_broadcasts(request.user)})


@signed_in
def broadcast_new(request: SignedInRequest) -> HttpResponse:
    """Write a message to a view; it is kept as a draft and shown as its readers get it before it is sent."""
    view = get_view(request.user, request.GET.get("view", ""))
    return _write(request, view, None, {"fallback": request.user.language})


@signed_in
def broadcast_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change a draft."""
    found = queries.get_broadcast(request.user, reference)
    return _write(request, found.view, found, dict(queries.first_values(found)))


def _write(
    request: SignedInRequest, view: PipelineView | None, found: Broadcast | None, initial: dict[str, Any]
) -> HttpResponse:
    filters = filters_of(view) if view else queries.filters_of(found) if found else None
    with_experts = filters is None or filters.of != PipelineOf.NEEDS
    data = request.POST if request.method == "POST" else None
    form = BroadcastForm(data, initial=initial, with_experts=with_experts)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                saved = _save(request, view, found, form)
                return redirect("engagements:broadcast", reference=saved.reference)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
    name = found.view_name if found else view.name if view else ""
    return render(request, "engagements/broadcast_form.html", {"form": form, "name": name}, status=status)


def _save(
    request: SignedInRequest, view: PipelineView | None, found: Broadcast | None, form: BroadcastForm
) -> Broadcast:
    if found is not None:
        return actions.change_broadcast(actor=request.user, broadcast=found, values=form.values())
    if view is None:
        raise Conflict(_("This view was deleted meanwhile."))
    return actions.write_broadcast(actor=request.user, view=view, values=form.values())


@signed_in
def broadcast(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a draft as its readers would get it and who they are; once it is sent, what came of it."""
    found = queries.get_broadcast(request.user, reference)
    if found.state == BroadcastState.DRAFT:
        return _preview(request, found, SendForm())
    progress = progress_of(request.user, found)
    context = {"broadcast": found, "progress": progress, "is_sending": found.state == BroadcastState.SENDING}
    is_part = bool(request.headers.get("HX-Request"))
    page = "engagements/broadcast_progress.html" if is_part else "engagements/broadcast.html"
    return render(request, page, context)


def _preview(request: SignedInRequest, found: Broadcast, form: SendForm, status: int = 200) -> HttpResponse:
    audience = queries.audience_of(request.user, found)
    texts = {text.language: text for text in found.texts.all()}
    looks = [
        {
            "reader": reader,
            "language": get_language_info(reader.language)["name_local"],
            "letter": queries.letter_for(texts[reader.language], name=reader.name, need=reader.need),
        }
        for reader in audience.one_per_language()
        if reader.language in texts
    ]
    languages = [
        (get_language_info(code)["name_local"], count, code in texts)
        for code, count in audience.languages.most_common()
    ]
    context = {
        "broadcast": found,
        "audience": audience,
        "looks": looks,
        "languages": languages,
        "fallback": get_language_info(found.fallback)["name_local"],
        "form": form,
        "is_many": len(audience.ready) > MANY_READERS,
    }
    return render(request, "engagements/broadcast_preview.html", context, status=status)


@signed_in
@require_POST
def broadcast_send(request: SignedInRequest, reference: str) -> HttpResponse:
    """Send a draft."""
    found = queries.get_broadcast(request.user, reference)
    form = SendForm(request.POST)
    form.full_clean()
    try:
        is_many_meant = bool(form.cleaned_data.get("is_many_meant"))
        sent = actions.send_broadcast(actor=request.user, broadcast=found, is_many_meant=is_many_meant)
    except Invalid as error:
        add_problems(form, error)
        return _preview(request, found, form, status=error.status)
    messages.success(request, _("On its way to %(count)d people, each in their morning.") % {"count": sent.ready})
    return redirect("engagements:broadcast", reference=reference)


@signed_in
@require_POST
def broadcast_stop(request: SignedInRequest, reference: str) -> HttpResponse:
    """Send it to nobody more."""
    actions.stop_broadcast(actor=request.user, broadcast=queries.get_broadcast(request.user, reference))
    messages.success(request, _("Stopped. Nobody more is told."))
    return redirect("engagements:broadcast", reference=reference)


@signed_in
def broadcast_read(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a reader the message, and let them want none of this kind."""
    reader = queries.get_reader(request.user, reference)
    text = queries.text_for(reader.broadcast, reader.language)
    letter = queries.letter_for(text, name=str(request.user), need=reader.need) if text else None
    context = {"reader": reader, "letter": letter, "wants_none": queries.wants_none(request.user)}
    return render(request, "engagements/broadcast_read.html", context)


@signed_in
@require_POST
def broadcast_refuse(request: SignedInRequest, reference: str) -> HttpResponse:
    """Want no more messages of this kind, or want them again."""
    queries.get_reader(request.user, reference)
    is_refused = request.POST.get("answer") != "want"
    actions.refuse_broadcasts(actor=request.user, is_refused=is_refused)
    none, again = _("You get no more messages of this kind."), _("You get these messages again.")
    messages.success(request, none if is_refused else again)
    return redirect("engagements:broadcast-read", reference=reference)
