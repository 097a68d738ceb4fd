"""One number for one kind of reader: shown, left out, or not collected."""

from dataclasses import dataclass

from diaspora_net.core.suppression import Key, Published


@dataclass(frozen=True, slots=True)
class Number:
    """One number for one kind of reader. ``value`` is None where it is left out, or where nothing was collected.

    Hours are in minutes. ``step`` is what it was rounded to, 1 where it is exact.
    """

    value: float | None
    is_left_out: bool = False
    is_collected: bool = True
    step: int = 1


def number_of(told: Published, key: Key) -> Number:
    """Return a figure of a table as it is published."""
    value = told[key]
    return left_out() if value is None else Number(value, step=told.step)


def left_out() -> Number:
    """Return what stands in the place of a number that is not shown."""
    return Number(None, is_left_out=True)
