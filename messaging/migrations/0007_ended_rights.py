"""The database tells the web processes whose right has ended: a session that is over, a person who changed.

Whoever wrote it and whether Valkey lives makes no difference; what is rolled back is never told.
"""

from django.conf import settings
from django.db import migrations

TELL = """
CREATE FUNCTION messaging_tell_ended_right() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('messaging_ended_rights', TG_ARGV[0] || (to_jsonb(OLD) ->> TG_ARGV[1]));
    RETURN NULL;
END $$;
CREATE TRIGGER messaging_session_over AFTER DELETE ON django_session FOR EACH ROW
    WHEN (OLD.expire_date > statement_timestamp())
    EXECUTE FUNCTION messaging_tell_ended_right('s', 'session_key');
CREATE TRIGGER messaging_person_changed AFTER UPDATE OF is_active, auth_epoch, password ON accounts_user FOR EACH ROW
    WHEN ((OLD.is_active, OLD.auth_epoch, OLD.password) IS DISTINCT FROM (NEW.is_active, NEW.auth_epoch, NEW.password))
    EXECUTE FUNCTION messaging_tell_ended_right('p', 'id');
CREATE TRIGGER messaging_person_gone AFTER DELETE ON accounts_user FOR EACH ROW
    EXECUTE FUNCTION messaging_tell_ended_right('p', 'id');
"""
TELL_NOTHING = """
DROP TRIGGER messaging_session_over ON django_session;
DROP TRIGGER messaging_person_changed ON accounts_user;
DROP TRIGGER messaging_person_gone ON accounts_user;
DROP FUNCTION messaging_tell_ended_right();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0006_message_conversation_index"),
        ("sessions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunSQL(TELL, TELL_NOTHING)]
