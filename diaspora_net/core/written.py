"""Write a statement of the ORM once for each process, and run it ever after with other values.

The ORM takes longer to write a long statement than the database to answer it. ``written`` gives the text that it
writes, for ``core.statements``. What changes from one run to the next is named in it by ``Asked`` and ``NOW``; all else
stands there as it was when it was written, so that nothing that changes may reach it as a plain value.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, DateTimeField, Expression, F, Func, Q, QuerySet
from django.utils import timezone
from psycopg import sql


class Asked(Expression):
    """A value by its name, which a written statement is given each time it runs; no other statement takes it."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Stand as a parameter of the type of the field."""
        return f"%s::{self.output_field.cast_db_type(connection)}", [self]


class _Moment(datetime):
    """A time that ``NOW`` gave, so that it is told from all other times."""


class _Now(Expression):
    output_field = DateTimeField()

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        moment = timezone.now()
        return "%s", [_Moment.combine(moment.date(), moment.timetz())]


# The present of this side's clock: in an ordinary query when it is written, in a written one what is given as ``now``.
NOW = _Now()


class _IsAmong(Func):
    template, arg_joiner = "%(expressions)s)", " = ANY("
    output_field = BooleanField()


def among(path: str, values: Collection[str] | Asked) -> Q:
    """Return the condition that what stands at ``path`` is one of ``values``, or of an array that is asked for."""
    return Q(_IsAmong(F(path), values)) if isinstance(values, Asked) else Q(**{f"{path}__in": sorted(values)})


def written(rows: QuerySet[Any, Any]) -> str:
    """Return the statement of a query as ``core.statements`` takes it, with ``%(name)s`` where something is asked."""
    text, parameters = rows.query.sql_with_params()
    connection.ensure_connection()
    return text.replace("%%", "%%%%") % tuple(_written(parameter) for parameter in parameters)


def _written(parameter: Any) -> str:
    if isinstance(parameter, Asked):
        return f"%({parameter.name})s"
    if isinstance(parameter, _Moment):
        return "%(now)s::timestamptz"
    return sql.Literal(parameter).as_string(connection.connection).replace("%", "%%")
