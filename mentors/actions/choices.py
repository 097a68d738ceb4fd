"""Turn what people picked or typed in the skill picker into skills on their profile."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from diaspora_net.accounts.models import User
from mentors.actions.skills import propose_skill
from mentors.actions.steps import SkillEntry, save_skills
from mentors.models import ExpertProfile, Skill
from mentors.queries.skills import usable_skills


@dataclass(frozen=True)
class SkillChoice:
    """One line of the picker: ``value`` is a concept's id in digits, or the words of a skill nobody has named yet."""

    value: str
    level: int
    years: int


@transaction.atomic
def choose_skills(
    *, actor: User, profile: ExpertProfile, choices: Sequence[SkillChoice], language: str
) -> ExpertProfile:
    """Save the chosen skills; words that name no concept are proposed in ``language``, ids nobody may use are left out.

    Raises what ``propose_skill`` and ``save_skills`` raise; then nothing is written.
    """
    ids = [int(choice.value) for choice in choices if choice.value.isdecimal()]
    usable = {str(skill.pk): skill for skill in usable_skills(ids, profile_id=profile.pk)}
    entries = [
        SkillEntry(skill, choice.level, choice.years)
        for choice in choices
        if (skill := _skill(actor, choice, usable, language)) is not None
    ]
    return save_skills(actor=actor, profile=profile, skills=entries)


def _skill(actor: User, choice: SkillChoice, usable: dict[str, Skill], language: str) -> Skill | None:
    if choice.value.isdecimal():
        return usable.get(choice.value)
    return propose_skill(actor=actor, label=choice.value, language=language)
