from django.db import migrations, models


class Migration(migrations.Migration):
    """Find the reminders that a wrong clock has dated into the future."""

    dependencies = [("engagements", "0031_foreseen_needs")]

    operations = [
        migrations.AddIndex(model_name="reminder", index=models.Index(fields=["sent_at"], name="reminder_sent")),
    ]
