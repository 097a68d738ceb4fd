"""The list of conversations, and one conversation: reading and writing without any script."""

import uuid
from typing import Any

import orjson
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.models import User
from diaspora_net.accounts.payloads import ClockThere, city_of, clock_there, on_every_clock
from diaspora_net.accounts.queries.blocks import apart_from, blocked_by
from diaspora_net.accounts.queries.people import any_coordinates
from diaspora_net.core.errors import Conflict, DomainError
from diaspora_net.core.uploads.kinds import ACCEPT
from messaging.actions import messages as actions
from messaging.actions.files import Arrival, post_form
from messaging.forms.files import message_form
from messaging.forms.messages import EarlierForm, MessageForm, TimesForm
from messaging.models import Conversation, Message
from messaging.payloads import people_payload, readers_line, thread_lines
from messaging.queries import conversations as queries
from messaging.queries.files import files_of
from messaging.queries.messages import PAGE, messages_around, messages_before
from messaging.queries.replies import usual_reply_days
from messaging.rules import can_write
from messaging.states import ConversationState
from messaging.views.files import is_lite

# Pieces in which a form's file is stored.
PIECE = 256 * 1024
# How much of what is unread a page shows at once, and how much of what was read stands above it.
MOST_NEW = 100
BEFORE_NEW = 5


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
    form = message_form(request.POST, request.FILES)
    arrivals = [Arrival(each.name or "", each.size or 0, each.chunks(PIECE)) for each in request.FILES.getlist("files")]
    if not form.is_valid():
        return _page(request, talk, draft=request.POST.get("text", ""), errors=_sentences(form), status=422)
    try:
        post_form(actor=request.user, conversation=talk, arrivals=arrivals, **form.cleaned_data)
    except DomainError as refused:
        return _page(request, talk, draft=form.cleaned_data["text"], errors=[refused.message], status=refused.status)
    return HttpResponseRedirect(reverse("messaging:conversation", args=[talk.pk]), status=303)


def _sentences(form: MessageForm) -> list[str]:
    return [str(sentence) for sentences in form.errors.values() for sentence in sentences]


def _page(request: SignedInRequest, talk: Conversation, *, status: int = 200, **extra: Any) -> HttpResponse:
    viewer = request.user
    place = queries.place_of(talk, viewer)
    shown, is_newest, later_at = _shown(request, talk, place.read_seq)
    files = files_of(shown)
    others = queries.others_in(talk, viewer)
    state = queries.shown_state(talk, others, apart_from(viewer))
    read_by_others = queries.read_by_others(talk, viewer, state)
    if shown and request.method == "GET":
        actions.mark_read(actor=viewer, conversation=talk, seq=shown[-1].seq)
    context = {
        "conversation": talk,
        "others": others,
        "there": _clock_there(viewer, others, state),
        "reply_days": _reply_days(others, state),
        "lines": thread_lines(
            shown,
            viewer,
            read=place.read_seq,
            read_by_others=read_by_others,
            can_write=state == ConversationState.OPEN,
            files=files,
        ),
        "read_by_others": read_by_others,
        "people": orjson.dumps(people_payload(others)).decode(),
        "readers": _readers(talk, others),
        "first_seq": shown[0].seq if shown else 0,
        "last_seq": shown[-1].seq if shown else place.joined_seq,
        "has_earlier": bool(shown) and shown[0].seq > place.joined_seq + 1,
        "is_newest": is_newest,
        "later_at": later_at,
        "rows": queries.conversation_list(viewer),
        "state": state,
        "can_write": state == ConversationState.OPEN,
        "blocked": _blocked(viewer, others) if state == ConversationState.CLOSED else [],
        "client_id": uuid.uuid4(),
        "file_accept": ACCEPT,
        "is_lite": is_lite(request),
        "form_errors": "errors" in extra,
    }
    return render(request, "messaging/conversation.html", context | extra, status=status)


def _shown(request: SignedInRequest, talk: Conversation, read: int) -> tuple[list[Message], bool, int | None]:
    """Return the messages asked for, whether they are the newest, and around which the page of the later ones lies.

    The newest are as many as reach back to where the reader stopped, within MOST_NEW.
    """
    page = EarlierForm(request.GET)
    asked = page.cleaned_data if page.is_valid() else {}
    if (at := asked.get("at")) and at <= talk.last_seq - PAGE:
        shown = messages_around(request.user, talk, at)
        return shown, False, shown[-1].seq + PAGE // 2 if shown else None
    before = asked.get("before")
    limit = PAGE if before else max(PAGE, min(talk.last_seq - read + BEFORE_NEW, MOST_NEW))
    return messages_before(request.user, talk, before, limit), before is None, None


def _readers(talk: Conversation, others: list[User]) -> str:
    return readers_line(others, has_coordinator=any_coordinates(others)) if talk.is_group else ""


def _blocked(viewer: User, others: list[User]) -> list[User]:
    mine = blocked_by(viewer)
    return [other for other in others if other.pk in mine]


def _clock_there(viewer: User, others: list[User], state: str) -> ClockThere | None:
    """Return the clock of the one other person; exact once both sides have said yes to each other."""
    if len(others) != 1 or state == ConversationState.CLOSED:
        return None
    is_exact = state != ConversationState.PROPOSED
    return clock_there(viewer, others[0], is_exact=is_exact, now=timezone.now())


def _reply_days(others: list[User], state: str) -> int | None:
    return usual_reply_days(others[0]) if len(others) == 1 and state == ConversationState.OPEN else None


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def time_propose(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Ask for times to talk, and answer with the conversation and a message about them to be sent."""
    talk = queries.get_conversation(request.user, id)
    if not can_write(request.user, talk):
        raise Conflict(_("Nobody can write in this conversation at the moment."), code="closed")
    others = queries.others_in(talk, request.user)
    form = TimesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        times = [on_every_clock(moment, [request.user, *others]) for moment in form.moments]
        return _page(request, talk, draft="\n".join([_("Could we talk at one of these times?"), *times]))
    context = {
        "form": form,
        "conversation": talk,
        "there": _clock_there(request.user, others, ConversationState.OPEN),
        "city": city_of(request.user.time_zone),
    }
    return render(request, "messaging/time_propose.html", context, status=422 if form.errors else 200)
