"""Every row that owes a mail says so in the same four columns."""

from django.db import migrations, models

OWING = ("digest", "invitation", "listedperson", "mappinganswer", "outcome", "sentreport")


def _moment() -> models.DateTimeField:
    return models.DateTimeField(editable=False, null=True)


def _count() -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(default=0, editable=False)


def _due(name: str) -> models.Index:
    return models.Index(condition=models.Q(mail_at__isnull=False), fields=["mail_at"], name=name)


class Migration(migrations.Migration):
    dependencies = [("engagements", "0046_bulk_organisations")]

    operations = [
        migrations.RemoveIndex(model_name="digest", name="digest_due"),
        migrations.RemoveIndex(model_name="invitation", name="invitation_due"),
        migrations.RenameField("digest", "due_at", "mail_at"),
        migrations.RenameField("invitation", "due_at", "mail_at"),
        migrations.RenameField("sentreport", "leased_until", "lease_until"),
        migrations.AddField("mappinganswer", "lease_until", _moment()),
        migrations.AddField("mappinganswer", "tries", _count()),
        *(migrations.AddField(name, "failed_at", _moment()) for name in OWING),
        *(migrations.AlterField(name, field, _moment()) for name in OWING for field in ("mail_at", "lease_until")),
        *(migrations.AlterField(name, "tries", _count()) for name in OWING),
        migrations.AddIndex("digest", _due("digest_due")),
        migrations.AddIndex("invitation", _due("invitation_due")),
    ]
