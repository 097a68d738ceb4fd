from importlib import import_module

import django.db.models.deletion
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields.ranges import DateTimeRangeField
from django.db import migrations, models

# The weekends of CLDR that are not Saturday and Sunday; engagements.payloads.working_days counts in the same way.
WITHOUT_RESTS = import_module("engagements.migrations.0028_reminders").BY_COUNTRY
DROP_WITHOUT_RESTS = "DROP FUNCTION engagements_after_working_days(timestamptz, integer, text, text)"
WORKING = """
CREATE FUNCTION engagements_working(wall timestamp, start date, length integer)
RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    week integer := floor((wall::date - start) / 7.0);
BEGIN
    IF wall::date - start - week * 7 >= length THEN
        RETURN start + make_interval(days => (week + 1) * length);
    END IF;
    RETURN wall - make_interval(days => week * (7 - length));
END $$;
"""
DROP_WORKING = "DROP FUNCTION engagements_working(timestamp, date, integer)"
WITH_RESTS = """
CREATE FUNCTION engagements_after_working_days(
    since timestamptz, days integer, country text, zone text, rests tstzrange[] DEFAULT '{}'
) RETURNS timestamptz LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    rest_first integer := 5;
    rest integer := 2;
    wall timestamp;
    place integer;
    start date;
    due timestamp;
    began timestamp;
    span tstzrange;
BEGIN
    IF country IN ('DZ', 'BH', 'EG', 'IQ', 'IL', 'JO', 'KW', 'LY', 'OM', 'QA', 'SA', 'SD', 'SY', 'YE') THEN
        rest_first := 4;
    ELSIF country = 'AF' THEN
        rest_first := 3;
    ELSIF country IN ('IN', 'UG') THEN
        rest_first := 6;
        rest := 1;
    ELSIF country = 'IR' THEN
        rest_first := 4;
        rest := 1;
    END IF;
    BEGIN
        wall := since AT TIME ZONE zone;
    EXCEPTION WHEN invalid_parameter_value THEN
        zone := 'UTC';
        wall := since AT TIME ZONE zone;
    END;
    IF cardinality(rests) = 0 THEN
        place := (extract(isodow FROM wall)::integer - 1 - rest_first - rest + 14) % 7;
        IF place >= 7 - rest THEN
            wall := date_trunc('day', wall) + make_interval(days => 7 - place);
            place := 0;
        END IF;
        RETURN (wall + make_interval(days => days + (place + days) / (7 - rest) * rest)) AT TIME ZONE zone;
    END IF;
    start := DATE '2000-01-03' + (rest_first + rest) % 7;
    due := engagements_working(wall, start, 7 - rest) + make_interval(days => days);
    FOREACH span IN ARRAY rests LOOP
        CONTINUE WHEN isempty(span) OR upper(span) <= since;
        began := engagements_working(greatest(lower(span), since) AT TIME ZONE zone, start, 7 - rest);
        EXIT WHEN began > due;
        due := due + greatest(
            interval '0', engagements_working(upper(span) AT TIME ZONE zone, start, 7 - rest) - began
        );
    END LOOP;
    RETURN (
        due + make_interval(days => floor((due::date - start) / (7 - rest)::numeric)::integer * rest)
    ) AT TIME ZONE zone;
END $$;
"""
DROP_WITH_RESTS = "DROP FUNCTION engagements_after_working_days(timestamptz, integer, text, text, tstzrange[])"
AFTER_TIME = """
CREATE FUNCTION engagements_after_time(since timestamptz, span interval, rests tstzrange[])
RETURNS timestamptz LANGUAGE plpgsql STABLE STRICT SET timezone = 'UTC' AS $$
DECLARE
    due timestamptz := since + span;
    rest tstzrange;
BEGIN
    FOREACH rest IN ARRAY rests LOOP
        CONTINUE WHEN isempty(rest);
        EXIT WHEN lower(rest) > due;
        due := due + greatest(interval '0', upper(rest) - greatest(lower(rest), since));
    END LOOP;
    RETURN due;
END $$;
"""
DROP_AFTER_TIME = "DROP FUNCTION engagements_after_time(timestamptz, interval, tstzrange[])"
# Work that rests now does so since something last happened in it.
RESTING = """
INSERT INTO engagements_rest (engagement_id, during)
SELECT id, tstzrange(last_activity_at, NULL) FROM engagements_engagement
WHERE state IN ('paused', 'on_hold_safeguarding')
"""
AGREE = """
CREATE FUNCTION engagements_rests_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    work bigint := (CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[0])::bigint;
BEGIN
    IF EXISTS (
        SELECT FROM engagements_engagement
        WHERE id = work AND (state IN ('paused', 'on_hold_safeguarding')) <> EXISTS (
            SELECT FROM engagements_rest WHERE engagement_id = work AND upper_inf(during)
        )
    ) THEN
        RAISE check_violation USING
            CONSTRAINT = 'engagement_rest_with_state', MESSAGE = format('engagement %s rests, or does not', work);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER engagement_rests_with_state
    AFTER INSERT OR UPDATE OF state ON engagements_engagement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION engagements_rests_agree('id');
CREATE CONSTRAINT TRIGGER rest_lasts_with_state
    AFTER INSERT OR UPDATE OR DELETE ON engagements_rest
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION engagements_rests_agree('engagement_id');
"""
FREE = """
DROP TRIGGER rest_lasts_with_state ON engagements_rest;
DROP TRIGGER engagement_rests_with_state ON engagements_engagement;
DROP FUNCTION engagements_rests_agree();
"""


class Migration(migrations.Migration):
    """Keep when engagements rest, and stop every clock of theirs meanwhile; count the links that were sent anew."""

    dependencies = [("engagements", "0038_report_pictures")]

    operations = [
        migrations.RunSQL(WORKING, DROP_WORKING),
        migrations.RunSQL(DROP_WITHOUT_RESTS, WITHOUT_RESTS),
        migrations.RunSQL(WITH_RESTS, DROP_WITH_RESTS),
        migrations.RunSQL(AFTER_TIME, DROP_AFTER_TIME),
        migrations.CreateModel(
            name="Rest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", DateTimeRangeField()),
                (
                    "engagement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rests",
                        to="engagements.engagement",
                    ),
                ),
            ],
            options={
                "verbose_name": "rest",
                "verbose_name_plural": "rests",
                "constraints": [
                    ExclusionConstraint(
                        name="rest_once_at_a_time", expressions=[("engagement", "="), ("during", "&&")]
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("during__isempty", False), ("during__lower_inc", True), ("during__lower_inf", False)
                        ),
                        name="rest_has_begun",
                    ),
                ],
            },
        ),
        migrations.RunSQL(RESTING, migrations.RunSQL.noop),
        migrations.RunSQL(AGREE, FREE),
        migrations.AddField(model_name="outcome", name="renewals", field=models.PositiveSmallIntegerField(default=0)),
    ]
