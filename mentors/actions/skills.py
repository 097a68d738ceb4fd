"""Change the vocabulary: propose, accept and merge concepts, and keep their counts fresh."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed, SlowDown
from diaspora_net.core.models import AuditEntry
from diaspora_net.core.references import new_reference
from diaspora_net.core.transitions import lock
from mentors.actions.postings import rewrite_holders, rewrite_postings
from mentors.actions.vocabulary import load_vocabulary
from mentors.labels import LABEL_LENGTH, fold_label
from mentors.models import ExpertProfile, ProfileSkill, Skill, SkillBroader, SkillLabel, SkillRelation
from mentors.rules import can_curate_skills
from mentors.states import LabelKind, SkillStatus

__all__ = [
    "accept_skill",
    "load_vocabulary",
    "merge_skill",
    "propose_skill",
    "refresh_skill_counts",
]

PROPOSED = "mentors.skill.proposed"
# Twenty new words a day is more than any profile or need asks for, and too few to flood the coordinators.
MOST_PROPOSALS, PROPOSALS_PERIOD = 20, timedelta(days=1)


@transaction.atomic
def propose_skill(*, actor: User, label: str, language: str) -> Skill:
    """Return the concept called ``label``: a known one when a label differs in case and accents only, else a new one.

    A new concept is suggested: it stands on its proposer's profile or need but is found and matched only once
    accepted. Effects: concept, label, audit entry. Raises Invalid for a label without letters, too long or with a NUL,
    SlowDown after twenty new concepts in a day.
    """
    text = " ".join(label.split())
    search = fold_label(text)
    if not search or len(text) > LABEL_LENGTH or "\0" in text:  # PostgreSQL stores no NUL
        raise Invalid(_("Write the skill in a few words."), fields={"label": _("Write the skill in a few words.")})
    if known := _known_skill(search):
        return known
    _check_pace(actor)
    skill: Skill = Skill.objects.create(name=text, slug=_free_slug(text), status=SkillStatus.SUGGESTED)
    SkillLabel.objects.create(skill=skill, language=language, kind=LabelKind.PREFERRED, text=text, search=search)
    audit.record(actor=actor, verb=PROPOSED, obj=skill)
    return skill


def _known_skill(search: str) -> Skill | None:
    """Find a concept by a whole label: accepted before suggested, preferred labels first, then the commoner concept."""
    label = (
        SkillLabel.objects.filter(search=search, skill__status__in=[SkillStatus.ACCEPTED, SkillStatus.SUGGESTED])
        .select_related("skill")
        .order_by("skill__status", "-kind", "-skill__expert_count", "skill_id")
        .first()
    )
    return label.skill if label else None


def _check_pace(actor: User) -> None:
    since = timezone.now() - PROPOSALS_PERIOD
    if AuditEntry.objects.filter(actor=actor, verb=PROPOSED, created_at__gte=since).count() >= MOST_PROPOSALS:
        raise SlowDown(
            _("You have proposed many new skills today. Please choose from the list, or come back tomorrow."),
            retry_after=int(PROPOSALS_PERIOD.total_seconds()),
        )


def _free_slug(text: str) -> str:
    return f"{slugify(text, allow_unicode=True)[:100]}-{new_reference()}".lstrip("-")


@transaction.atomic
def accept_skill(*, actor: User, skill: Skill) -> Skill:
    """Let everybody find and match a suggested concept.

    Effects: status, postings of those who have it, audit entry. Raises NotAllowed unless ``actor`` is a coordinator,
    Conflict when the concept is no longer suggested.
    """
    _check_curator(actor)
    skill = lock(skill)
    if skill.status != SkillStatus.SUGGESTED:
        raise Conflict(_("This skill has already been decided about."))
    Skill.objects.filter(pk=skill.pk).update(status=SkillStatus.ACCEPTED)
    skill.status = SkillStatus.ACCEPTED
    rewrite_holders([skill])
    audit.record(actor=actor, verb="mentors.skill.accepted", obj=skill)
    return skill


@transaction.atomic
def merge_skill(*, actor: User, skill: Skill, into: Skill) -> Skill:
    """Let ``into`` take the place of ``skill`` everywhere; returns ``into``.

    Effects: labels move (the preferred ones become alternatives), links and relations move, profiles get ``into``
    with the better level and years, ``skill`` points to ``into``, postings, audit entry. Needs keep the merged
    concept until they are changed. Raises NotAllowed unless ``actor`` is a coordinator, Conflict when either was
    merged already, Invalid for a merge into itself.
    """
    _check_curator(actor)
    if skill.pk == into.pk:
        raise Invalid(_("A skill cannot be merged into itself."))
    first, second = sorted((skill, into), key=lambda one: one.pk)
    locked = {one.pk: one for one in (lock(first), lock(second))}
    skill, into = locked[skill.pk], locked[into.pk]
    if skill.status == SkillStatus.MERGED or into.status != SkillStatus.ACCEPTED:
        raise Conflict(_("Only a skill that is not merged yet can be merged, and only into an accepted one."))
    _move_labels(skill, into)
    _move_links(skill, into)
    holders = _move_profiles(skill, into)
    Skill.objects.filter(pk=skill.pk).update(status=SkillStatus.MERGED, merged_into=into, expert_count=0)
    Skill.objects.filter(merged_into=skill).update(merged_into=into)
    for profile in holders:
        rewrite_postings(profile)
    audit.record(actor=actor, verb="mentors.skill.merged", obj=skill, into=into.pk)
    return into


def _check_curator(actor: User) -> None:
    if not can_curate_skills(actor):
        raise NotAllowed(_("Only coordinators decide about the vocabulary."))


def _move_labels(skill: Skill, into: Skill) -> None:
    """Give ``into`` the labels it lacks; a preferred one becomes an alternative where ``into`` has a preferred one."""
    known = set(into.labels.values_list("language", "text"))
    preferred = set(into.labels.filter(kind=LabelKind.PREFERRED).values_list("language", flat=True))
    for label in skill.labels.all():
        if (label.language, label.text) in known:
            continue
        if label.language in preferred:
            label.kind = LabelKind.ALTERNATIVE
        label.skill = into
        label.save(update_fields=["skill", "kind"])


def _move_links(skill: Skill, into: Skill) -> None:
    """Rebuild the links and relations of ``skill`` on ``into``, without doubles and without links to itself."""
    broader = SkillBroader.objects.filter(skill=skill).exclude(broader=into).values_list("broader", flat=True)
    narrower = SkillBroader.objects.filter(broader=skill).exclude(skill=into).values_list("skill", flat=True)
    links = [SkillBroader(skill=into, broader_id=pk) for pk in broader]
    links += [SkillBroader(skill_id=pk, broader=into) for pk in narrower]
    relations = [
        SkillRelation(skill=into, related_id=related, kind=kind, weight=weight)
        for related, kind, weight in skill.relations.exclude(related=into).values_list("related", "kind", "weight")
    ] + [
        SkillRelation(skill_id=pk, related=into, kind=kind, weight=weight)
        for pk, kind, weight in SkillRelation.objects.filter(related=skill)
        .exclude(skill=into)
        .values_list("skill", "kind", "weight")
    ]
    SkillBroader.objects.bulk_create(links, ignore_conflicts=True)
    SkillRelation.objects.bulk_create(relations, ignore_conflicts=True)
    SkillBroader.objects.filter(skill=skill).delete()
    SkillBroader.objects.filter(broader=skill).delete()
    SkillRelation.objects.filter(skill=skill).delete()
    SkillRelation.objects.filter(related=skill).delete()


def _move_profiles(skill: Skill, into: Skill) -> list[ExpertProfile]:
    """Put ``into`` in the place of ``skill`` on every profile; who has both keeps the better level and more years."""
    holders = ExpertProfile.objects.filter(skill_items__tag=skill).order_by("pk")
    # As everybody who writes a profile's skills does, so that nobody waits for the other in a circle.
    for profile in holders:
        lock(profile)
    items = list(ProfileSkill.objects.filter(tag=skill).select_related("content_object").order_by("content_object"))
    present = {item.content_object_id: item for item in ProfileSkill.objects.filter(tag=into)}
    for item in items:
        if twin := present.get(item.content_object_id):
            twin.level, twin.years = max(twin.level, item.level), max(twin.years, item.years)
            twin.save(update_fields=["level", "years"])
            item.delete()
        else:
            item.tag = into
            item.save(update_fields=["tag"])
    return [item.content_object for item in items]


def refresh_skill_counts() -> int:
    """Count the published experts of each concept and write the counts that changed; returns how many did.

    Queries: 1.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH)
        return int(cursor.rowcount)


_REFRESH = """
WITH counted AS (
    SELECT item.tag_id AS skill_id, count(*) AS experts
    FROM mentors_profileskill item
    JOIN mentors_expertprofile profile ON profile.id = item.content_object_id AND profile.state = 'published'
    GROUP BY item.tag_id
)
UPDATE mentors_skill skill SET expert_count = coalesce(counted.experts, 0)
FROM mentors_skill other LEFT JOIN counted ON counted.skill_id = other.id
WHERE other.id = skill.id AND skill.expert_count <> coalesce(counted.experts, 0)
"""
