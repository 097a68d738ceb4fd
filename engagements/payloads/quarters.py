"""Quarters of the calendar: their first days, and how they are called."""

from datetime import date

from django.utils.translation import gettext as _


def first_of_quarter(day: date, *, back: int = 0) -> date:
    """Return the first day of the quarter of ``day``, or of one so many quarters before it (negative: after it)."""
    quarters = day.year * 4 + (day.month - 1) // 3 - back
    return date(quarters // 4, quarters % 4 * 3 + 1, 1)


def quarters_from(day: date, count: int) -> list[date]:
    """Return the first days of ``count`` quarters, that of ``day`` first."""
    return [first_of_quarter(day, back=-ahead) for ahead in range(count)]


def quarter_name(first: date) -> str:
    """Return what a quarter is called in the active language, by its first day: “Q1 2027”."""
    return _("Q%(quarter)d %(year)d") % {"quarter": (first.month - 1) // 3 + 1, "year": first.year}


def first_of_half_year(day: date) -> date:
    """Return the first day of the half-year of ``day``."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)
