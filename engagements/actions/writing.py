"""Save a need as its form sends it: values, picked and typed skills, and whether it goes to the coordinator at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from diaspora_net.accounts.models import Organisation, User
from engagements.actions.need_values import NeedSkillEntry, NeedValues
from engagements.actions.needs import change_need, draft_need, submit_need
from engagements.models import Need
from engagements.queries.needs import usable_concepts
from mentors.actions.skills import propose_skill
from mentors.models import Skill


@dataclass(frozen=True)
class SkillWish:
    """One line of the picker: ``value`` is a concept's id in digits, or the words of a skill nobody has named yet."""

    value: str
    strength: str
    level: int | None = None


@transaction.atomic
def write_need(
    *,
    actor: User,
    organisation: Organisation,
    need: Need | None,
    values: NeedValues,
    wishes: Sequence[SkillWish],
    language: str,
    is_sent: bool,
) -> Need:
    """Write a new need or change a draft, and submit it when ``is_sent``; all of it or nothing.

    Words that name no concept are proposed in ``language``; ids nobody may use are left out. Raises and effects:
    those of
    ``propose_skill``, ``draft_need`` or ``change_need``, and ``submit_need``.
    """
    usable = usable_concepts((int(wish.value) for wish in wishes if wish.value.isdecimal()), need)
    skills = {
        skill.pk: NeedSkillEntry(skill, wish.strength, wish.level)
        for wish in wishes
        if (skill := _skill(actor, wish, usable, language)) is not None
    }
    values = replace(values, skills=tuple(skills.values()))
    if need is None:
        need = draft_need(actor=actor, organisation=organisation, values=values)
    else:
        need = change_need(actor=actor, need=need, values=values)
    return submit_need(actor=actor, need=need) if is_sent else need


def _skill(actor: User, wish: SkillWish, usable: dict[str, Skill], language: str) -> Skill | None:
    if wish.value.isdecimal():
        return usable.get(wish.value)
    return propose_skill(actor=actor, label=wish.value, language=language)
