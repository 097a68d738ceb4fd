"""Keep the postings of experts equal to what their profiles say now."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator

from django.db import transaction
from django.db.models import F, Max

from diaspora_net.core.transitions import lock
from mentors.models import ExpertProfile, Posting, ProfileLanguage, ProfileOrigin, ProfileSkill
from mentors.queries.candidates import numeric_country, offered_skill
from mentors.recommender.skills import posting_weight
from mentors.states import (
    COORDINATORS_BIT,
    FIRST_ORIGIN_BIT,
    LANGUAGE_BITS,
    MODALITY_BITS,
    Audience,
    ProfileState,
    SkillStatus,
)

# (skill, country of origin) → (flags, weight)
Rows = dict[tuple[int, int], tuple[int, int]]
# Compared at once by a rebuild: large enough that queries cost little, small enough for progress to move.
BATCH = 500


@transaction.atomic
def rewrite_postings(profile: ExpertProfile) -> int:
    """Make the postings of ``profile`` what they must be now; returns how many rows were written, changed or deleted.

    There are rows only while the expert may be matched: published and with a free place; then one for each accepted
    skill and country of origin. Locks the profile. Queries: 3 when nothing may be matched, else 6, plus 1 for
    deletions and 1 for changes.
    """
    expert = lock(profile).pk
    wanted, present = _wanted([expert])[expert], _present([expert])[expert]
    unwanted = [(expert, *key) for key in present if key not in wanted]
    changed = {key: values for key, values in wanted.items() if present.get(key) != values}
    if unwanted:
        Posting.objects.filter(pk__in=unwanted).delete()
    if changed:
        Posting.objects.bulk_create(
            [
                Posting(expert_id=expert, skill_id=skill, origin=origin, flags=flags, weight=weight)
                for (skill, origin), (flags, weight) in changed.items()
            ],
            update_conflicts=True,
            unique_fields=["expert", "skill", "origin"],
            update_fields=["flags", "weight"],
        )
    return len(unwanted) + len(changed)


def rebuild_postings(report: Callable[[int, int, int], None]) -> int:
    """Hold the postings of every expert against their profile and rewrite those that differ; returns how many rows did.

    ``report`` hears the experts done, those there are, and the rows written, after each batch. Experts are compared
    without locks, and rewritten one by one in transactions of their own, so people may work meanwhile. Queries: 6 for
    500 experts, and those of ``rewrite_postings`` for each who differs.
    """
    total = ExpertProfile.objects.count()
    experts = rows = 0
    for batch in _batches():
        wanted, present = _wanted(batch), _present(batch)
        differing = [expert for expert in batch if wanted[expert] != present[expert]]
        for profile in ExpertProfile.objects.filter(pk__in=differing).order_by("pk"):
            rows += rewrite_postings(profile)
        experts += len(batch)
        report(experts, max(total, experts), rows)
    return rows


def fill_postings(experts: Collection[int]) -> int:
    """Write the postings of experts who have none yet, many at once; returns how many rows. Queries: 5 per 500 experts.

    For people who come in bulk, before anybody can change their profiles.
    """
    ids, rows = sorted(experts), 0
    for start in range(0, len(ids), BATCH):
        made = [
            Posting(expert_id=expert, skill_id=skill, origin=origin, flags=flags, weight=weight)
            for expert, wanted in _wanted(ids[start : start + BATCH]).items()
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


def _present(experts: Collection[int]) -> dict[int, Rows]:
    """Return the rows there are, by expert."""
    present: dict[int, Rows] = defaultdict(dict)
    rows = Posting.objects.filter(expert__in=experts)
    for expert, skill, origin, flags, weight in rows.values_list("expert_id", "skill_id", "origin", "flags", "weight"):
        present[expert][skill, origin] = flags, weight
    return present


def _wanted(experts: Collection[int]) -> dict[int, Rows]:
    """Return the rows there must be, by expert."""
    wanted: dict[int, Rows] = defaultdict(dict)
    flags = _flags(experts)
    if not flags:
        return wanted
    origins: dict[int, list[int]] = defaultdict(list)
    ties = ProfileOrigin.objects.filter(profile__in=flags).order_by("position")
    for expert, country in ties.values_list("profile_id", "country"):
        origins[expert].append(numeric_country(country))
    items = ProfileSkill.objects.filter(content_object__in=flags, tag__status=SkillStatus.ACCEPTED)
    for item in items.select_related("tag"):
        expert, weight = item.content_object_id, posting_weight(offered_skill(item))
        for place, origin in enumerate(origins[expert]):
            wanted[expert][item.tag_id, origin] = flags[expert] | (0 if place else FIRST_ORIGIN_BIT), weight
    return wanted


def _flags(experts: Collection[int]) -> dict[int, int]:
    """Return the flags that all rows of an expert share, for those who may be matched now."""
    matched = ExpertProfile.objects.filter(
        pk__in=experts, state=ProfileState.PUBLISHED, open_engagements__lt=F("capacity")
    )
    flags = {}
    for expert, audience, modalities in matched.values_list("pk", "audience", "modalities"):
        flags[expert] = 0 if audience == Audience.ORGANISATIONS else COORDINATORS_BIT
        for code in modalities:
            flags[expert] |= MODALITY_BITS[code]
    spoken = ProfileLanguage.objects.filter(profile__in=flags).values_list("profile_id", "language") if flags else ()
    for expert, language in spoken:
        flags[expert] |= LANGUAGE_BITS[language]
    return flags
