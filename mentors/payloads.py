"""The one projection of an expert profile: what a viewer may see of it, JSON-ready, in the active language."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language

from diaspora_net.accounts.models import User
from mentors.models import AvailabilitySlot, ExpertProfile, ProfileSkill, SkillLabel
from mentors.rules import INSTITUTION_FIELDS, Standing, standing_of, visible_fields
from mentors.states import (
    EngagementKind,
    LabelKind,
    LanguageLevel,
    Modality,
    Recognition,
    SkillLevel,
    SkillStatus,
    WorkingLanguage,
)

Card = dict[str, Any]
FALLBACK_LANGUAGE = "en"
LINE_FIELDS = frozenset({"name", "headline", "residence"})


def profile_card(
    viewer: User, profile: ExpertProfile, *, is_counterpart: bool = False, standing: Standing | None = None
) -> Card:
    """Return what ``viewer`` may see of ``profile``; what they may not see is absent. Empty when they may see nothing.

    Queries: 2 for the standing unless given, and those of parts that are not loaded (``card_parts``).
    """
    fields = visible_fields(viewer, profile, is_counterpart=is_counterpart, standing=standing)
    if not fields:
        return {}
    prefetch_related_objects([profile], *card_parts())
    return _project(profile, fields)


def profile_lines(viewer: User, profiles: Sequence[ExpertProfile], *, standing: Standing | None = None) -> list[Card]:
    """Return what a line in a list shows of each profile, in order: name, headline and residence, as far as ``viewer``
    may see them.

    Queries: 2 for the standing unless given, and 2 for people and origins that are not loaded, whatever the number of
    profiles.
    """
    standing = standing or standing_of(viewer)
    prefetch_related_objects(profiles, "user", "origins")
    return [_project(profile, visible_fields(viewer, profile, standing=standing) & LINE_FIELDS) for profile in profiles]


def institution_card(profile: ExpertProfile) -> Card:
    """Return the card as a verified organisation would see it, for the expert's own preview."""
    prefetch_related_objects([profile], *card_parts())
    return _project(profile, INSTITUTION_FIELDS)


def card_parts() -> "list[str | Prefetch[Any]]":
    """Return what must be prefetched for cards in the active language."""
    skills = ProfileSkill.objects.select_related("tag").order_by("-level", "-years", "pk")
    labels = SkillLabel.objects.filter(kind=LabelKind.PREFERRED, language__in=[_language(), FALLBACK_LANGUAGE])
    return [
        "origins",
        "languages",
        "availability",
        Prefetch("skill_items", skills),
        Prefetch("skill_items__tag__labels", labels),
    ]


def _language() -> str:
    return get_language() or FALLBACK_LANGUAGE


def _project(profile: ExpertProfile, fields: frozenset[str]) -> Card:
    card: Card = {name: read(profile) for name, read in _FIELDS.items() if name in fields}
    if "skills" in fields:
        with_suggested = "suggested_skills" in fields
        card["skills"] = [
            _skill(item)
            for item in profile.skill_items.all()
            if item.tag.status == SkillStatus.ACCEPTED or with_suggested
        ]
    return card


def _label(item: ProfileSkill) -> str:
    names = {label.language: label.text for label in item.tag.labels.all()}
    return str(names.get(_language()) or names.get(FALLBACK_LANGUAGE) or item.tag.name)


def _skill(item: ProfileSkill) -> Card:
    return {
        "id": item.tag_id,
        "label": _label(item),
        "kind": item.tag.kind,
        "level": item.level,
        "level_label": str(SkillLevel(item.level).label),
        "years": item.years,
        "recognition": item.recognition,
        "recognition_label": str(Recognition(item.recognition).label),
        "is_suggested": item.tag.status == SkillStatus.SUGGESTED,
    }


def _country(country: Any) -> Card:
    return {"code": country.code, "name": str(country.name)}


def _slot(slot: AvailabilitySlot) -> Card:
    """Return a weekly slot on the expert's clock: minutes of the day, and words."""
    return {
        "weekday": slot.weekday,
        "starts": slot.starts,
        "ends": slot.ends,
        "day": str(WEEKDAYS[slot.weekday]),
        "from": f"{slot.starts // 60:02}:{slot.starts % 60:02}",
        "until": f"{slot.ends // 60:02}:{slot.ends % 60:02}",
    }


def _utc_offset(profile: ExpertProfile) -> str:
    """Return how far the expert's clock is from UTC today, like ``UTC+01:00``."""
    offset = timezone.localtime(timezone=profile.user.zone).strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def _choices(values: Iterable[str], choices: type[Modality] | type[EngagementKind]) -> list[Card]:
    return [{"code": value, "label": str(choices(value).label)} for value in values]


_FIELDS: dict[str, Callable[[ExpertProfile], Any]] = {
    "reference": lambda profile: profile.reference,
    "name": lambda profile: str(profile.user),
    "headline": lambda profile: profile.headline,
    "about": lambda profile: profile.about,
    "residence": lambda profile: _country(profile.residence) if profile.residence else None,
    "city": lambda profile: profile.city,
    "origins": lambda profile: [_country(row.country) for row in profile.origins.all()],
    "languages": lambda profile: [
        {
            "code": row.language,
            "name": str(WorkingLanguage(row.language).label),
            "level": row.level,
            "level_label": str(LanguageLevel(row.level).label),
        }
        for row in profile.languages.all()
    ],
    "modalities": lambda profile: _choices(profile.modalities, Modality),
    "kinds": lambda profile: _choices(profile.kinds, EngagementKind),
    "hours_per_month": lambda profile: profile.hours_per_month,
    "has_place": lambda profile: profile.open_engagements < profile.capacity,
    "availability": lambda profile: [_slot(slot) for slot in profile.availability.all()],
    "utc_offset": _utc_offset,
    "time_zone": lambda profile: profile.user.time_zone,
    "state": lambda profile: profile.state,
    "audience": lambda profile: profile.audience,
    "capacity": lambda profile: profile.capacity,
    "open_engagements": lambda profile: profile.open_engagements,
    "published_at": lambda profile: profile.published_at.isoformat() if profile.published_at else None,
    "refreshed_at": lambda profile: profile.refreshed_at.isoformat(),
}
