"""Programmes of a list: drafts that their coordinators look through and start."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import pgettext

from diaspora_net.accounts.rules import mediates_pathways
from diaspora_net.core import audit
from diaspora_net.core.errors import Invalid
from engagements.actions.imports.writer import made, new_and_changed, refuse
from engagements.actions.programme_values import changes_between, check_programme, fill
from engagements.actions.programmes import change_programme
from engagements.models import Cohort, Eligibility, Import, ImportRow, Programme, ProgrammeCountry
from engagements.queries.programme_settings import ProgrammeValues, values_of
from engagements.states import CountrySide, ProgrammeKind, ProgrammeState
from engagements.states.imports import RowState

OWN = ("name", "kind", "summary", "component", "skill_focus", "beneficiary_types")
RELATIONS = ["conversation", "created_by"]


def write_programmes(run: Import, rows: Sequence[ImportRow]) -> None:
    """Set up the programmes of these rows as drafts, each with a first cohort, as ``create_programme`` does one.

    Effects: programmes with countries, rules and cohort, an audit entry each. Queries: about 7, and those of
    ``change_programme`` for each that is changed.
    """
    new, changed = new_and_changed(rows)
    may_mediate = mediates_pathways(run.brought_by, str(run.country))
    pairs = []
    for row in new:
        values = _values(row)
        programme = Programme(country=run.country, created_by=run.brought_by)
        if values.kind == ProgrammeKind.PATHWAY and not may_mediate:
            refuse(row, "pathway_right")
        elif _fits(programme, values):
            pairs.append((row, programme, values))
        else:
            refuse(row, "no_longer_fits")
    _write(run, pairs)
    for pk, row in changed.items():
        _change(run, pk, row)


def _values(row: ImportRow) -> ProgrammeValues:
    told: dict[str, Any] = {name: row.values[name] for name in OWN if name in row.values}
    days: dict[str, Any] = {
        name: date.fromisoformat(row.values[name]) for name in ("starts_on", "ends_on") if name in row.values
    }
    sides = dict.fromkeys(row.values.get("destinations", ()), CountrySide.DESTINATION.value)
    sides |= dict.fromkeys(row.values["origins"], CountrySide.ORIGIN.value)
    return ProgrammeValues(**told, **days, sides=sides)


def _fits(programme: Programme, values: ProgrammeValues) -> bool:
    try:
        check_programme(values)
        fill(programme, values)
        programme.clean_fields(exclude=RELATIONS)
    except (Invalid, ValidationError):
        return False
    return True


def _write(run: Import, pairs: Sequence[tuple[ImportRow, Programme, ProgrammeValues]]) -> None:
    programmes = Programme.objects.bulk_create([programme for _row, programme, _values in pairs], batch_size=500)
    ProgrammeCountry.objects.bulk_create(
        ProgrammeCountry(programme=programme, country=code, side=side)
        for _row, programme, values in pairs
        for code, side in values.sides.items()
    )
    Eligibility.objects.bulk_create(
        Eligibility(programme=programme, language_level=values.language_level, verified_only=values.verified_only)
        for _row, programme, values in pairs
    )
    name = pgettext("name of the first round of a programme", "Cohort 1")
    Cohort.objects.bulk_create(Cohort(programme=programme, name=name) for programme in programmes)
    made([row for row, _programme, _values in pairs], [programme.pk for programme in programmes])
    things = ((programme, changes_between(None, values)) for _row, programme, values in pairs)
    audit.record_many(actor=run.brought_by, verb="engagements.programme.created", things=things)


def _change(run: Import, pk: int, row: ImportRow) -> None:
    programme = Programme.objects.filter(pk=pk, state=ProgrammeState.DRAFT).first()
    if programme is None:
        refuse(row, "taken_over")
        return
    before, told = values_of(programme), _values(row)
    named: Mapping[str, Any] = {name: getattr(told, name) for name in (*row.values, "sides") if hasattr(told, name)}
    try:
        change_programme(actor=run.brought_by, programme=programme, values=replace(before, **named))
    except Invalid:
        refuse(row, "no_longer_fits")
        return
    row.before = {name: _plain(getattr(before, name)) for name in named}
    row.state = RowState.CHANGED


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else value
