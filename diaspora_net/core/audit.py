"""Write and read the audit trail."""

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from diaspora_net.core import statements
from diaspora_net.core.models import AuditEntry
from diaspora_net.core.transitions import step_of

_way: ContextVar[str] = ContextVar("audit_way", default="")
# Every act writes one, so its plan is kept.
WRITE = """
INSERT INTO core_auditentry (actor_id, verb, noun, object_id, changes, created_at)
VALUES (%(actor)s::bigint, %(verb)s, %(noun)s, %(object)s, %(changes)s::jsonb, %(now)s::timestamptz) RETURNING id
"""


@contextmanager
def through(way: str) -> Iterator[None]:
    """Note with every entry written inside by which way its actor came, such as ``link`` for a link in an e-mail."""
    token = _way.set(way)
    try:
        yield
    finally:
        _way.reset(token)


def record(*, actor: models.Model | None, verb: str, obj: models.Model, **changes: Any) -> AuditEntry:
    """Write who did what to ``obj``, in the caller's transaction.

    ``actor`` is a user, or None for a sweep. ``changes`` must be JSON-ready and hold ids and codes, never names; inside
    ``through`` they hold that, too. Where ``obj`` has just changed its state, ``state`` holds what it was and what it
    is. Queries: 1.
    """
    entry = _entry(actor, verb, obj, changes)
    entry.created_at = timezone.now()
    [(entry.pk,)] = statements.rows(
        WRITE,
        {
            "actor": entry.actor_id,
            "verb": entry.verb,
            "noun": entry.noun,
            "object": entry.object_id,
            "changes": json.dumps(entry.changes),
            "now": entry.created_at,
        },
    )
    return entry


def record_many(
    *, actor: models.Model | None, verb: str, things: Iterable[tuple[models.Model, dict[str, Any]]]
) -> None:
    """Write the same act about many things, each with its changes, as ``record`` does. Queries: 1 per 1,000."""
    AuditEntry.objects.bulk_create([_entry(actor, verb, obj, changes) for obj, changes in things], batch_size=1000)


def _entry(actor: models.Model | None, verb: str, obj: models.Model, changes: dict[str, Any]) -> AuditEntry:
    if step := step_of(obj):
        changes = {"state": step, **changes}
    if way := _way.get():
        changes = {**changes, "through": way}
    return AuditEntry(
        actor_id=actor.pk if actor else None,
        verb=verb,
        noun=obj._meta.label_lower,
        object_id=str(obj.pk),
        changes=changes,
    )


def last_ways(noun: str, ids: Iterable[int]) -> dict[int, str]:
    """Return by which way the last act about each thing came (``through``), empty for an ordinary one. Queries: 1."""
    entries = AuditEntry.objects.filter(noun=noun, object_id__in=[str(pk) for pk in ids])
    last = entries.order_by("object_id", "-pk").distinct("object_id").values_list("object_id", "changes__through")
    return {int(pk): way or "" for pk, way in last}


def objects_with(verb: str, *, since: datetime) -> set[str]:
    """Return the ids of the objects about which ``verb`` was recorded since a moment. Queries: 1."""
    entries = AuditEntry.objects.filter(verb=verb, created_at__gte=since)
    return set(entries.values_list("object_id", flat=True))


def nouns_with(verbs: Collection[str], *, since: datetime) -> set[str]:
    """Return about what one of ``verbs`` was recorded since a moment, as ``noun:id``. Queries: 1."""
    entries = AuditEntry.objects.filter(created_at__gte=since, verb__in=sorted(verbs))
    return {f"{noun}:{object_id}" for noun, object_id in entries.values_list("noun", "object_id")}


def history_of(obj: models.Model) -> models.QuerySet[AuditEntry]:
    """Return the entries about ``obj``, oldest first, with their actors. Queries: 1 when read."""
    return (
        AuditEntry.objects.filter(noun=obj._meta.label_lower, object_id=str(obj.pk))
        .select_related("actor")
        .order_by("created_at", "pk")
    )
