import django.utils.timezone
from django.db import migrations, models

# The same arithmetic as engagements.payloads.working_days. A zone that this server does not know is read as UTC.
COUNT = """
CREATE FUNCTION engagements_after_working_days(
    since timestamptz, days integer, rest_first integer, rest integer, zone text
) RETURNS timestamptz LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    wall timestamp;
    place integer;
BEGIN
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
# What waited already began to wait when it was sent, or when the last question or answer came.
BEGAN = """
UPDATE engagements_proposal proposal SET waiting_since = greatest(
    proposal.sent_at,
    (SELECT max(greatest(question.asked_at, question.answered_at)) FROM engagements_proposalquestion question
        WHERE question.proposal_id = proposal.id)
);
UPDATE engagements_engagement work SET wrapping_up_at = coalesce(
    (SELECT max(entry.created_at) FROM core_auditentry entry
        WHERE entry.noun = 'engagements.engagement' AND entry.object_id = work.id::text
        AND entry.verb = 'engagements.engagement.wrapping_up'),
    work.last_activity_at
) WHERE work.state = 'wrapping_up';
"""


class Migration(migrations.Migration):
    """Count in working days in the database, and keep since when a proposal and a report wait."""

    dependencies = [
        ("core", "0001_initial"),
        ("engagements", "0014_milestones"),
    ]

    operations = [
        migrations.RunSQL(COUNT, "DROP FUNCTION engagements_after_working_days(timestamptz, int, int, int, text)"),
        migrations.AddField(
            model_name="proposal",
            name="waiting_since",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="engagement",
            name="wrapping_up_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(BEGAN, migrations.RunSQL.noop),
    ]
