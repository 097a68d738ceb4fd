"""How a test outside a transaction leaves the database as it was.

Django empties every table by TRUNCATE, which makes new files for each table and each of its indexes, and then writes
all permissions anew: far more work than most tests do. Here rows are deleted, since a test has few of them.
"""

from django.db import connection
from django.test import TransactionTestCase

# It waits for whoever still writes, so that no row comes afterwards; no trigger asks whether a row may go. What the
# migrations have written stays.
EMPTY = """
DO $$
DECLARE
    one text;
    tables text[] := ARRAY(
        SELECT oid::regclass::text FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
        ORDER BY oid
    );
BEGIN
    EXECUTE 'LOCK TABLE ' || array_to_string(tables, ', ') || ' IN EXCLUSIVE MODE';
    SET LOCAL session_replication_role = replica;
    FOREACH one IN ARRAY tables LOOP
        EXECUTE 'DELETE FROM ' || one;
    END LOOP;
END
$$
"""


def empty_tables(_case: TransactionTestCase) -> None:
    """Delete every row of every table; stands in for what Django does after such a test. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
