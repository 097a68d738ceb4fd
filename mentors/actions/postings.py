"""Keep the postings of experts equal to what their profiles say now."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from diaspora_net.core import statements
from diaspora_net.core.transitions import lock
from mentors.models import ExpertProfile, Posting
from mentors.queries.candidates import numeric_country
from mentors.recommender.skills import posting_weight
from mentors.recommender.types import Offered
from mentors.states import (
    COORDINATORS_BIT,
    FIRST_ORIGIN_BIT,
    LANGUAGE_BITS,
    MODALITY_BITS,
    RECOGNISED_BY_OTHERS,
    Audience,
)

# (skill, country of origin) → (flags, weight)
Rows = dict[tuple[int, int], tuple[int, int]]
# Compared at once by a rebuild: large enough that queries cost little, small enough for progress to move.
BATCH = 500
FACTS = """
SELECT profile.id, profile.state = 'published' AND profile.open_engagements < profile.capacity, profile.audience,
    profile.modalities, ARRAY(SELECT language::text FROM mentors_profilelanguage WHERE profile_id = profile.id),
    ARRAY(SELECT country::text FROM mentors_profileorigin WHERE profile_id = profile.id ORDER BY position),
    listed.skills, listed.levels, listed.years, listed.recognised, present.skills, present.origins, present.flags,
    present.weights
FROM mentors_expertprofile profile
CROSS JOIN LATERAL (
    SELECT array_agg(item.tag_id) AS skills, array_agg(item.level) AS levels, array_agg(item.years) AS years,
        array_agg(item.recognition = ANY(%(recognised)s::text[])) AS recognised
    FROM mentors_profileskill item JOIN mentors_skill skill ON skill.id = item.tag_id
    WHERE item.content_object_id = profile.id AND skill.status = 'accepted'
) AS listed
CROSS JOIN LATERAL (
    SELECT array_agg(skill_id) AS skills, array_agg(origin) AS origins, array_agg(flags) AS flags,
        array_agg(weight) AS weights
    FROM mentors_posting WHERE expert_id = profile.id
) AS present
WHERE profile.id = ANY(%(experts)s::bigint[])
"""
WRITE = """
WITH gone AS (
    DELETE FROM mentors_posting WHERE expert_id = %(expert)s::bigint AND (skill_id, origin) IN (
        SELECT * FROM unnest(%(gone_skills)s::bigint[], %(gone_origins)s::smallint[]))
    RETURNING 1
),
written AS (
    INSERT INTO mentors_posting (expert_id, skill_id, origin, flags, weight)
    SELECT %(expert)s::bigint, * FROM unnest(%(skills)s::bigint[], %(origins)s::smallint[], %(flags)s::integer[],
        %(weights)s::smallint[])
    ON CONFLICT (expert_id, skill_id, origin) DO UPDATE SET flags = EXCLUDED.flags, weight = EXCLUDED.weight
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
"""


@transaction.atomic
def rewrite_postings(profile: ExpertProfile) -> int:
    """Make the postings of ``profile`` what they must be now; returns how many rows were written, changed or deleted.

    There are rows only while the expert may be matched: published and with a free place; then one for each accepted
    skill and country of origin. Locks the profile. Queries: 2, and 1 when anything differs.
    """
    expert = lock(profile).pk
    [(wanted, present)] = _rows([expert]).values()
    gone = [key for key in present if key not in wanted]
    changed = {key: values for key, values in wanted.items() if present.get(key) != values}
    if not gone and not changed:
        return 0
    params: statements.Params = {
        "expert": expert,
        "gone_skills": [skill for skill, _origin in gone],
        "gone_origins": [origin for _skill, origin in gone],
        "skills": [skill for skill, _origin in changed],
        "origins": [origin for _skill, origin in changed],
        "flags": [flags for flags, _weight in changed.values()],
        "weights": [weight for _flags, weight in changed.values()],
    }
    [(rows,)] = statements.rows(WRITE, params)
    return int(rows)


def rebuild_postings(report: Callable[[int, int, int], None]) -> int:
    """Hold the postings of every expert against their profile and rewrite those that differ; returns how many rows did.

    ``report`` hears the experts done, those there are, and the rows written, after each batch. Experts are compared
    without locks, and rewritten one by one in transactions of their own, so people may work meanwhile. Queries: 2 for
    500 experts, and those of ``rewrite_postings`` for each who differs.
    """
    total = ExpertProfile.objects.count()
    experts = rows = 0
    for batch in _batches():
        differing = [expert for expert, (wanted, present) in _rows(batch).items() if wanted != present]
        for profile in ExpertProfile.objects.filter(pk__in=differing).order_by("pk"):
            rows += rewrite_postings(profile)
        experts += len(batch)
        report(experts, max(total, experts), rows)
    return rows


def fill_postings(experts: Collection[int]) -> int:
    """Write the postings of experts who have none yet, many at once; returns how many rows. Queries: 2 per 500 experts.

    For people who come in bulk, before anybody can change their profiles.
    """
    ids, rows = sorted(experts), 0
    for start in range(0, len(ids), BATCH):
        made = [
            Posting(expert_id=expert, skill_id=skill, origin=origin, flags=flags, weight=weight)
            for expert, (wanted, _present) in _rows(ids[start : start + BATCH]).items()
            for (skill, origin), (flags, weight) in wanted.items()
        ]
        rows += len(Posting.objects.bulk_create(made))
    return rows


def _batches() -> Iterator[list[int]]:
    """Yield the ids of all experts there are now, in order."""
    last = ExpertProfile.objects.aggregate(last=Max("pk"))["last"] or 0
    done = 0
    while batch := list(
        ExpertProfile.objects.filter(pk__gt=done, pk__lte=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        done = batch[-1]
        yield batch


def _rows(experts: Collection[int]) -> dict[int, tuple[Rows, Rows]]:
    """Return by expert the rows there must be, and those there are."""
    params: statements.Params = {"experts": experts, "recognised": sorted(RECOGNISED_BY_OTHERS)}
    rows = {}
    for expert, is_matched, audience, modalities, languages, countries, *columns in statements.rows(FACTS, params):
        listed, present = (
            list(zip(*(part or () for part in parts), strict=True)) for parts in (columns[:4], columns[4:])
        )
        wanted: Rows = {}
        shared = _flags(audience, modalities, languages)
        for skill, level, years, recognised in listed if is_matched else ():
            weight = posting_weight(Offered(skill, level, years, recognised))
            for place, country in enumerate(countries):
                flags = shared | (0 if place else FIRST_ORIGIN_BIT)
                wanted[skill, numeric_country(country)] = flags, weight
        rows[expert] = wanted, {(skill, origin): (flags, weight) for skill, origin, flags, weight in present}
    return rows


def _zipped(columns: Iterable[Sequence[Any] | None]) -> list[tuple[Any, ...]]:
    """Return the rows that arrays hold column by column; None is an empty column."""
    return list(zip(*(column or () for column in columns), strict=True))


def _flags(audience: str, modalities: Iterable[str], languages: Iterable[str]) -> int:
    """Return the flags that all rows of an expert share."""
    flags = 0 if audience == Audience.ORGANISATIONS else COORDINATORS_BIT
    for code in modalities:
        flags |= MODALITY_BITS[code]
    for language in languages:
        flags |= LANGUAGE_BITS[language]
    return flags
