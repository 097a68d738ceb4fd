"""Keep what matching reads of an account beside the profile's, and lists that are only read as words with commas.

Rewriting the table at the end leaves it as dense as a new one. The trigger takes the profile's lock, as rewriting the
facts does, so neither overwrites what the other has just learnt.
"""

from django.conf import settings
from django.db import migrations, models

NARROW = """
ALTER TABLE mentors_matchfacts ADD is_active boolean, ADD time_zone varchar(64);
UPDATE mentors_matchfacts facts SET is_active = person.is_active, time_zone = person.time_zone
FROM accounts_user person WHERE person.id = facts.user_id;
ALTER TABLE mentors_matchfacts
    ALTER is_active SET NOT NULL,
    ALTER time_zone SET NOT NULL,
    ALTER modalities TYPE text USING array_to_string(modalities, ','),
    ALTER kinds TYPE text USING array_to_string(kinds, ','),
    ALTER origins TYPE text USING array_to_string(origins, ','),
    ALTER hours TYPE text USING array_to_string(hours, ',');
"""
WIDE = """
ALTER TABLE mentors_matchfacts
    DROP is_active,
    DROP time_zone,
    ALTER modalities TYPE varchar(20)[] USING string_to_array(modalities, ','),
    ALTER kinds TYPE varchar(20)[] USING string_to_array(kinds, ','),
    ALTER origins TYPE varchar(2)[] USING string_to_array(origins, ','),
    ALTER hours TYPE smallint[] USING string_to_array(hours, ',')::smallint[];
"""
FOLLOW = """
CREATE FUNCTION mentors_facts_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM mentors_expertprofile WHERE user_id = NEW.id FOR NO KEY UPDATE;
    UPDATE mentors_matchfacts SET is_active = NEW.is_active, time_zone = NEW.time_zone
    WHERE expert_id = (SELECT id FROM mentors_expertprofile WHERE user_id = NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER mentors_account_changed AFTER UPDATE OF is_active, time_zone ON accounts_user FOR EACH ROW
    WHEN ((OLD.is_active, OLD.time_zone) IS DISTINCT FROM (NEW.is_active, NEW.time_zone))
    EXECUTE FUNCTION mentors_facts_of_account();
"""
FOLLOW_NOTHING = """
DROP TRIGGER mentors_account_changed ON accounts_user;
DROP FUNCTION mentors_facts_of_account();
"""


class Migration(migrations.Migration):
    """Two columns, four shorter ones, and the trigger."""

    dependencies = [("mentors", "0006_match_facts"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(NARROW, WIDE), migrations.RunSQL(FOLLOW, FOLLOW_NOTHING)],
            [
                migrations.AddField("matchfacts", "is_active", models.BooleanField(), preserve_default=False),
                migrations.AddField("matchfacts", "time_zone", models.CharField(max_length=64), preserve_default=False),
                *(
                    migrations.AlterField("matchfacts", name, models.TextField())
                    for name in ("modalities", "kinds", "origins", "hours")
                ),
            ],
        ),
    ]
