"""Names that people write for countries and languages, in the five languages of the product, and what they mean."""

import re
from functools import cache

from babel import Locale
from django_countries import countries

from engagements.documents.word_lists import listed
from mentors.labels import fold
from mentors.states import LanguageLevel, WorkingLanguage

SPOKEN = ("en", "fr", "es", "pt", "ar")
# What people write and no list of names holds.
_MORE_COUNTRIES = {
    "uk": "GB", "england": "GB", "great britain": "GB", "angleterre": "GB", "grande bretagne": "GB", "usa": "US",
    "us": "US", "america": "US", "etats unis d amerique": "US", "eeuu": "US", "eua": "US", "uae": "AE", "eau": "AE",
    "rdc": "CD", "drc": "CD", "rd congo": "CD", "dr congo": "CD", "congo kinshasa": "CD", "congo brazzaville": "CG",
    "rca": "CF", "ivory coast": "CI", "cote divoire": "CI", "cape verde": "CV", "cap vert": "CV", "swaziland": "SZ",
    "burma": "MM", "birmanie": "MM", "holland": "NL", "hollande": "NL", "ksa": "SA", "russia": "RU", "syria": "SY",
    "palestine": "PS", "turkey": "TR", "czech republic": "CZ", "south korea": "KR", "moldova": "MD", "gambia": "GM",
}  # fmt: skip
_MORE_LANGUAGES = {
    "berber": "ber", "berbere": "ber", "tamazight": "ber", "amazigh": "ber", "kabyle": "ber", "farsi": "fa",
    "dari": "fa", "twi": "ak", "castellano": "es", "francais": "fr", "anglais": "en", "arabe": "ar",
}  # fmt: skip
_CEFR = re.compile(r"\b([abc])\s?([12])\b", re.IGNORECASE)


@cache
def _countries() -> dict[str, str]:
    known = set(countries.countries)
    named = dict(_MORE_COUNTRIES)
    for language in SPOKEN:
        for code, name in Locale(language).territories.items():
            if code in known:
                named.setdefault(fold(name), code)
    for code in known:
        named.setdefault(fold(str(countries.name(code))), code)
        named.setdefault(code.lower(), code)
        if longer := countries.alpha3(code):
            named.setdefault(longer.lower(), code)
    return named


def country_of(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country named in any way we know, None for what names none."""
    return _countries().get(fold(text))


@cache
def _languages() -> dict[str, str]:
    named = dict(_MORE_LANGUAGES)
    for language in SPOKEN:
        names = Locale(language).languages
        for code in WorkingLanguage.values:
            if code in names:
                named.setdefault(fold(names[code]), code)
    for code in WorkingLanguage.values:
        named.setdefault(code, code)
    return named


@cache
def _level_words() -> list[tuple[str, int]]:
    words = [(word, _cefr(code)) for word, (code, *_others) in listed("choices", "LanguageLevel").items()]
    return sorted(words, key=lambda one: -len(one[0]))


def _cefr(code: str) -> int:
    return {"a": 0, "b": 2, "c": 4}[code[0].lower()] + int(code[1])


def language_of(text: str) -> tuple[str, int] | None:
    """Return the language that a piece of text names and its CEFR level, B2 where it names none; None for no language.

    “Français (courant)”, “English C1” and “الفرنسية: جيد” are such pieces.
    """
    level = int(LanguageLevel.B2)
    if found := _CEFR.search(text):
        level = _cefr(found[1] + found[2])
        text = text[: found.start()] + " " + text[found.end() :]
    words = f" {fold(text)} "
    for word, meant in _level_words():
        if f" {word} " in words:
            level = level if found else meant
            words = words.replace(f" {word} ", " ")
            break
    code = _languages().get(" ".join(words.split()))
    return (code, level) if code else None
