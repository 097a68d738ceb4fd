"""Read single cells: each kind of column has its reader, which returns a JSON-ready value or says what is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import models
from django.utils.translation import override
from django_countries import countries

from engagements.documents.days import AmbiguousDay, read_day
from engagements.documents.names import SPOKEN, country_of, language_of
from engagements.documents.word_lists import listed
from engagements.states.import_columns import Column
from mentors.labels import fold
from mentors.states import LanguageLevel, WorkingLanguage

_ADDRESS = re.compile(r"[^\s<>;,()]+@[^\s<>;,()]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
# Where a list ends one thing and begins the next; small words part only what is nothing as a whole.
_PARTS = re.compile(r"\s*[;,|\n•·،؛]\s*")
_FINER = re.compile(r"\s*/\s*|\s+&\s+|\s+(?:and|et|y|e|و)\s+", re.IGNORECASE)
_LONGEST_WORD = 100
_YES = frozenset({"yes", "y", "oui", "o", "si", "s", "sim", "true", "vrai", "1", "x", "نعم"})
_NO = frozenset({"no", "n", "non", "nao", "false", "faux", "0", "لا", ""})


class Bad(Exception):
    """A cell that cannot stand; ``code`` says why, ``params`` fill the sentence about it."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass
class Reading:
    """What is known while one file is read.

    ``day_order`` is a ``DayOrder`` or empty; ``meanings`` are the codes that a coordinator has given to words, by
    column and folded word. ``words`` collects what has to be looked up or named: (column, folded, as written).
    """

    day_order: str = ""
    meanings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    words: list[tuple[str, str, str]] = field(default_factory=list)


def read_cell(column: Column, text: str, reading: Reading) -> Any:
    """Return the value of a cell that is not empty. Raises Bad."""
    return _READERS[column.kind](column, text, reading)


def codes_of(column: Column) -> list[tuple[str, str]]:
    """Return what a word of a column may stand for, as (code, label) in the active language; none for free text."""
    if column.kind in {"country", "countries"}:
        return [(code, str(name)) for code, name in countries]
    if column.kind == "languages":
        return [(value, str(label)) for value, label in WorkingLanguage.choices]
    return [(value, str(label)) for value, label in column.choices.choices] if column.choices else []


def parts_of(text: str) -> list[str]:
    """Return the single things of a list in one cell, each once."""
    found = (" ".join(part.split()).strip(" .-–—") for part in _PARTS.split(text))
    return list(dict.fromkeys(part for part in found if part))


def finer_parts_of(text: str) -> list[str]:
    """Return what a thing of a list may be made of: “solar and wind energy”, “réseaux / câblage”."""
    return [part for part in _FINER.split(text) if part]


def _text(column: Column, text: str, _reading: Reading) -> str:
    if len(text) > column.most:
        raise Bad("too_long", most=column.most, length=len(text))
    return text


def _email(column: Column, text: str, _reading: Reading) -> str:
    found = _ADDRESS.findall(text.replace("mailto:", ""))
    if len(found) > 1:
        raise Bad("two_addresses")
    address = found[0] if found else text
    try:
        validate_email(address)
    except ValidationError:
        raise Bad("no_address", shown=text[:_LONGEST_WORD]) from None
    if len(address) > column.most:
        raise Bad("too_long", most=column.most, length=len(address))
    return address


def _url(column: Column, text: str, _reading: Reading) -> str:
    address = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise Bad("no_url", shown=text[:_LONGEST_WORD]) from None
    return _text(column, address, _reading)


def _word(column: Column, text: str, reading: Reading, known: Callable[[str], str | None]) -> str:
    """Return the code a word stands for: what we know, else what the coordinator said. Raises Bad, and notes it."""
    key = fold(text)[:_LONGEST_WORD]
    if code := known(text) or reading.meanings.get((column.name, key)):
        return code
    reading.words.append((column.name, key, text[:_LONGEST_WORD]))
    raise Bad("unknown_word", shown=text[:_LONGEST_WORD])


def _country(column: Column, text: str, reading: Reading) -> str:
    return _word(column, text, reading, country_of)


def _several(column: Column, text: str, reading: Reading, known: Callable[[str], str | None]) -> list[str]:
    codes: list[str] = []
    bad: list[Bad] = []
    for part in parts_of(text):
        for piece in [part] if known(part) else finer_parts_of(part):
            try:
                codes.append(_word(column, piece, reading, known))
            except Bad as error:  # the others are noted, too, so that all are asked for at once
                bad.append(error)
    if bad:
        raise bad[0]
    codes = list(dict.fromkeys(codes))
    if column.most and len(codes) > column.most:
        raise Bad("too_many", most=column.most, given=len(codes))
    return codes


def _countries(column: Column, text: str, reading: Reading) -> list[str]:
    return _several(column, text, reading, country_of)


@cache
def _choice_words(choices: type[models.TextChoices]) -> dict[str, str]:
    named = {fold(value.replace("_", " ")): value for value in choices.values}
    for word, (value, *_others) in listed("choices", choices.__name__).items():
        named.setdefault(word, value)
    for language in SPOKEN:
        with override(language):
            for value, label in choices.choices:
                named.setdefault(fold(str(label)), str(value))
    return named


def _known_choice(column: Column) -> Callable[[str], str | None]:
    words = _choice_words(column.choices) if column.choices else {}
    return lambda text: words.get(fold(text.replace("_", " ")))


def _choice(column: Column, text: str, reading: Reading) -> str:
    return _word(column, text, reading, _known_choice(column))


def _choices(column: Column, text: str, reading: Reading) -> list[str]:
    return _several(column, text, reading, _known_choice(column))


def _skills(column: Column, text: str, reading: Reading) -> list[str]:
    """Return the folded words; which concepts they are is found for the whole file at once."""
    keys = []
    for part in parts_of(text):
        if key := fold(part)[:_LONGEST_WORD]:
            reading.words.append((column.name, key, part[:_LONGEST_WORD]))
            keys.append(key)
    return list(dict.fromkeys(keys))


def _languages(column: Column, text: str, reading: Reading) -> list[list[Any]]:
    levels: dict[str, int] = {}

    def known(piece: str) -> str | None:
        code, level = language_of(piece) or (None, 0)
        if code:
            levels.setdefault(code, level)
        return code

    for code in _several(replace(column, most=0), text, reading, known):
        levels.setdefault(code, int(LanguageLevel.B2))
    if len(levels) > column.most:
        raise Bad("too_many", most=column.most, given=len(levels))
    return [[code, level] for code, level in levels.items()]


def _number(column: Column, text: str, _reading: Reading) -> int:
    found = _NUMBER.findall(text.replace("\u00a0", "").replace("\u202f", "").replace(" ", ""))
    if len(found) != 1:
        raise Bad("no_number", shown=text[:_LONGEST_WORD])
    number = round(float(found[0].replace(",", ".")))
    if not 1 <= number <= column.most:
        raise Bad("out_of_range", most=column.most, shown=text[:_LONGEST_WORD])
    return number


def _read_day(_column: Column, text: str, reading: Reading) -> str:
    try:
        day = read_day(text, reading.day_order)
    except AmbiguousDay:
        raise Bad("ambiguous_day", shown=text[:_LONGEST_WORD]) from None
    if day is None:
        raise Bad("no_day", shown=text[:_LONGEST_WORD])
    return day.isoformat()


def _yes(_column: Column, text: str, _reading: Reading) -> bool:
    word = fold(text)
    if word not in _YES and word not in _NO:
        raise Bad("no_yes", shown=text[:_LONGEST_WORD])
    return word in _YES


def _mail_language(_column: Column, text: str, _reading: Reading) -> str:
    found = language_of(text)
    if found is None or found[0] not in SPOKEN:
        raise Bad("no_mail_language", shown=text[:_LONGEST_WORD])
    return found[0]


def _organisation(_column: Column, text: str, _reading: Reading) -> str:
    return text


_READERS: dict[str, Callable[[Column, str, Reading], Any]] = {
    "text": _text,
    "email": _email,
    "url": _url,
    "country": _country,
    "countries": _countries,
    "choice": _choice,
    "choices": _choices,
    "skills": _skills,
    "languages": _languages,
    "number": _number,
    "day": _read_day,
    "yes": _yes,
    "mail_language": _mail_language,
    "organisation": _organisation,
}
