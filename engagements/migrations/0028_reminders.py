from importlib import import_module

import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# The weekends of CLDR that are not Saturday and Sunday, by which engagements.payloads.working_days counts, too.
BY_WEEKEND = import_module("engagements.migrations.0015_clocks").COUNT
DROP_BY_WEEKEND = "DROP FUNCTION engagements_after_working_days(timestamptz, integer, integer, integer, text)"
DROP_BY_COUNTRY = "DROP FUNCTION engagements_after_working_days(timestamptz, integer, text, text)"
BY_COUNTRY = """
CREATE FUNCTION engagements_after_working_days(since timestamptz, days integer, country text, zone text)
RETURNS timestamptz LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    rest_first integer := 5;
    rest integer := 2;
    wall timestamp;
    place integer;
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
    place := (extract(isodow FROM wall)::integer - 1 - rest_first - rest + 14) % 7;
    IF place >= 7 - rest THEN
        wall := date_trunc('day', wall) + make_interval(days => 7 - place);
        place := 0;
    END IF;
    RETURN (wall + make_interval(days => days + (place + days) / (7 - rest) * rest)) AT TIME ZONE zone;
END $$;
"""


class Migration(migrations.Migration):
    """Remind of every step that waits, and let needs grow stale, be renewed and run out."""

    dependencies = [
        ("accounts", "0005_organisation_applied_at"),
        ("engagements", "0027_pathways"),
        ("mentors", "0005_pause_until_a_day"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(DROP_BY_WEEKEND, BY_WEEKEND),
        migrations.RunSQL(BY_COUNTRY, DROP_BY_COUNTRY),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reply", "Proposal without an answer"),
                            ("information", "Question without an answer"),
                            ("agreement", "Agreement to accept"),
                            ("time", "Time to choose"),
                            ("session", "Session to confirm"),
                            ("hours", "Hours to confirm"),
                            ("outcome", "Report to give"),
                            ("proposals", "Need without proposals"),
                            ("closing", "Need past its closing date"),
                            ("renewal", "Need that may be needed no more"),
                            ("check", "Need to check"),
                            ("changes", "Need to change"),
                            ("verification", "Organisation to verify"),
                            ("documents", "Documents to send"),
                        ],
                        max_length=12,
                    ),
                ),
                ("row", models.BigIntegerField()),
                ("since", models.DateTimeField()),
                ("number", models.PositiveSmallIntegerField()),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
            },
        ),
        migrations.RemoveConstraint(
            model_name="need",
            name="need_state_known",
        ),
        migrations.RemoveField(
            model_name="proposal",
            name="reminded_at",
        ),
        migrations.AddField(
            model_name="need",
            name="renewed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="need",
            name="stale_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="need",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("submitted", "Being checked"),
                    ("changes_requested", "Changes requested"),
                    ("rejected", "Not accepted"),
                    ("published", "Open"),
                    ("paused", "Paused"),
                    ("in_engagement", "Open, work under way"),
                    ("filled", "Filled"),
                    ("stale", "Still needed?"),
                    ("closed", "Closed"),
                    ("withdrawn", "Withdrawn"),
                    ("expired", "Run out"),
                ],
                default="draft",
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="needreview",
            name="decision",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("submitted", "Being checked"),
                    ("changes_requested", "Changes requested"),
                    ("rejected", "Not accepted"),
                    ("published", "Open"),
                    ("paused", "Paused"),
                    ("in_engagement", "Open, work under way"),
                    ("filled", "Filled"),
                    ("stale", "Still needed?"),
                    ("closed", "Closed"),
                    ("withdrawn", "Withdrawn"),
                    ("expired", "Run out"),
                ],
                max_length=20,
                verbose_name="decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "submitted",
                            "changes_requested",
                            "rejected",
                            "published",
                            "paused",
                            "in_engagement",
                            "filled",
                            "stale",
                            "closed",
                            "withdrawn",
                            "expired",
                        ],
                    )
                ),
                name="need_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "stale"), _negated=True),
                    models.Q(("published_at__isnull", False), ("stale_at__isnull", False)),
                    _connector="OR",
                ),
                name="need_stale_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("kind", "row", "since", "number"), name="reminder_once"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "reply",
                            "information",
                            "agreement",
                            "time",
                            "session",
                            "hours",
                            "outcome",
                            "proposals",
                            "closing",
                            "renewal",
                            "check",
                            "changes",
                            "verification",
                            "documents",
                        ],
                    )
                ),
                name="reminder_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("number__lte", 3)), name="reminder_number_range"
            ),
        ),
    ]
