"""The handover kit as an archive: its files, and a text that says what they are and who carries the work on."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Trained:
    """Somebody who was trained: name, part, number of sessions and minutes confirmed."""

    name: str
    role: str
    sessions: int
    minutes: int


@dataclass(frozen=True)
class Handover:
    """What the text says. ``notes`` are title, text and link."""

    title: str
    organisation: str
    expert: str
    goal: str
    trained: list[Trained]
    notes: list[tuple[str, str, str]]


def kit_archive(handover: Handover, contents: Iterable[tuple[str, bytes | None]]) -> bytes:
    """Return a ZIP of the files and the text, at its beginning. Files of one name are numbered.

    A file without content is named in the text as missing.
    """
    held = io.BytesIO()
    names: list[str] = []
    missing: list[str] = []
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents:
            if content is None:
                missing.append(name)
                continue
            names.append(_free(name, names))
            archive.writestr(f"{_('files')}/{names[-1]}", content)
        archive.writestr(f"{_('handover')}.txt", _text(handover, names, missing))
    return held.getvalue()


def _free(name: str, taken: list[str]) -> str:
    """Return a name that no disk takes for one of ``taken``."""
    known = {one.casefold() for one in taken}
    stem, dot, ending = name.rpartition(".")
    wanted, number = name, 1
    while wanted.casefold() in known:
        number += 1
        wanted = f"{stem} ({number}){dot}{ending}"
    return wanted


def _text(handover: Handover, names: list[str], missing: list[str]) -> str:
    parts = [
        handover.title,
        f"{handover.expert}, {handover.organisation}",
        _part(_("Goal"), [handover.goal]),
        _part(_("Who was trained"), [_person(one) for one in handover.trained]),
        _part(_("Notes and links"), ["\n".join(filter(None, note)) for note in handover.notes], gap="\n\n"),
        _part(_("Files"), names),
        _part(_("Files that are missing"), missing),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _part(heading: str, lines: list[str], gap: str = "\n") -> str:
    return f"{heading}\n{'-' * len(heading)}\n{gap.join(lines)}" if lines else ""


def _person(one: Trained) -> str:
    sessions = ngettext("%(count)d session", "%(count)d sessions", one.sessions) % {"count": one.sessions}
    hours = _("%(hours)s h confirmed") % {"hours": formats.number_format(round(one.minutes / 60, 1))}
    return f"{one.name} ({one.role}): {sessions}, {hours}"
