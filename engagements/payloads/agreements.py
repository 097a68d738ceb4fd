"""Tell in words what an agreement says and what changed between two versions of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils import formats
from django.utils.translation import gettext as _

from engagements.models import AgreementVersion
from mentors.states import WorkingLanguage

TEXTS = ("goal", "terms_of_reference", "confidentiality", "compensation_note")
# With fewer words in common than this, two texts read better one after the other.
LEAST_IN_COMMON = 0.6


@dataclass(frozen=True)
class Piece:
    """Some words of a text: ``same``, ``added`` or ``removed``."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """What changed in one field; ``label`` names the field."""

    label: str
    pieces: list[Piece]


def _languages(version: AgreementVersion) -> str:
    return ", ".join(str(WorkingLanguage(code).label) for code in version.languages)


def _day(name: str) -> Callable[[AgreementVersion], str]:
    return lambda version: formats.date_format(day) if (day := getattr(version, name)) else ""


WORDS: dict[str, Callable[[AgreementVersion], str]] = {
    "goal": lambda version: version.goal,
    "terms_of_reference": lambda version: version.terms_of_reference,
    "hours_planned": lambda version: str(version.hours_planned),
    "modality": lambda version: str(version.get_modality_display()),
    "starts_on": _day("starts_on"),
    "ends_on": _day("ends_on"),
    "languages": _languages,
    "compensation": lambda version: str(version.get_compensation_display()),
    "compensation_note": lambda version: version.compensation_note,
    "confidentiality": lambda version: version.confidentiality,
}


def label_of(name: str) -> str:
    """Return how a field of the agreement is called, with a capital."""
    label = str(getattr(AgreementVersion, name).field.verbose_name)
    return label[:1].upper() + label[1:]


def facts_of(version: AgreementVersion) -> list[tuple[str, str]]:
    """Return what an agreement says as pairs of label and words, without empty ones."""
    told = ((label_of(name), words(version)) for name, words in WORDS.items())
    return [(label, text) for label, text in told if text]


def changes_between(old: AgreementVersion, new: AgreementVersion) -> list[Change]:
    """Return what differs field by field; texts word by word, the rest as the old value and the new one."""
    changes = []
    for name, words in WORDS.items():
        before, after = words(old), words(new)
        if before != after:
            pieces = _by_word(before, after) if name in TEXTS else _whole(before, after)
            changes.append(Change(label_of(name), pieces))
    return changes


def _whole(before: str, after: str) -> list[Piece]:
    """Return the old text as removed and the new one as added; where one is empty, the other says so."""
    return [Piece("removed", before or _("nothing")), Piece("added", after or _("nothing"))]


def _by_word(before: str, after: str) -> list[Piece]:
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    if not before or not after or matcher.ratio() < LEAST_IN_COMMON:
        return _whole(before, after)
    return list(_pieces(matcher, old, new))


def _pieces(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[start:end]))
            continue
        if end > start:
            yield Piece("removed", "".join(old[start:end]))
        if new_end > new_start:
            yield Piece("added", "".join(new[new_start:new_end]))
