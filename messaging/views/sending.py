"""The API by which a device sends a file in pieces and goes on after a lost line. PROTOCOL.md describes it."""

import uuid
from typing import Annotated, Any, cast

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from diaspora_net.accounts.models import User
from diaspora_net.core.uploads.words import reason_in_words
from messaging.actions import files as actions
from messaging.models import File
from messaging.payloads import file_payload
from messaging.queries.conversations import get_conversation
from messaging.queries.files import get_own_file

router = Router(tags=["files"])


class NewFile(Schema):
    """A file to send; ``sha256`` is the sum of its whole content."""

    model_config = {"extra": "forbid"}

    name: str = Field(min_length=1, max_length=1000)
    size: int = Field(ge=0, le=2**40)
    sha256: str = Field(pattern=r"^[0-9a-fA-F]{64}$")


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _answer(file: File) -> dict[str, Any]:
    """Return a file with what its sender needs to go on; ``size`` is of what was sent."""
    problem = reason_in_words(file.reason) if file.reason else ""
    return file_payload(file) | {"size": file.size, "received": file.received, "problem": problem}


@router.post("/conversations/{uuid:id}/files", response={201: Any}, summary="Begin to send a file, or go on with it")
def start_file(request: HttpRequest, id: uuid.UUID, announced: NewFile) -> Status[dict[str, Any]]:  # noqa: A002
    """Answer where the file stands; one with the same name and content that is still unsent is gone on with."""
    conversation = get_conversation(_user(request), id)
    file = actions.start_file(actor=_user(request), conversation=conversation, **announced.dict())
    return Status(201, _answer(file))


@router.get("/files/{uuid:id}", response=Any, summary="Ask where a file stands")
def read_file(request: HttpRequest, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
    """Answer how much has arrived and what was found."""
    return _answer(get_own_file(_user(request), id))


@router.put("/files/{uuid:id}", response=Any, summary="Send the next piece of a file")
def receive_part(
    request: HttpRequest,
    id: uuid.UUID,  # noqa: A002
    begins: Annotated[int, Field(ge=0, le=2**31 - 1)],
) -> dict[str, Any]:
    """Take the body as the piece that begins at ``begins``; 409 ``wrong_offset`` when another one is next."""
    file = get_own_file(_user(request), id)
    return _answer(actions.receive_part(actor=_user(request), file=file, begins=begins, data=request.body))


@router.post("/files/{uuid:id}/finish", response=Any, summary="Say that a file was sent as a whole")
def finish_file(request: HttpRequest, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
    """Answer the file, which is being checked from now on."""
    return _answer(actions.finish_file(actor=_user(request), file=get_own_file(_user(request), id)))


@router.delete("/files/{uuid:id}", response={204: None}, summary="Take an unsent file back")
def discard_file(request: HttpRequest, id: uuid.UUID) -> Status[None]:  # noqa: A002
    """Answer 204; nothing of the file is kept."""
    actions.discard_file(actor=_user(request), file=get_own_file(_user(request), id))
    return Status(204, None)
