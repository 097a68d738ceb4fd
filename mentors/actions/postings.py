"""Keep the postings of an expert equal to what their profile says now."""

from django.db import transaction

from diaspora_net.core.transitions import lock
from mentors.models import ExpertProfile, Posting, ProfileSkill
from mentors.queries.candidates import numeric_country, offered_skill
from mentors.recommender.skills import posting_weight
from mentors.states import FIRST_ORIGIN_BIT, LANGUAGE_BITS, MODALITY_BITS, Audience, ProfileState, SkillStatus

Wanted = dict[tuple[int, int], tuple[int, int]]


@transaction.atomic
def rewrite_postings(profile: ExpertProfile) -> int:
    """Make the postings of ``profile`` what they must be now; returns how many rows were written, changed or deleted.

    There are rows only while the expert may be matched: published, found by organisations, with a free place and an
    active account; then one for each accepted skill and country of origin. Locks the profile. Queries: 3 when nothing
    changed and nothing may be matched, else 6, plus 1 for deletions and 1 for changes.
    """
    fresh = lock(profile)
    wanted = _wanted(fresh) if _may_be_matched(fresh) else {}
    present = {
        (skill, origin): (flags, weight)
        for skill, origin, flags, weight in Posting.objects.filter(expert=fresh).values_list(
            "skill_id", "origin", "flags", "weight"
        )
    }
    unwanted = [(fresh.pk, *key) for key in present if key not in wanted]
    changed = {key: values for key, values in wanted.items() if present.get(key) != values}
    if unwanted:
        Posting.objects.filter(pk__in=unwanted).delete()
    if changed:
        Posting.objects.bulk_create(
            [
                Posting(expert_id=fresh.pk, skill_id=skill, origin=origin, flags=flags, weight=weight)
                for (skill, origin), (flags, weight) in changed.items()
            ],
            update_conflicts=True,
            unique_fields=["expert", "skill", "origin"],
            update_fields=["flags", "weight"],
        )
    return len(unwanted) + len(changed)


def _may_be_matched(profile: ExpertProfile) -> bool:
    return (
        profile.state == ProfileState.PUBLISHED
        and profile.audience == Audience.ORGANISATIONS
        and profile.open_engagements < profile.capacity
        and profile.user.is_active
    )


def _wanted(profile: ExpertProfile) -> Wanted:
    flags = sum(LANGUAGE_BITS[code] for code in profile.languages.values_list("language", flat=True))
    flags |= sum(MODALITY_BITS[code] for code in set(profile.modalities))
    origins = [numeric_country(code) for code in profile.origins.values_list("country", flat=True)]
    items = ProfileSkill.objects.filter(content_object=profile, tag__status=SkillStatus.ACCEPTED).select_related("tag")
    weights = {item.tag_id: posting_weight(offered_skill(item)) for item in items}
    return {
        (skill, origin): (flags | (FIRST_ORIGIN_BIT if place == 0 else 0), weight)
        for place, origin in enumerate(origins)
        for skill, weight in weights.items()
    }
