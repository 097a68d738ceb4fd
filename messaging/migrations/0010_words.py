"""The words that search compares get a table of their own, filled after the message was written, not while it is.

A trigger keeps them in step with a message that changes, whoever changes it. It takes the conversation's lock, under
which ``actions.indexing`` reads texts and raises ``indexed_seq``: so either it comes later and replaces what was
indexed, or the text is read as it has become.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

MOVE = """
INSERT INTO messaging_messagewords (message_id, words) SELECT id, words FROM messaging_message WHERE words IS NOT NULL;
UPDATE messaging_conversation SET indexed_seq = last_seq WHERE last_seq > 0;
SET CONSTRAINTS ALL IMMEDIATE;
"""
FOLLOW = """
CREATE FUNCTION messaging_follow_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM messaging_conversation WHERE id = NEW.conversation_id FOR NO KEY UPDATE;
    DELETE FROM messaging_messagewords WHERE message_id = NEW.id;
    INSERT INTO messaging_messagewords (message_id, words)
    SELECT NEW.id, messaging_words(NEW.text) FROM messaging_conversation
    WHERE id = NEW.conversation_id AND indexed_seq >= NEW.seq AND NEW.kind = 'text' AND NEW.text <> '';
    RETURN NULL;
END $$;
CREATE TRIGGER messaging_text_changed AFTER UPDATE OF text, kind ON messaging_message FOR EACH ROW
    WHEN ((OLD.text, OLD.kind) IS DISTINCT FROM (NEW.text, NEW.kind)) EXECUTE FUNCTION messaging_follow_text();
"""
FOLLOW_NOT = """
DROP TRIGGER messaging_text_changed ON messaging_message;
DROP FUNCTION messaging_follow_text();
"""
COLUMN = """
ALTER TABLE messaging_message ADD COLUMN words tsvector GENERATED ALWAYS AS (
    CASE WHEN kind = 'text' AND deleted_at IS NULL THEN messaging_words(text) END
) STORED;
CREATE INDEX message_words ON messaging_message USING gin (words);
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0009_kept_files")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="indexed_seq",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.CreateModel(
            name="MessageWords",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="messaging.message",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={"verbose_name": "words of a message", "verbose_name_plural": "words of messages"},
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RunSQL("ALTER TABLE messaging_message DROP COLUMN words;", COLUMN),
        migrations.AddIndex(
            model_name="messagewords",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="message_words"),
        ),
        migrations.RunSQL(FOLLOW, FOLLOW_NOT),
    ]
