"""Count how completed work is spread over the experts, which says how much one more engagement tells."""

from django.db import connection

from engagements.states import COMPLETED_ENGAGEMENT_STATES
from mentors.states import ProfileState

# Beyond these even a large network says no more: all the work done by a twentieth, or nearly the same by everybody.
LEAST, MOST = 0.05, 3.0
# By the method of moments: of numbers of engagements with mean m and variance v, the shape is m² / (v − m). All is
# multiplied by the square of the number of experts. Without more spread than chance brings, it is the most.
COUNT = """
WITH done AS (
    SELECT count(*)::float8 AS engagements
    FROM engagements_engagement engagement
    JOIN mentors_expertprofile profile ON profile.id = engagement.expert_id AND profile.state = %(published)s
    WHERE engagement.state = ANY(%(completed)s) GROUP BY engagement.expert_id
),
summed AS (
    SELECT coalesce(sum(engagements), 0) AS total, coalesce(sum(engagements * engagements), 0) AS squares,
        (SELECT count(*)::float8 FROM mentors_expertprofile WHERE state = %(published)s) AS experts
    FROM done
),
spread AS (SELECT total * total AS square, squares * experts - total * total - total * experts AS beyond FROM summed)
INSERT INTO engagements_workspread AS old (id, evenness, counted_at)
SELECT 1, CASE WHEN beyond > 0 THEN least(%(most)s, greatest(%(least)s, square / beyond)) ELSE %(most)s END, now()
FROM spread
ON CONFLICT (id) DO UPDATE SET evenness = excluded.evenness, counted_at = excluded.counted_at
RETURNING evenness
"""


def refresh_work_spread() -> float:
    """Count how evenly completed work is spread over the published experts; returns the evenness. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "published": ProfileState.PUBLISHED,
                "completed": sorted(COMPLETED_ENGAGEMENT_STATES),
                "least": LEAST,
                "most": MOST,
            },
        )
        return float(cursor.fetchone()[0])
