"""Write the parts of an expert profile, one action for each step; postings follow in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import User
from diaspora_net.core import audit, statements
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from mentors.actions.postings import rewrite_locked
from mentors.models import AvailabilitySlot, ExpertProfile, ProfileLanguage, ProfileOrigin, Skill
from mentors.rules import can_edit_profile
from mentors.states import Recognition, SkillStatus

MOST_SKILLS, MOST_ORIGINS, MOST_LANGUAGES = 30, 3, 10
# What stays as it was is not written anew.
WRITE_SKILLS = """
WITH gone AS (
    DELETE FROM mentors_profileskill WHERE content_object_id = %(profile)s::bigint
        AND tag_id <> ALL(%(skills)s::bigint[])
)
INSERT INTO mentors_profileskill AS item (tag_id, content_object_id, level, years, recognition)
SELECT tag, %(profile)s::bigint, level, years, %(recognition)s
FROM unnest(%(skills)s::bigint[], %(levels)s::smallint[], %(years)s::smallint[]) AS saved(tag, level, years)
ON CONFLICT (content_object_id, tag_id) DO UPDATE SET level = EXCLUDED.level, years = EXCLUDED.years
    WHERE (item.level, item.years) <> (EXCLUDED.level, EXCLUDED.years)
RETURNING 1
"""
REFRESH = """
UPDATE mentors_expertprofile SET refreshed_at = %(now)s::timestamptz WHERE id = %(profile)s::bigint RETURNING 1
"""


@dataclass(frozen=True)
class SkillEntry:
    """A skill as it goes onto a profile: ``level`` 1 to 4, ``years`` of practice."""

    skill: Skill
    level: int
    years: int = 0


@transaction.atomic
def save_identity(
    *,
    actor: User,
    profile: ExpertProfile,
    full_name: str,
    headline: str,
    residence: str,
    city: str,
    origins: Sequence[str],
    about: str = "",
) -> ExpertProfile:
    """Write who the expert is and where they live and come from; ``origins`` are country codes, the main one first.

    Effects: name, profile, origins, postings, audit entry. Raises NotAllowed, Invalid.
    """
    lock(actor)  # before the profile, as whoever sends a proposal does
    profile = open_profile(actor, profile)
    codes = [code for code in dict.fromkeys(origins) if code]
    problems = {}
    if not full_name.strip():
        problems["full_name"] = _("Write your name.")
    if not residence:
        problems["residence"] = _("Choose the country you live in.")
    if not codes:
        problems["origins"] = _("Choose at least one country of origin.")
    elif len(codes) > MOST_ORIGINS:
        problems["origins"] = _at_most(MOST_ORIGINS, len(codes))
    _refuse(problems)
    actor.full_name = full_name.strip()
    _clean(actor, "full_name")
    actor.save(update_fields=["full_name"])
    _write(profile, headline=headline.strip(), residence=residence, city=city.strip(), about=about.strip())
    rows = [ProfileOrigin(profile=profile, country=code, position=place) for place, code in enumerate(codes)]
    for row in rows:
        _clean(row, "country", shown_as="origins")
    profile.origins.exclude(country__in=codes).delete()
    ProfileOrigin.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["profile", "country"],
        update_fields=["position"],
    )
    return finish(actor, profile, "mentors.profile.identity_saved", origins=codes, residence=residence)


@transaction.atomic
def save_skills(*, actor: User, profile: ExpertProfile, skills: Sequence[SkillEntry]) -> ExpertProfile:
    """Make ``skills`` the profile's skills; a merged concept is replaced by the one that took its place.

    Recognition of skills that stay is kept. Effects: skills, postings, audit entry. Raises NotAllowed, Invalid.
    """
    profile = open_profile(actor, profile)
    entries = {_current(entry.skill).pk: entry for entry in skills}
    if not entries:
        _refuse({"skills": _("Add at least one skill.")})
    if len(entries) > MOST_SKILLS:
        _refuse({"skills": _at_most(MOST_SKILLS, len(entries))})
    if any(not 1 <= entry.level <= 4 or not 0 <= entry.years <= 60 for entry in entries.values()):
        _refuse({"skills": _("Choose a level and 0 to 60 years for each skill.")})
    concepts = sorted(entries)
    params: statements.Params = {
        "profile": profile.pk,
        "skills": concepts,
        "levels": [entries[pk].level for pk in concepts],
        "years": [entries[pk].years for pk in concepts],
        "recognition": Recognition.SELF_DECLARED,
    }
    statements.rows(WRITE_SKILLS, params)
    return finish(actor, profile, "mentors.profile.skills_saved", skills=concepts)


@transaction.atomic
def save_languages(*, actor: User, profile: ExpertProfile, languages: Sequence[tuple[str, int]]) -> ExpertProfile:
    """Make ``languages`` (code, CEFR level 1 to 6) the profile's languages.

    Effects: languages, postings, audit entry. Raises NotAllowed, Invalid.
    """
    profile = open_profile(actor, profile)
    levels = dict(languages)
    if not levels:
        _refuse({"languages": _("Add at least one language you work in.")})
    if len(levels) > MOST_LANGUAGES:
        _refuse({"languages": _at_most(MOST_LANGUAGES, len(levels))})
    profile.languages.exclude(language__in=levels).delete()
    rows = [ProfileLanguage(profile=profile, language=code, level=level) for code, level in sorted(levels.items())]
    for row in rows:
        _clean(row, "language", "level", shown_as="languages")
    ProfileLanguage.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["profile", "language"], update_fields=["level"]
    )
    return finish(actor, profile, "mentors.profile.languages_saved", languages=levels)


@transaction.atomic
def save_giving(
    *,
    actor: User,
    profile: ExpertProfile,
    hours_per_month: int,
    modalities: Sequence[str],
    kinds: Sequence[str],
    capacity: int,
    audience: str,
    time_zone: str,
    availability: Sequence[tuple[int, int, int]],
) -> ExpertProfile:
    """Write what the expert gives, to whom and when; ``availability`` holds (weekday, start minute, end minute), local.

    Effects: time zone, profile, availability, postings, audit entry. Raises NotAllowed, Invalid (also when
    ``capacity`` is below the engagements that are open now).
    """
    lock(actor)  # before the profile, as whoever sends a proposal does
    profile = open_profile(actor, profile)
    problems = {}
    if not modalities:
        problems["modalities"] = _("Choose at least one way of working.")
    if not kinds:
        problems["kinds"] = _("Choose at least one kind of help.")
    if capacity < profile.open_engagements:
        problems["capacity"] = ngettext(
            "You have %(count)d engagement open now, so this cannot be less.",
            "You have %(count)d engagements open now, so this cannot be less.",
            profile.open_engagements,
        ) % {"count": profile.open_engagements}
    _refuse(problems)
    actor.time_zone = time_zone
    _clean(actor, "time_zone")
    actor.save(update_fields=["time_zone"])
    values = {"hours_per_month": hours_per_month, "capacity": capacity, "audience": audience}
    _write(profile, **values, modalities=list(dict.fromkeys(modalities)), kinds=list(dict.fromkeys(kinds)))
    profile.availability.all().delete()
    if any(not (0 <= day <= 6 and 0 <= start < end <= 1440) for day, start, end in availability):
        _refuse({"availability": _("Choose times within a day.")})
    AvailabilitySlot.objects.bulk_create(
        AvailabilitySlot(profile=profile, weekday=day, starts=start, ends=end)
        for day, start, end in sorted(set(availability))
    )
    return finish(actor, profile, "mentors.profile.giving_saved", **values)


def open_profile(actor: User, profile: ExpertProfile) -> ExpertProfile:
    """Check the rule on the row as it is now, and lock it until the transaction ends."""
    lock_profile(profile)
    if not can_edit_profile(actor, profile):
        raise NotAllowed(_("Only the expert can change this profile."))
    return profile


def lock_profile(profile: ExpertProfile) -> ExpertProfile:
    """Lock the profile until the transaction ends and make the instance what the row is now. Queries: 1."""
    profile.refresh_from_db(from_queryset=ExpertProfile.objects.select_for_update(no_key=True))
    return profile


def _write(profile: ExpertProfile, **values: object) -> None:
    for name, value in values.items():
        setattr(profile, name, value)
    _clean(profile, *values)
    profile.save(update_fields=[*values])


def _clean(row: Model, *names: str, shown_as: str = "") -> None:
    """Hold the named fields against their validators. Raises Invalid with the problem of each, or of ``shown_as``."""
    others = [field.name for field in row._meta.fields if field.name not in names]
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        _refuse({shown_as or name: " ".join(problems) for name, problems in error.message_dict.items()})


def finish(actor: User, profile: ExpertProfile, verb: str, **changes: object) -> ExpertProfile:
    """Mark the profile as fresh, rewrite its postings and audit the act: how every action on it ends."""
    profile.refreshed_at = timezone.now()
    statements.rows(REFRESH, {"profile": profile.pk, "now": profile.refreshed_at})
    rewrite_locked(profile)
    audit.record(actor=actor, verb=verb, obj=profile, **changes)
    return profile


def _current(skill: Skill) -> Skill:
    """Return the concept that stands for ``skill`` today."""
    if skill.status == SkillStatus.MERGED and skill.merged_into is not None:
        return skill.merged_into
    return skill


def _at_most(limit: int, given: int) -> str:
    return _("Choose at most %(limit)d; you have %(given)d.") % {"limit": limit, "given": given}


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise Invalid(_("Please check what you wrote."), fields=problems)
