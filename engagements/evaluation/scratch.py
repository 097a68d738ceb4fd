"""A schema of one's own: the product's tables, empty, in which nothing done touches what people work with."""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"


@contextmanager
def scratch_schema() -> Iterator[str]:
    """Send all of this connection's queries to empty copies of the product's tables, and drop them afterwards.

    Yields the schema's name. The copies have columns, defaults, indexes and checks of their own, but neither foreign
    keys nor triggers. The tables that people work with are neither read nor written: they are not on the path.
    """
    name = f"evaluation_{token_hex(6)}"
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_setting('search_path')")
        home, path = cursor.fetchone()
        cursor.execute(f"CREATE SCHEMA {quote(name)}")
    try:
        with connection.cursor() as cursor:
            cursor.execute(TABLES, [home])
            for (table,) in cursor.fetchall():
                copy, original = f"{quote(name)}.{quote(table)}", f"{quote(home)}.{quote(table)}"
                cursor.execute(f"CREATE TABLE {copy} (LIKE {original} INCLUDING ALL)")
            cursor.execute("SELECT set_config('search_path', %s, false)", [quote(name)])
        yield name
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('search_path', %s, false)", [path])
            cursor.execute("SET client_min_messages TO warning")
            cursor.execute(f"DROP SCHEMA {quote(name)} CASCADE")
            cursor.execute("RESET client_min_messages")


def is_migrated() -> bool:
    """Say whether the tables to copy are all there, as this version has them."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
