import django.utils.timezone
from django.db import migrations, models

# Who was asked for documents and sent them, or took another name, began to wait again when that was recorded.
BEGAN = """
UPDATE accounts_organisation organisation SET applied_at = coalesce(
    (SELECT min(entry.created_at) FROM core_auditentry entry
        WHERE entry.noun = 'accounts.organisation' AND entry.object_id = organisation.id::text
        AND entry.verb = 'accounts.organisation.changed'
        AND entry.created_at > (SELECT max(decision.decided_at) FROM accounts_organisationdecision decision
            WHERE decision.organisation_id = organisation.id)),
    organisation.created_at
)
"""


class Migration(migrations.Migration):
    """Keep since when an organisation waits for a decision."""

    dependencies = [
        ("core", "0002_audit_is_append_only"),
        ("accounts", "0004_pathways"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="applied_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.RunSQL(BEGAN, migrations.RunSQL.noop),
    ]
