"""What names and websites look like, kept by the database, so that no writer can forget it.

Two texts have the same likeness when a reader might take one for the other: accents, case, signs and invisible letters
go, letters of the Greek and Cyrillic alphabets become the Latin ones they imitate, Arabic letters the Latin ones they
stand for, and 0 and o, 1, i and l, rn and m, vv and w are one. The result is plain ASCII for these scripts, so that
groups of three letters are found whatever the locale of the database.
"""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

MARKS = (
    r"[\u0300-\u036f\u0610-\u061a\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
# Cyrillic and Greek by looks; then letters that do not decompose; then Arabic and Persian by sound.
LETTERS = (
    "аАвВеЕзкКмМнНоОрРсСтТуУхХіІјЈѕЅԁԛԝһ" + "αΑβΒεΕηΗιΙκΚμΜνΝοΟρΡτΤυΥχΧγ" + "øØłŁđĐðÐıŊŋƁɓƊɗƐɛƆɔƘƙƳƴ"
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةٱیکگپچژ" + "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹i1|0"
)
PLAINLY = (
    "aabbee3kkmmhhooppccttyyxxlljjssdqwh" + "aabbeennllkkmmvnooppttuyxxy" + "oollddddlnnbbddeeookkyy"
    "abttjhkddrzssddttagfqklmnhwyyhaykgbjz" + "ol23456789ol23456789lllo"
)
FUNCTIONS = rf"""
CREATE FUNCTION accounts_likeness(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text := lower(regexp_replace(normalize(said, NFKD), '{MARKS}', '', 'g'));
BEGIN
    plain := regexp_replace(plain, '(^|\s)[وفبك]?ال(?=\S\S)', '\1', 'g');
    plain := replace(replace(replace(plain, 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss');
    plain := translate(plain, '{LETTERS}', '{PLAINLY}');
    plain := regexp_replace(plain, '[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e\u2010-\u205e\u060c\u061b\u061f\s]+', ' ', 'g');
    RETURN btrim(replace(replace(plain, 'rn', 'm'), 'vv', 'w'));
END $$;

CREATE FUNCTION accounts_host_likeness(address text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text := substring(lower(normalize(address, NFKC)) FROM '^[a-z]+://(?:[^/@]*@)?(?:www\.)?([^/:?#]+)');
BEGIN
    plain := regexp_replace(normalize(coalesce(plain, ''), NFKD), '{MARKS}', '', 'g');
    plain := translate(plain, '{LETTERS}', '{PLAINLY}');
    RETURN replace(replace(plain, 'rn', 'm'), 'vv', 'w');
END $$;
"""
UNDO = """
DROP FUNCTION accounts_host_likeness(text);
DROP FUNCTION accounts_likeness(text);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_two_coordinators")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(FUNCTIONS, UNDO),
        migrations.AddField(
            model_name="organisation",
            name="name_likeness",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(models.F("name"), function="accounts_likeness"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="host_likeness",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(models.F("website"), function="accounts_host_likeness"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name_likeness"],
                name="organisation_name_likeness",
                opclasses=["gin_trgm_ops"],
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["host_likeness"],
                name="organisation_host_likeness",
                opclasses=["gin_trgm_ops"],
                fastupdate=False,
            ),
        ),
    ]
