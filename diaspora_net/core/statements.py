"""Run a statement whose plan the connection keeps.

Django binds parameters on this side, so the database plans every query anew, which for a long statement takes longer
than finding a small network's answer. The few statements that are worth it are bound by the server instead, and
prepared unless ``DATABASE_PREPARES`` forbids it. Their text must be constant; up to 4,096 characters it is also read
only once on this side. A connection keeps each plan in memory: of a statement of 60,000 characters 8 MB. Parameters are
sent as text without a type, which the statement gives them: one text is one plan, whatever the size of a number.
Results come as the database holds them, which spares both sides the writing and reading of text.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import psycopg
from django.db import connection

Value = str | int | bool | date | Iterable[str | int] | None
Params = Mapping[str, Value]


def rows(statement: str, params: Params) -> list[tuple[Any, ...]]:
    """Run a statement on the connection of the ORM, in its transaction, and return all rows. Queries: 1."""
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)
    cursor.format = psycopg.pq.Format.BINARY
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(cursor) as wrapped:
        wrapped.execute(statement, {name: as_text(value) for name, value in params.items()})
        found: list[tuple[Any, ...]] = wrapped.fetchall()
    if connection.queries_logged:  # Django looks for the text where a cursor that binds here has it
        connection.queries_log[-1]["sql"] = statement
    return found


def as_text(value: Value) -> str | None:
    """Return a value as PostgreSQL reads it: ``7``, ``true``, ``2026-03-01``, ``{1,2}``, ``{"fr","ar"}``."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | date):  # a bool is an int
        return str(value).lower()
    items = (f'"{_escaped(item)}"' if isinstance(item, str) else str(item) for item in value)
    return "{" + ",".join(items) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
