import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Institutions as rows of an act on many."""

    dependencies = [
        ("accounts", "0009_renewal"),
        ("engagements", "0045_broadcasts"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="bulkitem", name="bulk_item_about_one_thing"),
        migrations.AddField(
            model_name="bulkitem",
            name="organisation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.CheckConstraint(
                condition=Q(need__isnull=True, proposal__isnull=False, organisation__isnull=True)
                | Q(need__isnull=False, proposal__isnull=True, organisation__isnull=True)
                | Q(need__isnull=True, proposal__isnull=True, organisation__isnull=False),
                name="bulk_item_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.UniqueConstraint(fields=["run", "organisation"], name="bulk_item_organisation_once"),
        ),
    ]
