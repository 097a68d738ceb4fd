"""What a need says: the values people write, how they are checked, and how they reach the rows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.rules import can_speak_for
from diaspora_net.core.errors import Invalid
from engagements.models import Need, NeedLanguage, NeedSkill
from engagements.states import SkillStrength
from mentors.models import Skill
from mentors.states import EngagementKind, LanguageLevel, Modality, SkillLevel, SkillStatus, WorkingLanguage

MOST_SKILLS = 12
MOST_LANGUAGES = 3
FIELDS = (
    "title", "context", "deliverable", "knowledge_transfer", "kind", "modality", "hours", "starts_on", "closes_on",
    "places",
    "is_urgent", "focal_point", "is_job", "job_pay", "job_hours", "job_contract", "job_is_free",
)  # fmt: skip
TEXTS = frozenset({"job_pay", "title", "context", "deliverable", "knowledge_transfer"})


@dataclass(frozen=True)
class NeedSkillEntry:
    """A wanted skill: how much the need depends on it (``SkillStrength``) and the least level (``SkillLevel``), or
    None.
    """

    skill: Skill
    strength: str = SkillStrength.REQUIRED
    level: int | None = None


@dataclass(frozen=True)
class NeedValues:
    """Everything an organisation writes in a need. ``languages`` are pairs of code and least CEFR level, 1 to 6."""

    title: str
    focal_point: User
    context: str = ""
    deliverable: str = ""
    knowledge_transfer: str = ""
    kind: str = EngagementKind.ADVISORY
    modality: str = Modality.REMOTE
    hours: int = 8
    starts_on: date | None = None
    closes_on: date | None = None
    places: int = 1
    is_urgent: bool = False
    is_job: bool = False
    job_pay: str = ""
    job_hours: int | None = None
    job_contract: str = ""
    job_is_free: bool = False
    skills: Sequence[NeedSkillEntry] = field(default_factory=tuple)
    languages: Sequence[tuple[str, int]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Readiness:
    """The coordinator's checklist: what they found to be so."""

    scope_is_clear: bool = False
    knowledge_stays: bool = False
    staff_are_ready: bool = False
    urgency_is_known: bool = False

    @property
    def is_complete(self) -> bool:
        """Say whether everything is ticked."""
        return all(asdict(self).values())


def check_values(values: NeedValues, organisation: Organisation) -> None:
    """Raise Invalid with the problem of each field that cannot stand, for a draft as for a finished need.

    Queries: 1.
    """
    speaks = values.focal_point.is_active and can_speak_for(values.focal_point, organisation)
    if problems := problems_of(values, speaks=speaks):
        raise Invalid(_("Please look at the marked fields again."), fields=problems)


def problems_of(values: NeedValues, *, speaks: bool) -> dict[str, str]:
    """Return the problem of each field that cannot stand; ``speaks`` says whether the focal point may. Queries: 0."""
    problems = _problems_of_lists(values)
    if values.starts_on and values.closes_on and values.starts_on > values.closes_on:
        problems["closes_on"] = _("The end cannot be before the beginning.")
    elif values.closes_on and values.closes_on < timezone.localdate():
        problems["closes_on"] = _("Choose a day that has not passed.")
    if not speaks:
        problems["focal_point"] = _("Choose somebody who speaks for the organisation.")
    return problems


def _problems_of_lists(values: NeedValues) -> dict[str, str]:
    problems = {}
    skills = [entry.skill.pk for entry in values.skills]
    known = all(
        entry.skill.status != SkillStatus.MERGED
        and entry.strength in SkillStrength.values
        and entry.level in {None, *SkillLevel.values}
        for entry in values.skills
    )
    if len(set(skills)) != len(skills) or not known:
        problems["skills"] = _("Choose each skill once, from the list.")
    elif len(skills) > MOST_SKILLS:
        problems["skills"] = ngettext(
            "Choose at most %(count)s skill: what matters most.",
            "Choose at most %(count)s skills: what matters most.",
            MOST_SKILLS,
        ) % {"count": MOST_SKILLS}
    codes = [code for code, _level in values.languages]
    known = all(code in WorkingLanguage.values and level in LanguageLevel.values for code, level in values.languages)
    if len(set(codes)) != len(codes) or not known or len(codes) > MOST_LANGUAGES:
        problems["languages"] = _("Choose up to three languages, each once.")
    return problems


def write_values(need: Need, values: NeedValues) -> Need:
    """Write the values to the need's rows. Raises Invalid for what the model refuses. Queries: about 7."""
    fill(need, values)
    try:
        need.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        problems = {name: " ".join(sentences) for name, sentences in error.message_dict.items()}
        raise Invalid(_("Please look at the marked fields again."), fields=problems) from None
    need.save()
    NeedSkill.objects.filter(content_object=need).delete()
    NeedLanguage.objects.filter(need=need).delete()
    write_lists([(need, values)])
    return need


def fill(need: Need, values: NeedValues) -> None:
    """Set the need's own fields, without its lists. Queries: 0."""
    for name in FIELDS:
        value = getattr(values, name)
        setattr(need, name, value.strip() if name in TEXTS else value)


def write_lists(needs: Sequence[tuple[Need, NeedValues]]) -> None:
    """Write the skills and languages of needs that have none. Queries: 2."""
    NeedSkill.objects.bulk_create(
        NeedSkill(content_object=need, tag=entry.skill, strength=entry.strength, level=entry.level, position=position)
        for need, values in needs
        for position, entry in enumerate(values.skills)
    )
    NeedLanguage.objects.bulk_create(
        NeedLanguage(need=need, language=code, level=level)
        for need, values in needs
        for code, level in values.languages
    )


def missing_for_submitting(need: Need) -> dict[str, str]:
    """Return what must still be said before a coordinator can check the need, by field. Queries: at most 4."""
    problems = {}
    if not need.title.strip():
        problems["title"] = _("Say in one sentence what you need done.")
    if not NeedSkill.objects.filter(
        content_object=need, strength=SkillStrength.REQUIRED, tag__status=SkillStatus.ACCEPTED
    ).exists():
        problems["skills"] = _("Choose at least one required skill.")
    if not NeedLanguage.objects.filter(need=need).exists():
        problems["languages"] = _("Choose the language of the work.")
    if need.hours < 1:
        problems["hours"] = _("Say how many hours it takes in all.")
    if need.closes_on and need.closes_on < timezone.localdate():
        problems["closes_on"] = _("Choose a day that has not passed.")
    if not (need.focal_point.is_active and can_speak_for(need.focal_point, need.organisation)):
        problems["focal_point"] = _("Choose somebody who speaks for the organisation.")
    return problems | missing_of_job(need)


def missing_of_job(need: Need) -> dict[str, str]:
    """Return what a job must still state to be decent work, by field; empty for what is no job."""
    if not need.is_job:
        return {}
    problems = {}
    if not need.job_pay.strip():
        problems["job_pay"] = _("Say what the job pays: amount, currency and per what time.")
    if not need.job_hours:
        problems["job_hours"] = _("Say how many hours a week.")
    if not need.job_contract:
        problems["job_contract"] = _("Say which contract it comes with.")
    if not need.job_is_free:
        problems["job_is_free"] = _("A job opens only when the worker pays no fee for it, to nobody.")
    return problems
