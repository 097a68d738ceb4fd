from django.db import migrations, models

# The connections that live, by names that no other connection ever gets.
LISTENERS = """
ALTER TABLE messaging_seat SET UNLOGGED;
CREATE VIEW messaging_listener AS
SELECT pid, concat(pid, ' ', extract(epoch FROM backend_start)) AS name FROM pg_stat_activity;
"""


class Migration(migrations.Migration):
    """Open sockets are counted over all web processes."""

    dependencies = [("messaging", "0010_words")]

    operations = [
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("user_id", models.BigIntegerField(db_index=True)),
                ("listener", models.CharField(max_length=60)),
                ("opened_at", models.DateTimeField()),
            ],
            options={"verbose_name": "open socket", "verbose_name_plural": "open sockets"},
        ),
        migrations.RunSQL(LISTENERS, "DROP VIEW messaging_listener;"),
    ]
