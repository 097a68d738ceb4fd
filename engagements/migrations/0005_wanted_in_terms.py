"""Keep with the terms of a need what its wish is made of, so that matching reads nothing else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("engagements", "0004_work_spread"),
    ]

    operations = [
        migrations.AddField(
            model_name="needterm",
            name="facet",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name="needterm",
            name="level",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="needterm",
            name="rarity",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="needterm",
            name="relatedness",
            field=models.PositiveSmallIntegerField(default=100),
        ),
        migrations.AddField(
            model_name="needterm",
            name="relation",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name="needterm",
            name="strength",
            field=models.CharField(
                choices=[("required", "Required"), ("preferred", "Preferred"), ("optional", "Optional")],
                default="required",
                max_length=10,
            ),
        ),
    ]
