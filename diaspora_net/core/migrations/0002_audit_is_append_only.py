"""Refuse changes to the audit trail in the database, and make the cache table that sessions' limits live in."""

from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUSE_CHANGES = """
CREATE FUNCTION core_auditentry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER core_auditentry_append_only BEFORE UPDATE OR DELETE ON core_auditentry
    FOR EACH ROW EXECUTE FUNCTION core_auditentry_refuse_change();
"""
ALLOW_CHANGES = """
DROP TRIGGER core_auditentry_append_only ON core_auditentry;
DROP FUNCTION core_auditentry_refuse_change();
"""


def create_cache_table(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the table of the database cache where it is missing."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """Append-only audit trail; cache table."""

    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGES, ALLOW_CHANGES),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
