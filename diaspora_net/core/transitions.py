"""The one door through which every noun changes its state."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar, cast

from django.db import models, transaction
from django.utils.translation import gettext as _

from diaspora_net.core.errors import InvalidTransition

Transitions = Mapping[str, Collection[str]]
M = TypeVar("M", bound=models.Model)
STEP = "_step_taken"


def can_advance(state: str, to: str, table: Transitions) -> bool:
    """Say whether ``table`` holds the step from ``state`` to ``to``."""
    return to in table.get(state, ())


def advance(obj: M, to: str, table: Transitions, **values: Any) -> M:
    """Move ``obj.state`` to ``to`` when its transition table allows it, and write ``values`` with it.

    Locks the row, so of several simultaneous callers one wins. Returns the same instance, refreshed; the next
    ``audit.record`` about it holds the state before and after.
    Raises InvalidTransition when the row's present state has no such step. Must run inside a transaction.
    Queries: 2 (lock, write).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("advance() needs an open transaction")
    present = lock(obj)
    state: str = getattr(present, "state")  # noqa: B009 - every noun with a lifecycle has this field
    if not can_advance(state, to, table):
        raise InvalidTransition(
            _("This has changed meanwhile: it is now “%(state)s”. Reload the page and look again.")
            % {"state": _state_label(present, state)}
        )
    fields = {"state": to, **values}
    obj._meta.model._base_manager.filter(pk=obj.pk).update(**fields)
    obj.refresh_from_db()
    vars(obj).setdefault(STEP, [state, to])[1] = to
    return obj


def step_of(obj: models.Model) -> list[str] | None:
    """Return and forget the state before and after the steps that ``obj`` has taken since the last time."""
    step: list[str] | None = vars(obj).pop(STEP, None)
    return step


def lock(obj: M) -> M:
    """Lock the row of ``obj`` until the transaction ends and return it as it is now."""
    # Not type(obj): the user of a request is a lazy stand-in.
    model = cast(type[M], obj._meta.model)
    return model._base_manager.select_for_update(no_key=True).get(pk=obj.pk)


def _state_label(obj: models.Model, state: str) -> str:
    display = getattr(obj, "get_state_display", None)
    return str(display()) if display else state
