"""Institutions of a list: registered without anybody who speaks for them, to be verified like every other."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global

from diaspora_net.accounts.actions.organisations import list_organisations
from diaspora_net.accounts.models import Membership, Organisation
from diaspora_net.accounts.states import OrganisationState
from diaspora_net.core import audit
from engagements.actions.imports.experts import VERB, new_person
from engagements.actions.imports.writer import made, new_and_changed, refuse
from engagements.models import Import, ImportRow, ListedPerson
from engagements.queries.imports.twins import refused_addresses
from engagements.states.imports import RowState

OWN = ("name", "kind", "city", "website", "registration_number", "about", "is_government")


def write_organisations(run: Import, rows: Sequence[ImportRow]) -> None:
    """Register the institutions of these rows, and ask their contact people whether they speak for them.

    Effects: organisations that wait for verification, listed people with a mail due, an audit entry each. Queries:
    about 9.
    """
    new, changed = new_and_changed(rows)
    zone = zone_of(str(run.country))
    values = [_values(row) | {"time_zone": zone} for row in new]
    written = list_organisations(actor=run.brought_by, country=str(run.country), rows=values)
    made(new, [one.pk for one in written])
    _ask_contacts(run, list(zip(new, written, strict=True)))
    _change(run, changed)


def _values(row: ImportRow) -> dict[str, Any]:
    return {name: row.values[name] for name in OWN if name in row.values}


@cache
def zone_of(country: str) -> str:
    """Return the time zone of a country that has one, UTC of a country that has several, by CLDR."""
    zones = [zone for zone in get_global("territory_zones").get(country, []) if zone in available_timezones()]
    return zones[0] if len(zones) == 1 else "UTC"


def _ask_contacts(run: Import, pairs: Sequence[tuple[ImportRow, Organisation]]) -> None:
    told = [(row.values["contact_email"], row, one) for row, one in pairs if row.values.get("contact_email")]
    refused = refused_addresses(address for address, _row, _one in told)
    people = [
        new_person(
            run,
            email=address,
            language="",
            organisation=one,
            details={"full_name": row.values.get("contact_name", "")},
        )
        for address, row, one in told
        if address not in refused
    ]
    ListedPerson.objects.bulk_create(people, batch_size=1000)
    audit.record_many(actor=run.brought_by, verb=VERB, things=((person, {}) for person in people))


def _change(run: Import, changed: Mapping[int, ImportRow]) -> None:
    """Write the file's values over those of institutions that nobody speaks for yet."""
    open_ones = Organisation.objects.filter(pk__in=list(changed), state=OrganisationState.APPLIED)
    free = open_ones.exclude(pk__in=Membership.objects.values("organisation"))
    organisations = list(free.select_for_update(of=("self",), no_key=True).order_by("pk"))
    rest = dict(changed)
    for one in organisations:
        row = rest.pop(one.pk)
        values = _values(row)
        row.before = {name: getattr(one, name) for name in values}
        row.state = RowState.CHANGED
        for name, value in values.items():
            setattr(one, name, value)
    for row in rest.values():
        refuse(row, "taken_over")
    Organisation.objects.bulk_update(organisations, OWN, batch_size=500)
    told = ((one, {"fields": sorted(changed[one.pk].before or ())}) for one in organisations)
    audit.record_many(actor=run.brought_by, verb="accounts.organisation.changed", things=told)
