"""Messages and frames as they travel, in one place for the socket and the API."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import User
from diaspora_net.core.uploads.kinds import KINDS
from diaspora_net.core.uploads.words import family_in_words, reason_in_words, size_in_words
from messaging.models import File, Message
from messaging.rules import is_changeable
from messaging.states import FileState, MessageKind

FilesOf = Mapping[uuid.UUID, Sequence[File]]


def frame(kind: str, **values: Any) -> bytes:
    """Return one frame of the socket as UTF-8 text."""
    return orjson.dumps({"t": kind, **values})


def error_frame(code: str, rid: Any = None, retry_after: int | None = None) -> bytes:
    """Return an error frame; ``rid`` is what the client called its request, ``retry_after`` is in seconds."""
    values: dict[str, Any] = {"rid": rid, "code": code}
    return frame("error", **(values if retry_after is None else values | {"retry_after": retry_after}))


def event_text(text: str, language: str) -> str:
    """Return the text of an event message in ``language``."""
    with translation.override(language):
        return event_words(text)


def event_words(text: str) -> str:
    """Return the text of an event message in the active language: its first line, filled with the name in its second.

    >>> event_words("%(name)s has joined.\\nAmina")
    'Amina has joined.'
    """
    words, is_named, name = text.partition("\n")
    return _(words) % {"name": name} if is_named else _(words)


def file_payload(file: File) -> dict[str, Any]:
    """Return one file as it travels; ``size`` is in bytes."""
    return {"id": file.pk, "name": file.name, "size": file.shown_size, "kind": file.kind, "state": file.state}


def people_payload(people: Sequence[User]) -> dict[str, str]:
    """Return the names of people by their public ids."""
    return {str(person.public_id): str(person) for person in people}


def message_payload(message: Message, files: Sequence[File] = ()) -> dict[str, Any]:
    """Return one message in the active language, with the same keys as the socket's ``message`` frame."""
    is_deleted = message.deleted_at is not None
    is_folded = getattr(message, "is_folded", False)
    text = _words(message)
    marks = {"first": getattr(message, "is_first", False), "folded": is_folded}
    payload: dict[str, Any] = {
        "conversation": message.conversation_id,
        "seq": message.seq,
        "id": message.pk,
        "client_id": message.client_id,
        "sender": message.sender.public_id if message.sender else None,
        "text": "" if is_deleted or is_folded else text,
        "at": message.created_at,
        "edited_at": message.edited_at,
        "deleted": is_deleted,
        **{name: True for name, is_so in marks.items() if is_so},
    }
    if files and not is_deleted and not is_folded:
        payload["files"] = [file_payload(file) for file in files]
    return payload


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file as a page shows it: what it is and how large before anybody takes it, and why it cannot be had."""

    file: File
    label: str
    problem: str
    is_late: bool

    @property
    def is_ready(self) -> bool:
        """Say whether it can be had."""
        return self.file.state == FileState.READY


def file_lines(files: Sequence[File]) -> list[FileLine]:
    """Return files in words, in the active language. Queries: 0."""
    return [
        FileLine(
            file=file,
            label=f"{family_in_words(KINDS[file.kind].family)}, {size_in_words(file.shown_size)}",
            problem=reason_in_words(file.reason) if file.reason else "",
            is_late=file.state == FileState.CHECKING and file.check_attempts > 1,
        )
        for file in files
    ]


def readers_line(others: Sequence[User], *, has_coordinator: bool) -> str:
    """Return who can read a group, in the active language: two names, how many more, and whether a coordinator can."""
    if not others:
        return _("Only you can read this.")
    more = len(others) - 2
    if more > 0:
        line = ngettext(
            "You, %(one)s, %(other)s and %(more)d more can read this.",
            "You, %(one)s, %(other)s and %(more)d more can read this.",
            more,
        ) % {"one": others[0], "other": others[1], "more": more}
    elif len(others) > 1:
        line = _("You, %(one)s and %(other)s can read this.") % {"one": others[0], "other": others[1]}
    else:
        line = _("You and %(one)s can read this.") % {"one": others[0]}
    if has_coordinator:
        return line + " " + _("A coordinator is among you.")
    return line + " " + _("Coordinators cannot unless somebody invites them.")


@dataclass(frozen=True, slots=True)
class Line:
    """One message as a conversation page shows it; ``day`` is set on the first message of a day."""

    message: Message
    text: str
    is_own: bool
    is_event: bool
    day: date | None
    is_first_new: bool
    is_read: bool
    can_change: bool
    is_folded: bool = False
    files: Sequence[FileLine] = ()


def _words(message: Message) -> str:
    return event_words(message.text) if message.kind == MessageKind.EVENT else message.text


def thread_lines(
    messages: Sequence[Message],
    viewer: User,
    *,
    read: int,
    read_by_others: int,
    can_write: bool = False,
    files: FilesOf | None = None,
) -> list[Line]:
    """Return the lines of a page, oldest first, in the active language and time zone.

    ``read`` is how far the viewer had read before, ``read_by_others`` how far somebody else has. Who can write can
    change what they wrote lately. Queries: 0.
    """
    lines: list[Line] = []
    now = timezone.now()
    before: date | None = None
    has_new = False
    for message in messages:
        day = timezone.localdate(message.created_at)
        is_own = message.sender_id == viewer.pk
        is_new = message.seq > read and not is_own and not has_new
        has_new = has_new or is_new
        lines.append(
            Line(
                message=message,
                text="" if message.deleted_at else _words(message),
                is_folded=getattr(message, "is_folded", False),
                is_own=is_own,
                is_event=message.kind == MessageKind.EVENT,
                day=day if day != before else None,
                is_first_new=is_new,
                is_read=is_own and message.seq <= read_by_others,
                can_change=can_write and is_own and is_changeable(message, now),
                files=file_lines((files or {}).get(message.pk, ())),
            )
        )
        before = day
    return lines
