"""Keep the postings and facts of experts equal to what their profiles say now."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max

from diaspora_net.core import statements
from diaspora_net.core.transitions import lock
from mentors.models import ExpertProfile, Posting, ProfileSkill, Skill
from mentors.queries.candidates import items_of, numeric_country
from mentors.queries.facts import COLUMNS, NOW, PARAMS, offered
from mentors.recommender.skills import posting_weight
from mentors.states import COORDINATORS_BIT, FIRST_ORIGIN_BIT, LANGUAGE_BITS, MODALITY_BITS

# (skill, country of origin) → (flags, weight)
Rows = dict[tuple[int, int], tuple[int, int]]
# Compared at once by a rebuild: large enough that queries cost little, small enough for progress to move.
BATCH = 500
PRESENT_FROM = """
SELECT now.expert_id, now.is_matched,
    CASE WHEN now.is_matched THEN ({kept}) IS NOT DISTINCT FROM ({those}) ELSE kept.expert_id IS NULL END AS is_kept,
    now.is_hidden, now.modalities, now.languages, now.origins, now.skills,
    present.skills, present.origins, present.flags, present.weights
FROM ({now}) AS now
LEFT JOIN mentors_matchfacts kept ON kept.expert_id = now.expert_id
CROSS JOIN LATERAL (
    SELECT array_agg(skill_id) AS skills, array_agg(origin) AS origins, array_agg(flags) AS flags,
        array_agg(weight) AS weights
    FROM mentors_posting WHERE expert_id = now.expert_id
) AS present
"""
WRITE_FACTS_FROM = """
INSERT INTO mentors_matchfacts ({names}) SELECT {names} FROM ({now}) AS now WHERE is_matched
ON CONFLICT (expert_id) DO UPDATE SET ({names}) = ROW({new}) RETURNING 1
"""
WRITE_FROM = """
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
),
forgotten AS (
    DELETE FROM mentors_matchfacts WHERE expert_id = %(expert)s::bigint AND NOT %(is_matched)s::boolean RETURNING 1
),
told AS ({told})
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written) + (SELECT count(*) FROM forgotten)
    + (SELECT count(*) FROM told)
"""
FILLED = {
    "now": NOW,
    "names": ", ".join(COLUMNS),
    "kept": ", ".join(f"kept.{name}" for name in COLUMNS),
    "those": ", ".join(f"now.{name}" for name in COLUMNS),
    "new": ", ".join(f"EXCLUDED.{name}" for name in COLUMNS),
}
PRESENT, WRITE_FACTS = PRESENT_FROM.format(**FILLED), WRITE_FACTS_FROM.format(**FILLED)
WRITE = WRITE_FROM.format(told=WRITE_FACTS)


class Kept(NamedTuple):
    """What there must be of an expert and what there is: postings, and whether the facts are as they must be."""

    is_matched: bool
    wanted: Rows
    present: Rows
    has_facts: bool

    @property
    def is_right(self) -> bool:
        """Say whether nothing is to be written."""
        return self.has_facts and self.wanted == self.present


@transaction.atomic
def rewrite_postings(profile: ExpertProfile) -> int:
    """Make the postings of ``profile`` what they must be now; returns how many rows were written, changed or deleted.

    There are rows only while the expert may be matched: published and with a free place; then one for each accepted
    skill and country of origin, and one of facts. Locks the profile. Queries: 2, and 1 when anything differs.
    """
    return rewrite_locked(lock(profile))


def rewrite_locked(profile: ExpertProfile) -> int:
    """Do what ``rewrite_postings`` does for a profile that the transaction has locked. Queries: 1 less."""
    expert = profile.pk
    [kept] = _kept([expert]).values()
    if kept.is_right:
        return 0
    gone = [key for key in kept.present if key not in kept.wanted]
    changed = {key: values for key, values in kept.wanted.items() if kept.present.get(key) != values}
    params: statements.Params = {
        "expert": expert,
        "experts": [expert],
        "is_matched": kept.is_matched,
        "gone_skills": [skill for skill, _origin in gone],
        "gone_origins": [origin for _skill, origin in gone],
        "skills": [skill for skill, _origin in changed],
        "origins": [origin for _skill, origin in changed],
        "flags": [flags for flags, _weight in changed.values()],
        "weights": [weight for _flags, weight in changed.values()],
        **PARAMS,
    }
    [(rows,)] = statements.rows(WRITE, params)
    return int(rows)


def rewrite_holders(skills: Collection[Skill]) -> None:
    """Rewrite what matching reads of everybody who lists one of these concepts, after their kind or state changed.

    Queries: 1 (0 for none), and those of ``rewrite_postings`` for each.
    """
    if skills:
        holders = ProfileSkill.objects.filter(tag__in=skills).values("content_object")
        for profile in ExpertProfile.objects.filter(pk__in=holders).order_by("pk"):
            rewrite_postings(profile)


def rebuild_postings(report: Callable[[int, int, int], None]) -> int:
    """Hold the postings of every expert against their profile and rewrite those that differ; returns how many rows did.

    ``report`` hears the experts done, those there are, and the rows written, after each batch. Experts are compared
    without locks, and rewritten one by one in transactions of their own, so people may work meanwhile. Queries: 2 for
    500 experts, and those of ``rewrite_postings`` for each who differs.
    """
    total = ExpertProfile.objects.count()
    experts = rows = 0
    for batch in _batches():
        differing = [expert for expert, kept in _kept(batch).items() if not kept.is_right]
        for profile in ExpertProfile.objects.filter(pk__in=differing).order_by("pk"):
            rows += rewrite_postings(profile)
        experts += len(batch)
        report(experts, max(total, experts), rows)
    return rows


def fill_postings(experts: Collection[int]) -> int:
    """Write the postings of experts who have none yet, many at once; returns how many rows. Queries: 3 per 500 experts.

    For people who come in bulk, before anybody can change their profiles.
    """
    ids, rows = sorted(experts), 0
    for start in range(0, len(ids), BATCH):
        made = [
            Posting(expert_id=expert, skill_id=skill, origin=origin, flags=flags, weight=weight)
            for expert, kept in _kept(ids[start : start + BATCH]).items()
            for (skill, origin), (flags, weight) in kept.wanted.items()
        ]
        rows += len(Posting.objects.bulk_create(made))
        statements.rows(WRITE_FACTS, {"experts": ids[start : start + BATCH], **PARAMS})
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


def _kept(experts: Collection[int]) -> dict[int, Kept]:
    """Return by expert what there must be and what there is."""
    found = {}
    for expert, is_matched, has_facts, *parts in statements.rows(PRESENT, {"experts": experts, **PARAMS}):
        is_hidden, modalities, languages, countries, numbers, *columns = parts
        wanted: Rows = {}
        shared = _flags(is_hidden, items_of(modalities), languages)
        for item in map(offered, numbers if is_matched else ()):
            weight = posting_weight(item)
            for place, country in enumerate(items_of(countries)):
                flags = shared | (0 if place else FIRST_ORIGIN_BIT)
                wanted[item.skill, numeric_country(country)] = flags, weight
        rows = zip(*(column or () for column in columns), strict=True)
        present = {(skill, origin): (flags, weight) for skill, origin, flags, weight in rows}
        found[expert] = Kept(is_matched, wanted, present, has_facts)
    return found


def _flags(is_hidden: bool, modalities: Iterable[str], languages: Iterable[str]) -> int:
    """Return the flags that all rows of an expert share; ``languages`` are codes with a level behind."""
    flags = COORDINATORS_BIT if is_hidden else 0
    for code in modalities:
        flags |= MODALITY_BITS[code]
    for language in languages:
        flags |= LANGUAGE_BITS[language[:-1]]
    return flags
