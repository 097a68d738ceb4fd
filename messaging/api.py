"""The API of messaging: the same queries and actions as the pages and the socket, as JSON. PROTOCOL.md describes it."""

import uuid
from typing import Annotated, Any, cast

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Router, Schema, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer
from ninja.security import django_auth
from pydantic import AwareDatetime

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import any_coordinates
from diaspora_net.core.errors import DomainError, SlowDown
from messaging.actions.edits import delete_message, edit_message
from messaging.actions.files import post_message_with_files
from messaging.actions.messages import mark_read
from messaging.payloads import message_payload, people_payload, readers_line
from messaging.queries.conversations import (
    conversation_list,
    get_conversation,
    others_in,
    read_by_others,
    state_for,
)
from messaging.queries.files import files_of
from messaging.queries.messages import get_message, messages_after, messages_changed
from messaging.views import sending

PAGE = 100


class JsonRenderer(BaseRenderer):
    """Write JSON as the socket does."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return ``data`` as JSON."""
        return orjson.dumps(data)


# django_auth asks for the session and, on every unsafe request, for the CSRF token.
api = NinjaAPI(
    title="Diaspora Net", version="1", urls_namespace="api-v1", auth=django_auth, docs_url=None, renderer=JsonRenderer()
)
router = Router(tags=["messages"])


class NewMessage(Schema):
    """A message to write: ``client_id`` is chosen by the device and makes writing it twice the same as once.

    ``files`` are those that were sent before; with them, ``text`` may be empty.
    """

    model_config = {"extra": "forbid"}

    client_id: uuid.UUID
    text: str = Field(max_length=16_000)
    files: list[uuid.UUID] = Field(default=[], max_length=20)


class NewText(Schema):
    """The text that a message has from now on."""

    model_config = {"extra": "forbid"}

    text: str = Field(max_length=16_000)


class Glance(Schema):
    """Up to which number somebody has read."""

    model_config = {"extra": "forbid"}

    read: int = Field(ge=0, le=2**62)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@router.post("/conversations/{uuid:id}/messages", response={200: Any, 201: Any}, summary="Write a message")
def write_message(request: HttpRequest, id: uuid.UUID, message: NewMessage) -> Status[dict[str, Any]]:  # noqa: A002
    """Answer 201 for a new message and 200 for one that was there already."""
    conversation = get_conversation(_user(request), id)
    posted = post_message_with_files(actor=_user(request), conversation=conversation, **message.dict())
    answer = {
        "conversation": conversation.pk,
        "client_id": message.client_id,
        "id": posted.id,
        "seq": posted.seq,
        "at": posted.at,
        "dup": posted.is_duplicate,
    }
    return Status(200 if posted.is_duplicate else 201, answer)


@router.get("/conversations/{uuid:id}/messages", response=Any, summary="Read messages")
def read_messages(
    request: HttpRequest,
    id: uuid.UUID,  # noqa: A002
    after: Annotated[int, Field(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Field(ge=1, le=200)] = PAGE,
    since: AwareDatetime | None = None,
) -> dict[str, Any]:
    """Answer the messages above ``after``, oldest first, the number of the newest of all, and what others have read.

    ``changed`` are messages up to ``after`` that were edited or deleted since ``since``, which is ``at`` of the answer
    before.
    """
    at = timezone.now()
    conversation = get_conversation(_user(request), id)
    messages = messages_after(_user(request), conversation, after, limit)
    since = max(since or at, conversation.created_at)
    changed = messages_changed(_user(request), conversation, upto=after, since=since)
    files = files_of([*messages, *changed])
    return {
        "messages": [message_payload(message, files.get(message.pk, ())) for message in messages],
        "changed": [message_payload(message, files.get(message.pk, ())) for message in changed],
        "at": at,
        "last_seq": conversation.last_seq,
        "read_by_others": read_by_others(conversation, _user(request), state_for(_user(request), conversation)),
    }


@router.get("/conversations/{uuid:id}/people", response=Any, summary="Ask who is in a conversation")
def read_people(request: HttpRequest, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
    """Answer the names of the others who are in it now, by their ids, and, of a group, who can read it in words."""
    conversation = get_conversation(_user(request), id)
    others = others_in(conversation, _user(request))
    readers = readers_line(others, has_coordinator=any_coordinates(others)) if conversation.is_group else ""
    return {"people": people_payload(others), "readers": readers}


@router.post("/conversations/{uuid:id}/messages/seen", response=Any, summary="Say what one has read")
def see_messages(request: HttpRequest, id: uuid.UUID, glance: Glance) -> dict[str, Any]:  # noqa: A002
    """Move one's read pointer up to ``read``; it only rises."""
    conversation = get_conversation(_user(request), id)
    mark_read(actor=_user(request), conversation=conversation, seq=glance.read)
    return {"read": min(glance.read, conversation.last_seq)}


@router.patch("/conversations/{uuid:id}/messages/{int:seq}", response=Any, summary="Edit a message")
def change_message(request: HttpRequest, id: uuid.UUID, seq: int, change: NewText) -> dict[str, Any]:  # noqa: A002
    """Answer the message as it is now."""
    message = get_message(_user(request), get_conversation(_user(request), id), seq)
    message = edit_message(actor=_user(request), message=message, text=change.text)
    return message_payload(message, files_of([message]).get(message.pk, ()))


@router.delete("/conversations/{uuid:id}/messages/{int:seq}", response=Any, summary="Delete a message")
def remove_message(request: HttpRequest, id: uuid.UUID, seq: int) -> dict[str, Any]:  # noqa: A002
    """Answer the message as it is now: its number, and no text."""
    message = get_message(_user(request), get_conversation(_user(request), id), seq)
    return message_payload(delete_message(actor=_user(request), message=message))


@router.get("/conversations", response=Any, summary="List conversations")
def list_conversations(request: HttpRequest) -> dict[str, Any]:
    """Answer one's conversations, the liveliest first."""
    return {
        "conversations": [
            {
                "id": row.id,
                "names": row.names,
                "topic": row.topic,
                "state": row.state,
                "last_seq": row.last_seq,
                "at": row.at,
                "unread": row.unread,
            }
            for row in conversation_list(_user(request))
        ]
    }


api.add_router("", router)
api.add_router("", sending.router)


# ── Errors: one shape, {code, message} ──────────────────────────────────────────────────────────────────────────────
def _error(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": message}, status=status)


@api.exception_handler(DomainError)
def on_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer what the domain refused."""
    response = _error(request, error.status, error.code, error.message)
    if isinstance(error, SlowDown):
        response["Retry-After"] = str(error.retry_after)
    return response


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer the same whether something does not exist or may not be seen."""
    return _error(request, 404, "not_found", _("There is nothing here."))


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request that is not of the API."""
    return _error(request, 422, "invalid", _("The request does not have the form that the API expects."))


@api.exception_handler(AuthenticationError)
def on_nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer somebody who has not signed in."""
    return _error(request, 401, "sign_in", _("Sign in first."))


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the library refuses: a missing CSRF token, or JSON that cannot be read."""
    code = {400: "invalid", 403: "csrf"}.get(error.status_code, "refused")
    return _error(request, error.status_code, code, str(error.message))
