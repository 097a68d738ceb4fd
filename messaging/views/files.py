"""Take a file out of a conversation: rights are asked at every read, and nothing is shown that was not checked.
What leaves here is never opened as a page of ours: see ``core.uploads.answers``.
"""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.uploads.answers import sealed
from diaspora_net.core.uploads.kinds import KINDS
from messaging.payloads import file_lines
from messaging.queries.conversations import get_conversation
from messaging.queries.files import file_content, files_of, get_file
from messaging.queries.messages import get_message


@require_safe
@signed_in
def file(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Give a file that was found good to somebody who is in its conversation now."""
    wanted = get_file(request.user, id)
    return sealed(file_content(wanted), KINDS[wanted.kind].media_type, wanted.name)


@require_safe
@signed_in
def file_small(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Give the small form of a picture."""
    wanted = get_file(request.user, id)
    return sealed(file_content(wanted, is_small=True), "image/webp", f"{wanted.name}.webp")


@require_safe
@signed_in
def message_files(request: SignedInRequest, id: uuid.UUID, seq: int) -> HttpResponse:  # noqa: A002 - the address's name
    """Answer the files of one message as a piece of its page, for a page that has just drawn the message."""
    message = get_message(request.user, get_conversation(request.user, id), seq)
    files = files_of([message]).get(message.pk)
    if not files:
        raise Http404
    response = render(request, "messaging/_files.html", {"files": file_lines(files), "is_lite": is_lite(request)})
    response["Cache-Control"] = "no-store, private"
    return response


def is_lite(request: SignedInRequest) -> bool:
    """Say whether the reader's device asks for little data; pictures then wait for a tap."""
    return request.headers.get("Save-Data", "").strip().lower() == "on"
