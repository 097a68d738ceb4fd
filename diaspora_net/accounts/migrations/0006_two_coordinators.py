"""Verification takes two coordinators, and the database holds it: also against whoever writes to it directly.

What is verified already stays so until a year after its verification, but for a month at least from now on, so that
nobody lapses without having been asked; then two look at it.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

UNTIL = """
UPDATE accounts_organisation
SET verified_until = greatest((coalesce(verified_at, now()) + interval '365 days')::date, current_date + 31)
WHERE state IN ('verified', 'renewal_due', 'lapsed');
SET CONSTRAINTS ALL IMMEDIATE;
"""
TWO = """
CREATE FUNCTION accounts_may_check(person bigint, organisation bigint, place text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM accounts_membership
        WHERE user_id = person AND organisation_id = organisation AND left_at IS NULL
    ) THEN
        RETURN false;
    END IF;
    -- Held until the transaction ends: a remit that is being ended is waited for.
    PERFORM 1 FROM accounts_remit
    WHERE user_id = person AND ended_at IS NULL AND (place IS NULL OR country = place) FOR SHARE;
    RETURN FOUND;
END $$;

CREATE FUNCTION accounts_verification_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'confirmed' THEN
            RAISE EXCEPTION 'a confirmed verification stays' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state <> 'recommended' THEN
        RAISE EXCEPTION 'a verification begins with a recommendation'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        OLD.state <> 'recommended'
        OR (OLD.id, OLD.organisation_id, OLD.recommended_by_id, OLD.recommended_at, OLD.recommendation)
            IS DISTINCT FROM (NEW.id, NEW.organisation_id, NEW.recommended_by_id, NEW.recommended_at, NEW.recommendation)
    ) THEN
        RAISE EXCEPTION 'a recommendation stays as it was given, and is decided once'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state = 'withdrawn' THEN
        RETURN NEW;
    END IF;
    SELECT country INTO place FROM accounts_organisation WHERE id = NEW.organisation_id;
    IF NOT accounts_may_check(NEW.recommended_by_id, NEW.organisation_id, place) THEN
        RAISE EXCEPTION 'only a coordinator of its country recommends an organisation'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state = 'confirmed' THEN
        IF NOT accounts_may_check(NEW.decided_by_id, NEW.organisation_id, NULL) THEN
            RAISE EXCEPTION 'only a coordinator confirms an organisation'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT accounts_may_check(NEW.decided_by_id, NEW.organisation_id, place) AND EXISTS (
            SELECT 1 FROM accounts_remit remit JOIN accounts_user person ON person.id = remit.user_id
            WHERE remit.country = place AND remit.ended_at IS NULL AND person.is_active
            AND person.id <> NEW.recommended_by_id AND NOT EXISTS (
                SELECT 1 FROM accounts_membership team
                WHERE team.user_id = person.id AND team.organisation_id = NEW.organisation_id AND team.left_at IS NULL
            )
        ) THEN
            RAISE EXCEPTION 'another coordinator of its country confirms it'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_verification_two BEFORE INSERT OR UPDATE OR DELETE ON accounts_verification
    FOR EACH ROW EXECUTE FUNCTION accounts_verification_by_two();

CREATE FUNCTION accounts_organisation_verified_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    came_from text := '';
    known bigint := 0;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        came_from := OLD.state;
        known := coalesce(OLD.verification_id, 0);
        IF coalesce(NEW.verification_id, 0) < known THEN
            RAISE EXCEPTION 'an organisation keeps its newest verification'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.verified_until > OLD.verified_until AND coalesce(NEW.verification_id, 0) = known THEN
            RAISE EXCEPTION 'only a new verification lasts longer' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF coalesce(NEW.verification_id, 0) > known AND NOT EXISTS (
        SELECT 1 FROM accounts_verification
        WHERE id = NEW.verification_id AND organisation_id = NEW.id AND state = 'confirmed'
    ) THEN
        RAISE EXCEPTION 'two coordinators have not confirmed this organisation'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.state = 'verified' AND came_from <> 'verified' AND coalesce(NEW.verification_id, 0) <= known)
        OR (NEW.state = 'renewal_due' AND came_from NOT IN ('verified', 'renewal_due'))
        OR (NEW.state = 'lapsed' AND came_from NOT IN ('verified', 'renewal_due', 'lapsed'))
    THEN
        RAISE EXCEPTION 'two coordinators verify an organisation' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_organisation_two BEFORE INSERT OR UPDATE ON accounts_organisation
    FOR EACH ROW EXECUTE FUNCTION accounts_organisation_verified_by_two();
"""
ONE = """
DROP TRIGGER accounts_organisation_two ON accounts_organisation;
DROP FUNCTION accounts_organisation_verified_by_two();
DROP TRIGGER accounts_verification_two ON accounts_verification;
DROP FUNCTION accounts_verification_by_two();
DROP FUNCTION accounts_may_check(bigint, bigint, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_organisation_applied_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="verified_until",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("recommended", "Waits for a second coordinator"),
                            ("confirmed", "Confirmed by two coordinators"),
                            ("withdrawn", "Not confirmed"),
                        ],
                        default="recommended",
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("recommendation", models.TextField(max_length=1000, verbose_name="recommendation")),
                ("recommended_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verifications",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "recommended_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "verification",
                "verbose_name_plural": "verifications",
                "ordering": ["-recommended_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="organisation",
            name="verification",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.verification",
            ),
        ),
        migrations.RunSQL(UNTIL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["verified", "renewal_due", "lapsed"]), _negated=True),
                    ("verified_until__isnull", False),
                    _connector="OR",
                ),
                name="organisation_verified_until_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["recommended", "confirmed", "withdrawn"])),
                name="verification_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("recommendation", ""), _negated=True), name="verification_has_recommendation"
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "recommended")),
                    models.Q(
                        models.Q(("state", "recommended"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="verification_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(("decided_by", models.F("recommended_by")), _negated=True),
                    _connector="OR",
                ),
                name="verification_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "recommended")), fields=("organisation",), name="verification_open_once"
            ),
        ),
        migrations.RunSQL(TWO, ONE),
    ]
