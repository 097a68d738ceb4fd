"""What forms of every app share: an action's problems beside their fields, and the choice of a time zone."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django import forms
from django.http import QueryDict

from diaspora_net.core.errors import DomainError, Invalid

# Names that are old spellings of other names, or not places.
NOT_PLACES = frozenset({"Etc", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico"})


def add_problems(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an action refused beside the fields of the form that was sent."""
    problems = error.fields if isinstance(error, Invalid) else {}
    for name, problem in (problems or {"__all__": error.message}).items():
        form.add_error(name if name in form.fields else None, problem)


@contextmanager
def refusals_on(form: forms.BaseForm, *also: type[DomainError]) -> Iterator[None]:
    """Let an action's Invalid, and what else is named, end the block and stand on the form that was sent.

    The block returns what is answered when nothing was refused.
    """
    refusals: tuple[type[DomainError], ...] = (Invalid, *also)
    try:
        yield
    except refusals as error:
        add_problems(form, error)


def filter_chips(form: forms.BaseForm, asked: QueryDict) -> list[dict[str, Any]]:
    """Return a chip for each filter of ``form`` that an address asks for, whose link takes it away."""
    chips = []
    for field in form:
        if value := asked.get(field.name, ""):
            left = asked.copy()
            left.pop(field.name, None)
            left.pop("page", None)
            is_switch = isinstance(field.field, forms.BooleanField)
            label = field.label if is_switch else dict(getattr(field.field, "choices", ())).get(value, value)
            chips.append({"name": field.name, "label": label, "url": f"?{left.urlencode()}", "removes": True})
    return chips


@cache  # reading the names costs more than the rest of the form
def time_zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every city of the time-zone database, grouped by region, for a select."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        region, slash, city = name.partition("/")
        if slash and region not in NOT_PLACES:
            groups.setdefault(region, []).append((name, city.replace("_", " ").replace("/", ", ")))
    return [("UTC", [("UTC", "UTC")]), *groups.items()]
