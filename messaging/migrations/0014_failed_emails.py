"""News whose e-mail was given up says so, and since when."""

from django.db import migrations, models

# What was given up before counted twelve tries or more.
GIVEN_UP = """
UPDATE messaging_notification SET email_failed_at = created_at
WHERE email_attempts >= 12 AND emailed_at IS NULL AND email_due_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0013_files_without_conversation")]

    operations = [
        migrations.AddField("notification", "email_failed_at", models.DateTimeField(null=True)),
        migrations.RunSQL(GIVEN_UP, migrations.RunSQL.noop),
    ]
