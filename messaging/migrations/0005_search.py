"""Messages become searchable: the database itself keeps their words in one form, so no writer can forget to.

A function of the database, because a generated column may use nothing else; not the extension ``unaccent``, because only
a superuser may install it. It calls nothing of ours, so that restoring a backup needs no search path. The column is not
part of the model: nobody who reads messages has to carry it along; ``queries.search`` knows it. Texts without accents
take a short way through, because every message is written through here.
"""

from django.db import migrations

# Signs above and below letters, vowel signs, tatweel, the lone hamza, and what is invisible.
MARKS = (
    r"[\u0300-\u036f\u0610-\u061a\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
# What is neither letter nor digit, in the scripts of the people here.
GAPS = (
    r"[^a-z0-9\u00aa\u00b5\u00ba\u00c0-\uffff\U00010000-\U0010ffff]+"
    r"|[\u00d7\u00f7\u2010-\u205e\u2190-\u2bff\u2e00-\u2e7f\u3000-\u303f"
    r"\u060c\u060d\u061b-\u061f\u066a-\u066d\u06d4\u1361-\u1368]+"
)
# Letters that writers use for one another, letters that do not decompose, and the digits of Arabic and Persian.
LETTERS = "ٱىیکةہھڤٹۆØøŁłĐđÐðıŊŋƁɓƊɗƐɛƆɔƘƙƳƴŒÆ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
PLAINLY = "اييكهههفتوoollddddinnbbddeeookkyyœæ01234567890123456789"
# The article, also behind a preposition of one letter, when a word is left.
ARTICLE = "(^| )[وفبك]?ال(?=[^ ][^ ])"
LONGEST_WORD = 60

FUNCTION = rf"""
CREATE FUNCTION messaging_words(said text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text := lower(said);
BEGIN
    IF octet_length(plain) = length(plain) THEN
        plain := regexp_replace(plain, '[^a-z0-9]+', ' ', 'g');
    ELSE
        plain := lower(regexp_replace(normalize(plain, NFKD), '{MARKS}', '', 'g'));
        IF plain ~ '[{LETTERS}œæß]' THEN
            plain := translate(plain, '{LETTERS}', '{PLAINLY}');
            plain := replace(replace(replace(plain, 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss');
        END IF;
        plain := regexp_replace(plain, '{GAPS}', ' ', 'g');
        plain := regexp_replace(plain, '{ARTICLE}', '\1', 'g');
    END IF;
    IF plain ~ '[^ ]{{{LONGEST_WORD + 1}}}' THEN
        plain := regexp_replace(plain, '([^ ]{{{LONGEST_WORD}}})[^ ]+', '\1', 'g');
    END IF;
    RETURN array_to_tsvector(array_remove(string_to_array(plain, ' '), ''));
END $$;
"""
COLUMN = """
ALTER TABLE messaging_message ADD COLUMN words tsvector GENERATED ALWAYS AS (
    CASE WHEN kind = 'text' AND deleted_at IS NULL THEN messaging_words(text) END
) STORED;
CREATE INDEX message_words ON messaging_message USING gin (words);
"""
UNDO = """
ALTER TABLE messaging_message DROP COLUMN words;
DROP FUNCTION messaging_words(text);
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_files")]

    operations = [migrations.RunSQL(FUNCTION + COLUMN, UNDO)]
