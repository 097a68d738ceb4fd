"""Keep what matching reads of each profile in one row, filled for everybody who may be matched now."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

FILL = """
INSERT INTO mentors_matchfacts (expert_id, user_id, is_hidden, hours_per_month, capacity, open_engagements,
    refreshed_at, modalities, kinds, languages, origins, hours, skills)
SELECT profile.id, profile.user_id, profile.audience <> 'organisations', profile.hours_per_month, profile.capacity,
    profile.open_engagements, profile.refreshed_at, profile.modalities, profile.kinds,
    ARRAY(SELECT (language || level)::varchar FROM mentors_profilelanguage WHERE profile_id = profile.id
        ORDER BY level DESC, language),
    ARRAY(SELECT country FROM mentors_profileorigin WHERE profile_id = profile.id ORDER BY position),
    ARRAY(SELECT number FROM mentors_availabilityslot, unnest(ARRAY[weekday, starts, ends]) WITH ORDINALITY AS part(
        number, place) WHERE profile_id = profile.id ORDER BY weekday, starts, ends, place),
    ARRAY(SELECT item.tag_id * 1000000 + item.level * 100000 + item.years * 100
            + (item.recognition = ANY(ARRAY['employer_attested', 'assessed', 'formally_recognised']))::integer * 10
            + array_position(ARRAY['occupation', 'skill', 'knowledge', 'transferable', 'language'], skill.kind::text)
            - 1
        FROM mentors_profileskill item JOIN mentors_skill skill ON skill.id = item.tag_id
        WHERE item.content_object_id = profile.id AND skill.status = 'accepted' ORDER BY item.tag_id)
FROM mentors_expertprofile profile WHERE profile.state = 'published' AND profile.open_engagements < profile.capacity;
"""
# A row is rewritten whenever a profile is saved: room beside it spares its index the new version.
ROOM = "ALTER TABLE mentors_matchfacts SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);"


def small() -> models.PositiveSmallIntegerField:
    """Return a column of small numbers."""
    return models.PositiveSmallIntegerField()


def words(length: int) -> django.contrib.postgres.fields.ArrayField:
    """Return a column of short words."""
    return django.contrib.postgres.fields.ArrayField(models.CharField(max_length=length), size=None)


class Migration(migrations.Migration):
    """The table and its first rows."""

    dependencies = [("mentors", "0005_pause_until_a_day")]

    operations = [
        migrations.CreateModel(
            name="MatchFacts",
            fields=[
                (
                    "expert",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="mentors.expertprofile",
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("is_hidden", models.BooleanField()),
                ("hours_per_month", small()),
                ("capacity", small()),
                ("open_engagements", small()),
                ("refreshed_at", models.DateTimeField()),
                ("modalities", words(20)),
                ("kinds", words(20)),
                ("languages", words(9)),
                ("origins", words(2)),
                ("hours", django.contrib.postgres.fields.ArrayField(models.SmallIntegerField(), size=None)),
                ("skills", django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), size=None)),
            ],
            options={"verbose_name": "facts for matching", "verbose_name_plural": "facts for matching"},
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
