"""Days as people write them in spreadsheets."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from babel import Locale

from engagements.documents.names import SPOKEN
from engagements.states.imports import DayOrder
from mentors.labels import fold

# Spreadsheets count days from here; numbers in between are days from 1954 to 2119 and hardly anything else.
_ZERO, _LEAST, _MOST = date(1899, 12, 30), 20_000, 80_000
# A year of two figures is of this century below, of the last one from here on.
_PIVOT = 70
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_THREE = re.compile(r"(\d{1,4})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{1,4})(?:\s+\d{1,2}:\d\d.*)?")

_ENDING = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|e)$")


class AmbiguousDay(Exception):
    """A day that may be two days, as long as nobody says which number is the month."""


def read_day(text: str, order: str = "") -> date | None:
    """Return the day that a text names, None when it names none. ``order`` is a ``DayOrder`` or empty.

    Raises AmbiguousDay when only ``order`` could tell.
    """
    plain = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text.strip())
    if found := _ISO.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if plain.isdigit() and _LEAST <= int(plain) <= _MOST:
        return _ZERO + timedelta(days=int(plain))
    if found := _THREE.fullmatch(plain):
        first, second, third = int(found[1]), int(found[2]), int(found[3])
        if len(found[1]) == 4:
            return _day(first, second, third)
        month_first = _is_month_first(first, second, order)
        return _day(_year(third, found[3]), *((first, second) if month_first else (second, first)))
    return _named_day(plain)


def _is_month_first(first: int, second: int, order: str) -> bool:
    if first > 12 or second > 12:
        return second > 12
    if first != second and not order:
        raise AmbiguousDay
    return order == DayOrder.MONTH_FIRST


def _year(number: int, text: str) -> int:
    if len(text) > 2:
        return number
    return number + (2000 if number < _PIVOT else 1900)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    named: dict[str, int] = {}
    for language in SPOKEN:
        for width in ("wide", "abbreviated"):
            for form in ("format", "stand-alone"):
                for number, name in Locale(language).months[form][width].items():
                    named.setdefault(fold(name), number)
    return named


def _named_day(text: str) -> date | None:
    """Return the day of “12 mars 2024” and “March 12, 2024”."""
    words = [word for word in fold(text).split() if word not in {"de", "of", "le", "del"}]
    months = [_months()[word] for word in words if word in _months()]
    numbers = [_ENDING.sub("", word) for word in words if word not in _months()]
    if len(months) != 1 or len(numbers) != 2 or not all(number.isdigit() for number in numbers):
        return None
    day, year = sorted(numbers, key=int)
    return _day(_year(int(year), year), months[0], int(day))


def order_told_by(texts: Iterable[str]) -> tuple[str, bool]:
    """Return the order of day and month that a column itself tells, and whether somebody has to say it.

    A 25 in the first place tells for the whole column; where nothing does, or both, somebody has to say it.
    """
    is_ambiguous, told = False, set()
    for text in texts:
        found = _THREE.fullmatch(text.strip())
        if found and len(found[1]) < 4:
            first, second = int(found[1]), int(found[2])
            if first > 12 >= second:
                told.add(DayOrder.DAY_FIRST)
            elif second > 12 >= first:
                told.add(DayOrder.MONTH_FIRST)
            elif first != second:
                is_ambiguous = True
    order = told.pop() if len(told) == 1 else ""
    return str(order), is_ambiguous and not order
