import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Mail people their news once a day, and at once what is urgent."""

    dependencies = [
        ("messaging", "0011_seats"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="is_urgent",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="DailyMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "e-mail of a day",
                "verbose_name_plural": "e-mails of days",
                "constraints": [models.UniqueConstraint(fields=("user", "day"), name="daily_mail_once")],
            },
        ),
    ]
