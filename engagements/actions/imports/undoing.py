"""Take an import back, a batch of rows at a time: what people have gone on with is kept, and the row says why.

A thing has been gone on with when its last act in the audit trail is not this import's own, or when something else
hangs on it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model, ProtectedError

from diaspora_net.accounts.models import Membership, Organisation
from diaspora_net.core import audit
from engagements.actions.imports.organisations import OWN
from engagements.actions.programmes import change_programme
from engagements.models import Import, ImportRow, ListedPerson, Need, NeedLanguage, NeedSkill, Programme
from engagements.queries.imports.twins import MODELS
from engagements.queries.programme_settings import values_of
from engagements.states.imports import ImportNoun, ListedState, RowState

BATCH = 500
DONE = ["state", "thing", "before", "reason"]


def undo_some(run: Import) -> bool:
    """Take the next batch of rows back; say whether there was none left. The caller holds the import's lock.

    Effects: what the rows made is deleted, what they changed is as before, an audit entry each. Queries: about 10 for
    500 rows, more where something hangs on what they made.
    """
    rows = ImportRow.objects.filter(run=run, state__in=[RowState.MADE, RowState.CHANGED])
    batch = list(rows.order_by("number")[:BATCH])
    if not batch:
        return True
    model = MODELS[run.noun]
    # In the order of their ids, as whoever changes one of them holds that one only.
    found = model._base_manager.filter(pk__in=[row.thing for row in batch])
    things = {thing.pk: thing for thing in found.select_for_update(of=("self",)).order_by("pk")}
    ways = audit.last_ways(model._meta.label_lower, things)
    own = f"import:{run.reference}"
    hanging = _HANGING[run.noun](things)
    free: list[ImportRow] = []
    for row in batch:
        if row.thing is None or row.thing not in things:
            row.state, row.reason = RowState.UNDONE, "gone"
        elif ways.get(row.thing, "") != own or row.thing in hanging:
            row.state, row.reason = RowState.KEPT, hanging.get(row.thing, "gone_on_with")
        else:
            free.append(row)
    with audit.through(own):
        _delete(run, [row for row in free if row.state == RowState.MADE], things)
        _restore(run, [row for row in free if row.state == RowState.CHANGED], things)
    ImportRow.objects.bulk_create(
        batch, update_conflicts=True, unique_fields=["run", "number"], update_fields=DONE, batch_size=BATCH
    )
    return False


def _people(things: Mapping[int, Any]) -> dict[int, str]:
    return {pk: "confirmed" for pk, person in things.items() if person.state != ListedState.WAITING}


def _organisations(things: Mapping[int, Any]) -> dict[int, str]:
    """Say what hangs on institutions: people, needs, somebody who said yes to speaking for one."""
    taken: dict[int, str] = {}
    for rows, reason in (
        (Membership.objects.filter(organisation__in=things), "has_people"),
        (Need.objects.filter(organisation__in=things), "has_needs"),
    ):
        taken |= dict.fromkeys(rows.values_list("organisation", flat=True), reason)
    return taken


def _nothing(_things: Mapping[int, Any]) -> dict[int, str]:
    return {}


_HANGING: dict[str, Callable[[Mapping[int, Any]], dict[int, str]]] = {
    ImportNoun.EXPERTS: _people,
    ImportNoun.ORGANISATIONS: _organisations,
    ImportNoun.NEEDS: _nothing,
    ImportNoun.PROGRAMMES: _nothing,
}


def _delete(run: Import, rows: Sequence[ImportRow], things: Mapping[int, Model]) -> None:
    """Delete what the rows made: at once, or one by one where something still points at one of them."""
    model = MODELS[run.noun]
    removed = [things[row.thing] for row in rows if row.thing is not None]
    audit.record_many(
        actor=run.brought_by, verb=f"engagements.import.{_word(model)}_removed", things=((one, {}) for one in removed)
    )
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=[one.pk for one in removed]).delete()
    except ProtectedError:
        _delete_singly(rows, model)
        return
    for row in rows:
        row.state = RowState.UNDONE


def _word(model: type[Model]) -> str:
    return {ListedPerson: "person", Organisation: "organisation", Need: "need", Programme: "programme"}[model]


def _delete_singly(rows: Sequence[ImportRow], model: type[Model]) -> None:
    for row in rows:
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.thing).delete()
        except ProtectedError:
            row.state, row.reason = RowState.KEPT, "gone_on_with"
        else:
            row.state = RowState.UNDONE


def _restore(run: Import, rows: Sequence[ImportRow], things: Mapping[int, Any]) -> None:
    """Make what the rows changed as it was before."""
    pairs = [(row, things[row.thing]) for row in rows if row.thing is not None and row.before is not None]
    if run.noun == ImportNoun.PROGRAMMES:
        for row, programme in pairs:
            _restore_programme(run, row, programme)
    else:
        for row, thing in pairs:
            for name, value in _own_fields(row.before or {}).items():
                setattr(thing, name, value)
        _write(run, pairs)
        verb = f"engagements.import.{_word(MODELS[run.noun])}_restored"
        audit.record_many(actor=run.brought_by, verb=verb, things=((thing, {}) for _row, thing in pairs))
    for row, _thing in pairs:
        row.state, row.before = RowState.UNDONE, None


def _own_fields(before: dict[str, Any]) -> dict[str, Any]:
    """Return what was kept of a thing's own fields, by the names of its columns."""
    renamed = {"focal_point": "focal_point_id", "run": "run_id"}
    days = {"starts_on", "closes_on"}
    return {
        renamed.get(name, name): date.fromisoformat(value) if name in days and value else value
        for name, value in before.items()
        if name not in {"skills", "languages"}
    }


def _write(run: Import, pairs: Collection[tuple[ImportRow, Any]]) -> None:
    if not pairs:
        return
    things = [thing for _row, thing in pairs]
    if run.noun == ImportNoun.EXPERTS:
        ListedPerson.objects.bulk_update(things, ["details", "run"])
        return
    if run.noun == ImportNoun.ORGANISATIONS:
        Organisation.objects.bulk_update(things, OWN)
        return
    names = {name for row, _need in pairs for name in _own_fields(row.before or {})}
    Need.objects.bulk_update(things, sorted(name.removesuffix("_id") for name in names))
    NeedSkill.objects.filter(content_object__in=things).delete()
    NeedLanguage.objects.filter(need__in=things).delete()
    NeedSkill.objects.bulk_create(
        NeedSkill(content_object=need, tag_id=skill, strength=strength, level=level, position=position)
        for row, need in pairs
        for position, (skill, strength, level) in enumerate((row.before or {}).get("skills", ()))
    )
    NeedLanguage.objects.bulk_create(
        NeedLanguage(need=need, language=code, level=level)
        for row, need in pairs
        for code, level in (row.before or {}).get("languages", ())
    )


def _restore_programme(run: Import, row: ImportRow, programme: Programme) -> None:
    told = {name: _value(name, value) for name, value in (row.before or {}).items()}
    change_programme(actor=run.brought_by, programme=programme, values=replace(values_of(programme), **told))


def _value(name: str, value: Any) -> Any:
    """Return what was kept as JSON as the value it was."""
    if name in {"starts_on", "ends_on"}:
        return date.fromisoformat(value) if value else None
    return tuple(value) if isinstance(value, list) else value
