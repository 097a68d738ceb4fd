"""Change and delete one's own message, without any script."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Invalid, SlowDown
from messaging.actions import edits as actions
from messaging.forms.messages import EditForm
from messaging.models import Message
from messaging.queries.conversations import get_conversation
from messaging.queries.messages import get_message


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def message_edit(request: SignedInRequest, id: uuid.UUID, seq: int) -> HttpResponse:  # noqa: A002 - the address's name
    """Show one's message in a box, to be changed or deleted; take its new text. What is refused stays in the box."""
    message = get_message(request.user, get_conversation(request.user, id), seq)
    if request.method != "POST":
        actions.require_changeable(actor=request.user, message=message)
        return _page(request, message, message.text)
    form = EditForm(request.POST)
    if not form.is_valid():
        return _page(request, message, request.POST.get("text", ""), list(form.errors["text"]), 422)
    try:
        actions.edit_message(actor=request.user, message=message, text=form.cleaned_data["text"])
    except (Invalid, SlowDown) as refused:
        return _page(request, message, form.cleaned_data["text"], [refused.message], refused.status)
    return _back(message)


@require_POST
@signed_in
def message_delete(request: SignedInRequest, id: uuid.UUID, seq: int) -> HttpResponse:  # noqa: A002
    """Delete one's message; its place in the conversation stays, empty."""
    message = get_message(request.user, get_conversation(request.user, id), seq)
    actions.delete_message(actor=request.user, message=message)
    return _back(message)


def _page(
    request: SignedInRequest, message: Message, draft: str, errors: list[Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {"message": message, "draft": draft, "errors": errors or [], "form_errors": bool(errors)}
    return render(request, "messaging/message_edit.html", context, status=status)


def _back(message: Message) -> HttpResponse:
    address = reverse("messaging:conversation", args=[message.conversation_id])
    return HttpResponseRedirect(f"{address}#m{message.seq}", status=303)
