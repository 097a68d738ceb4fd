"""The list of conversations, and one conversation: reading and writing without any script."""

import uuid
from typing import Any

import orjson
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import DomainError
from messaging.actions import messages as actions
from messaging.forms.messages import EarlierForm, MessageForm
from messaging.models import Conversation
from messaging.payloads import thread_lines
from messaging.queries import conversations as queries
from messaging.queries.messages import messages_before
from messaging.rules import can_write


@require_safe
@signed_in
def conversation_list(request: SignedInRequest) -> HttpResponse:
    """Show whom one talks with, the newest first."""
    return render(request, "messaging/conversations.html", {"rows": queries.conversation_list(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def conversation(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Show a conversation and mark what is shown as read; take a message.

    Showing moves the reader's own pointer: it only rises and repeating it changes nothing, so a GET may do it.
    """
    talk = queries.get_conversation(request.user, id)
    if request.method == "POST":
        return _write(request, talk)
    return _page(request, talk)


def _write(request: SignedInRequest, talk: Conversation) -> HttpResponse:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, talk, draft=request.POST.get("text", ""), errors=_sentences(form), status=422)
    try:
        actions.post_message(actor=request.user, conversation=talk, **form.cleaned_data)
    except DomainError as refused:
        return _page(request, talk, draft=form.cleaned_data["text"], errors=[refused.message], status=refused.status)
    return HttpResponseRedirect(reverse("messaging:conversation", args=[talk.pk]), status=303)


def _sentences(form: MessageForm) -> list[str]:
    return [str(sentence) for sentences in form.errors.values() for sentence in sentences]


def _page(request: SignedInRequest, talk: Conversation, *, status: int = 200, **extra: Any) -> HttpResponse:
    viewer = request.user
    page = EarlierForm(request.GET)
    before = page.cleaned_data["before"] if page.is_valid() else None
    shown = messages_before(viewer, talk, before)
    read, read_by_others = queries.read_pointer(talk, viewer), queries.read_by_others(talk, viewer)
    others = queries.others_in(talk, viewer)
    is_writable = can_write(viewer, talk)
    if shown and request.method == "GET":
        actions.mark_read(actor=viewer, conversation=talk, seq=shown[-1].seq)
    context = {
        "conversation": talk,
        "others": others,
        "there": _time_there(viewer, others),
        "lines": thread_lines(shown, viewer, read=read, read_by_others=read_by_others, can_write=is_writable),
        "read_by_others": read_by_others,
        "people": orjson.dumps({str(other.public_id): str(other) for other in others}).decode(),
        # Who did not ask to be remembered sits at a shared computer: nothing is kept there for longer than the tab.
        "is_shared": request.session.get_expire_at_browser_close(),
        "first_seq": shown[0].seq if shown else 0,
        "last_seq": shown[-1].seq if shown else 0,
        "is_newest": before is None,
        "rows": queries.conversation_list(viewer),
        "can_write": is_writable,
        "client_id": uuid.uuid4(),
    }
    return render(request, "messaging/conversation.html", context | extra, status=status)


def _time_there(viewer: User, others: list[User]) -> Any:
    """Return what the clock shows where the one other person is, when that is another time than here."""
    if len(others) != 1:
        return None
    now = timezone.now()
    there = now.astimezone(others[0].zone)
    return there if there.utcoffset() != now.astimezone(viewer.zone).utcoffset() else None
