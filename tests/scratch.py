"""A database of a test's own, in which migrations can be run as far as one wants, with rows from before."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from secrets import token_hex

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Target = tuple[str, str]


@contextmanager
def scratch_database() -> Iterator[None]:
    """Let the connection lead to an empty database, which is dropped afterwards. Not inside a transaction."""
    home, name = connection.settings_dict["NAME"], f"scratch_{token_hex(4)}"
    _execute(f"CREATE DATABASE {name} TEMPLATE template0")
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = home
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate_to(*targets: Target) -> Apps:
    """Migrate to ``targets``, or as far as there is anything, and return the models as they are there."""
    executor = MigrationExecutor(connection)
    wanted: Sequence[Target] = targets or executor.loader.graph.leaf_nodes()
    executor.migrate(wanted)
    return executor.loader.project_state(list(wanted)).apps


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
