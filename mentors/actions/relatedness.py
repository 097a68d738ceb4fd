"""Learn from profiles which concepts are used together."""

from django.db import connection, transaction

from mentors.models import ExpertProfile
from mentors.states import ProfileState, RelationKind

# Fewer profiles with both say nothing; a concept keeps only what goes best with it.
LEAST_TOGETHER, MOST_KEPT = 5, 6
# A profile with more skills than this says little about any two of them, and would make a pair of nearly everything.
LONGEST_PROFILE = 60
# So many profiles say it well enough; of more, an even sample is read.
ENOUGH = 100_000
# A tenth of an exact match to three fifths: as much as relations may weigh.
LEAST_WEIGHT, MOST_WEIGHT = 10, 60
RELATE = """
WITH holder AS MATERIALIZED (
    SELECT item.content_object_id AS profile, item.tag_id AS skill
    FROM mentors_profileskill item
    JOIN mentors_expertprofile profile ON profile.id = item.content_object_id AND profile.state = 'published'
        AND abs(hashint8extended(profile.id, 0)) %% %(step)s = 0
    JOIN mentors_skill skill ON skill.id = item.tag_id AND skill.status = 'accepted'
),
short AS MATERIALIZED (
    SELECT holder.* FROM holder
    JOIN (SELECT profile FROM holder GROUP BY profile HAVING count(*) <= %(longest)s) fit USING (profile)
),
profiles AS MATERIALIZED (SELECT count(DISTINCT profile)::float8 AS total FROM short),
counted AS MATERIALIZED (SELECT skill, count(*)::float8 AS experts FROM short GROUP BY skill),
pairs AS MATERIALIZED (
    SELECT mine.skill AS skill, other.skill AS related, count(*)::float8 AS together
    FROM short mine JOIN short other ON other.profile = mine.profile AND other.skill <> mine.skill
    GROUP BY mine.skill, other.skill HAVING count(*) >= %(least)s
),
weighed AS (
    SELECT pairs.skill, pairs.related, round(%(most)s * (1 - 1 / sqrt(pairs.together))
        * ln(pairs.together * profiles.total / (mine.experts * other.experts))
        / nullif(ln(profiles.total / pairs.together), 0)) AS weight
    FROM pairs CROSS JOIN profiles
    JOIN counted mine ON mine.skill = pairs.skill JOIN counted other ON other.skill = pairs.related
),
best AS (
    SELECT skill, related, least(weight, %(most)s)::smallint AS weight,
        row_number() OVER (PARTITION BY skill ORDER BY weight DESC, related) AS place
    FROM weighed WHERE weight >= %(lightest)s
),
gone AS (
    DELETE FROM mentors_skillrelation old
    WHERE old.kind = %(kind)s AND NOT EXISTS (
        SELECT FROM best WHERE best.skill = old.skill_id AND best.related = old.related_id AND best.place <= %(kept)s)
    RETURNING 1
),
written AS (
    INSERT INTO mentors_skillrelation AS old (skill_id, related_id, kind, weight)
    SELECT skill, related, %(kind)s, weight FROM best WHERE place <= %(kept)s ORDER BY skill, related
    ON CONFLICT (skill_id, related_id, kind) DO UPDATE SET weight = excluded.weight
        WHERE old.weight <> excluded.weight
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
"""


@transaction.atomic
def refresh_relatedness() -> int:
    """Write which concepts are used together on published profiles; returns how many relations changed.

    A pair weighs its normalised pointwise mutual information, shrunk by 1 − 1/√n where n profiles have both: at least
    five, or chance would speak. The strongest six of each concept are kept, and nothing is written that is written
    already. Terms of needs follow with the next ``refresh_terms``. Queries: 4.
    """
    published = ExpertProfile.objects.filter(state=ProfileState.PUBLISHED).count()
    with connection.cursor() as cursor:
        # How many rows come out of a common table expression is a guess, and a loop over a wrong one takes for ever.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            RELATE,
            {
                "step": 1 + published // ENOUGH,
                "longest": LONGEST_PROFILE,
                "least": LEAST_TOGETHER,
                "lightest": LEAST_WEIGHT,
                "most": MOST_WEIGHT,
                "kept": MOST_KEPT,
                "kind": RelationKind.USED_TOGETHER.value,
            },
        )
        changed = int(cursor.fetchone()[0])
        cursor.execute("SET LOCAL enable_nestloop = on")
    return changed
