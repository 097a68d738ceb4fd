"""What forms of every app share: an action's problems beside their fields, and the choice of a time zone."""

import zoneinfo

from django import forms

from diaspora_net.core.errors import DomainError, Invalid

# Names that are old spellings of other names, or not places.
NOT_PLACES = frozenset({"Etc", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico"})


def add_problems(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an action refused beside the fields of the form that was sent."""
    problems = error.fields if isinstance(error, Invalid) else {}
    for name, problem in (problems or {"__all__": error.message}).items():
        form.add_error(name if name in form.fields else None, problem)


def time_zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every city of the time-zone database, grouped by region, for a select."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        region, slash, city = name.partition("/")
        if slash and region not in NOT_PLACES:
            groups.setdefault(region, []).append((name, city.replace("_", " ").replace("/", ", ")))
    return [("UTC", [("UTC", "UTC")]), *groups.items()]
