import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The unique constraint on conversation and person serves both alone: one index less to keep."""

    dependencies = [("messaging", "0014_failed_emails")]

    operations = [
        migrations.AlterField(
            model_name="participant",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="participants",
                to="messaging.conversation",
            ),
        ),
    ]
