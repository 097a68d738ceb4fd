"""Keep the stems of every label, so that free text finds it in whatever form its words stand."""

from django.db import migrations, models
from django.db.models import F, Func

# Everything is written with its schema: a restored dump and a scratch schema have another search path.
STEM = """
CREATE FUNCTION mentors_stem(language text, folded text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(pg_catalog.string_agg(lexeme, ' ' ORDER BY place, part), '')
    FROM pg_catalog.unnest(pg_catalog.string_to_array(folded, ' ')) WITH ORDINALITY AS words(word, place),
    LATERAL pg_catalog.unnest(CASE language
        WHEN 'en' THEN pg_catalog.ts_lexize('pg_catalog.english_stem', word)
        WHEN 'fr' THEN pg_catalog.ts_lexize('pg_catalog.french_stem', word)
        WHEN 'es' THEN pg_catalog.ts_lexize('pg_catalog.spanish_stem', word)
        WHEN 'pt' THEN pg_catalog.ts_lexize('pg_catalog.portuguese_stem', word)
        WHEN 'ar' THEN pg_catalog.ts_lexize('pg_catalog.arabic_stem', word)
        ELSE ARRAY[word]
    END) WITH ORDINALITY AS lexemes(lexeme, part)
$$;
"""


class Migration(migrations.Migration):
    """A function and a generated column."""

    dependencies = [("mentors", "0002_posting_vacuum")]

    operations = [
        migrations.RunSQL(STEM, "DROP FUNCTION mentors_stem(text, text);"),
        migrations.AddField(
            "skilllabel",
            "stem",
            models.GeneratedField(
                db_persist=True,
                expression=Func(F("language"), F("search"), function="mentors_stem"),
                output_field=models.CharField(max_length=300),
            ),
        ),
        migrations.AddIndex("skilllabel", models.Index(fields=["language", "stem"], name="label_stem")),
    ]
