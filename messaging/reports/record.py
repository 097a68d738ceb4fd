"""A conversation as a record to keep: what was said, by whom and when, in the reader's language and on their clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import User
from messaging.models import Conversation, Message
from messaging.payloads import FilesOf, file_lines, message_payload


@dataclass(frozen=True, slots=True)
class Entry:
    """One message; ``day`` is set on the first of a day, ``author`` is empty for events, ``notes`` name its files."""

    day: str
    time: str
    author: str
    text: str
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Record:
    """The whole record: its title, who saved it when and what is not in it, and the messages, oldest first."""

    title: str
    head: Sequence[str]
    entries: Sequence[Entry]


def make_record(
    viewer: User, talk: Conversation, others: Sequence[User], messages: Sequence[Message], files: FilesOf, omitted: int
) -> Record:
    """Return the record of ``messages``; ``omitted`` counts the earlier ones that are not among them. Queries: 0."""
    now = timezone.localtime()
    head = [
        talk.topic,
        _("Saved by %(name)s on %(when)s") % {"name": viewer, "when": date_format(now, "j F Y, H:i")},
        _("All times are those of %(zone)s.") % {"zone": viewer.time_zone},
    ]
    if omitted:
        head.append(
            ngettext(
                "%(count)d earlier message is not in this file.",
                "%(count)d earlier messages are not in this file.",
                omitted,
            )
            % {"count": omitted}
        )
    entries: list[Entry] = []
    before = None
    for message in messages:
        at = timezone.localtime(message.created_at)
        day = date_format(at, "l j F Y") if at.date() != before else ""
        before = at.date()
        entries.append(_entry(message, day, f"{at:%H:%M}", files))
    people = ", ".join(str(person) for person in [viewer, *others])
    return Record(people, [line for line in head if line], entries)


def _entry(message: Message, day: str, time: str, files: FilesOf) -> Entry:
    shown = message_payload(message)
    text, notes = shown["text"], []
    if message.deleted_at:
        text = _("Message deleted")
    elif shown.get("folded"):
        text = _("A message from somebody you have blocked")
    else:
        lines = file_lines(files.get(message.pk, ()))
        notes = [_("File: %(name)s (%(what)s)") % {"name": line.file.name, "what": line.label} for line in lines]
        if message.edited_at:
            notes.append(_("Edited"))
    return Entry(day, time, str(message.sender) if message.sender else "", text, notes)
