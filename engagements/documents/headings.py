"""Guess what each column of a file is: by its heading in five languages, else by what stands in it."""

import re
from collections.abc import Sequence
from functools import cache

from django.utils.translation import override

from engagements.documents.names import SPOKEN, country_of
from engagements.documents.tables import Line
from engagements.documents.word_lists import listed
from engagements.states.import_columns import COLUMNS
from mentors.labels import fold

_EMAIL, _URL = re.compile(r"[^@\s]+@[^@\s]+\.\w{2,}"), re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# How much of a column has to look alike before its content tells what it is.
_SHARE = 0.7


@cache
def _known(noun: str) -> dict[str, list[str]]:
    """Return by folded heading the columns that it may be, the likeliest first; our own labels are known, too."""
    known = {heading: list(names) for heading, names in listed("headings", noun).items()}
    for language in SPOKEN:
        with override(language):
            for column in COLUMNS[noun]:
                known.setdefault(fold(str(column.label)), []).insert(0, column.name)
    return known


def heading_line(noun: str, first: Sequence[Line]) -> int:
    """Return the number of the line that holds the headings: the one with the most that are known, else most words."""

    def weight(line: Line) -> tuple[int, int, int]:
        folded = [fold(cell) for cell in line[1] if cell]
        known = sum(word in _known(noun) for word in folded)
        return known, len({word for word in folded if not word.replace(" ", "").isdigit()}), -line[0]

    return max(first, key=weight)[0] if first else 1


def guess_columns(noun: str, headings: Sequence[str], sample: Sequence[Sequence[str]]) -> list[str]:
    """Return for each column the name of what it is, empty where nothing tells; nothing is named twice."""
    guessed = [""] * len(headings)
    for is_whole in (True, False):
        for place, heading in enumerate(headings):
            if not guessed[place]:
                options = _by_heading(noun, fold(heading), is_whole=is_whole)
                guessed[place] = next((name for name in options if name not in guessed), "")
    for place in range(len(headings)):
        if not guessed[place]:
            name = _by_content(noun, [line[place] for line in sample if place < len(line) and line[place]])
            guessed[place] = name if name not in guessed else ""
    if "first_name" in guessed and "last_name" not in guessed and "full_name" in guessed:
        guessed[guessed.index("full_name")] = "last_name"
    return guessed


def _by_heading(noun: str, heading: str, *, is_whole: bool) -> list[str]:
    known = _known(noun)
    if is_whole or not heading:
        return known.get(heading, []) if heading else []
    inside = [words for words in known if len(words) > 3 and f" {words} " in f" {heading} "]
    return [name for words in sorted(inside, key=len, reverse=True) for name in known[words]]


def _by_content(noun: str, cells: Sequence[str]) -> str:
    names = [one.name for one in COLUMNS[noun]]

    def share(looks: object) -> float:
        return sum(bool(looks(cell)) for cell in cells) / len(cells) if cells and callable(looks) else 0.0

    for looks, options in (
        (_EMAIL.fullmatch, ("email", "contact_email", "focal_point")),
        (_URL.fullmatch, ("website",)),
        (country_of, ("residence", "country", "origins")),
    ):
        if share(looks) >= _SHARE:
            return next((name for name in options if name in names), "")
    return ""
