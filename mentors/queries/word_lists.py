"""Find which concept each word of a long list names, many at once: the skills that a spreadsheet of people lists."""

from collections.abc import Collection
from typing import Any

from django.db import connection

from mentors.queries.skills import search_skills
from mentors.queries.texts import SHORTEST_STEM, skills_in_text
from mentors.states import SkillStatus

# Words whose labels are looked up by one statement.
AT_ONCE = 500
# Whole labels as they stand come before labels with the same stems; within each, what more experts have.
STATEMENT = """
SELECT DISTINCT ON (word) word, skill
FROM (
    SELECT words.word, label.skill_id AS skill, 0 AS rank
    FROM unnest(%(words)s::text[]) AS words(word) JOIN mentors_skilllabel label ON label.search = words.word
    UNION ALL
    SELECT words.word, label.skill_id, 1
    FROM unnest(%(words)s::text[]) AS words(word)
    CROSS JOIN unnest(ARRAY['en', 'fr', 'es', 'pt', 'ar']) AS spoken(language)
    CROSS JOIN LATERAL (SELECT mentors_stem(spoken.language, words.word) AS stem) AS of_word
    JOIN mentors_skilllabel label ON label.language = spoken.language AND label.stem = of_word.stem
    WHERE length(of_word.stem) >= %(shortest)s
) AS found
JOIN mentors_skill ON mentors_skill.id = found.skill AND mentors_skill.status = %(accepted)s
ORDER BY word, rank, mentors_skill.expert_count DESC, skill
"""


def concepts_of_words(words: Collection[str]) -> dict[str, int]:
    """Return by word the accepted concept that it names as a whole, by a label in any language.

    ``words`` are folded (``mentors.labels.fold``). Words match in any form ("réseaux électriques" names "réseau
    électrique"), never in part. What names nothing is not there. Queries: 1 for 500 words.
    """
    ordered = sorted(set(words))
    found: dict[str, int] = {}
    for start in range(0, len(ordered), AT_ONCE):
        batch = ordered[start : start + AT_ONCE]
        with connection.cursor() as cursor:
            params: dict[str, Any] = {"words": batch, "shortest": SHORTEST_STEM, "accepted": SkillStatus.ACCEPTED.value}
            cursor.execute(STATEMENT, params)
            found |= dict(cursor.fetchall())
    return found


def concepts_near(text: str, *, language: str, limit: int = 4) -> list[int]:
    """Return concepts that come near a text which names none as a whole: by a label that begins so, or by one inside.

    Queries: at most 8.
    """
    hits = [hit.skill_id for hit in search_skills(text, language=language, limit=limit)]
    if len(hits) < limit:
        hits += [hit.skill_id for hit in skills_in_text(text, language=language, limit=limit)]
    return list(dict.fromkeys(hits))[:limit]
