"""Turn a matching set into the product's own rows: people, profiles, concepts, needs, and past engagements.

All that a set does not say is the same for everybody: one country, no language, remote work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.utils import timezone
from django.utils.text import slugify

from diaspora_net.accounts.actions.verification import GOOD_FOR
from diaspora_net.accounts.models import Organisation, Remit, User, Verification
from engagements.actions.terms import fill_terms
from engagements.actions.work_spread import refresh_work_spread
from engagements.evaluation.files import FACET_MARK, Expert, MatchingSet, Past
from engagements.models import Engagement, Need, NeedSkill, Proposal
from mentors.actions.postings import fill_postings
from mentors.actions.relatedness import refresh_relatedness
from mentors.actions.skills import refresh_skill_counts
from mentors.models import ExpertProfile, ProfileOrigin, ProfileSkill, Skill
from mentors.states import SkillKind
from messaging.models import Conversation

COUNTRY = "TN"
COORDINATORS = ("coordinator", "second coordinator")
BATCH = 2000
# A history names no days: its lines, the oldest first, are spread evenly over these years.
PAST = timedelta(days=4 * 365)
KNOWN_FACETS: dict[str, SkillKind] = {
    "occupation": SkillKind.OCCUPATION,
    "profession": SkillKind.OCCUPATION,
    "industry": SkillKind.OCCUPATION,
    "sector": SkillKind.OCCUPATION,
    "field": SkillKind.OCCUPATION,
    "job": SkillKind.OCCUPATION,
    "skill": SkillKind.SKILL,
    "technical": SkillKind.SKILL,
    "tool": SkillKind.SKILL,
    "knowledge": SkillKind.KNOWLEDGE,
    "subject": SkillKind.KNOWLEDGE,
    "language": SkillKind.LANGUAGE,
    "transferable": SkillKind.TRANSFERABLE,
    "topic": SkillKind.TRANSFERABLE,
    "soft": SkillKind.TRANSFERABLE,
}
"""The kind of concept that a facet's name means; a trailing s makes no difference."""


@dataclass(frozen=True)
class Loaded:
    """The rows of a set, by their references in it: profiles, needs, and pieces of evidence by profile and concept."""

    experts: Mapping[str, ExpertProfile]
    needs: Mapping[str, Need]
    activity: Mapping[int, Mapping[int, int]]


def load(known: MatchingSet) -> Loaded:
    """Write ``known`` into the tables that the connection sees, and all that matching derives from it."""
    now = timezone.now()
    people = _people(["organisation", *COORDINATORS, *(expert.reference for expert in known.experts)])
    owner = people.pop("organisation")
    organisation = _verified(Organisation.objects.create(name=known.name, country=COUNTRY), people)
    skills = _skills(known)
    experts = _profiles(known.experts, people, skills)
    base = {"organisation": organisation, "focal_point": owner, "created_by": owner, "published_at": now}
    _history(known.history, experts, skills, base)
    refresh_skill_counts()
    refresh_relatedness()
    refresh_work_spread()
    fill_postings([profile.pk for profile in experts.values()])
    needs = _needs(((need.reference, need.tags) for need in known.needs), skills, {**base, "state": "published"})
    _analyse()
    fill_terms([need.pk for need in needs.values()])
    _analyse()
    activity = {
        experts[expert.reference].pk: {skills[tag].pk: n for tag, n in expert.counts.items() if tag in skills}
        for expert in known.experts
        if expert.counts
    }
    return Loaded(experts, needs, activity)


def _verified(organisation: Organisation, people: dict[str, User]) -> Organisation:
    """Verify the organisation by two coordinators, whom it takes from ``people``; return it as it has become."""
    first, second = (people.pop(name) for name in COORDINATORS)
    Remit.objects.bulk_create(Remit(user=one, country=COUNTRY) for one in (first, second))
    word = Verification.objects.create(organisation=organisation, recommended_by=first, recommendation="Of a set.")
    now = timezone.now()
    Verification.objects.filter(pk=word.pk).update(state="confirmed", decided_by=second, decided_at=now)
    Organisation.objects.filter(pk=organisation.pk).update(
        state="verified", verification=word, verified_at=now, verified_until=now.date() + GOOD_FOR
    )
    organisation.refresh_from_db()
    return organisation


def _people(references: Iterable[str]) -> dict[str, User]:
    rows = {
        reference: User(email=f"{number}@example.org", full_name=reference[:100], password=UNUSABLE_PASSWORD_PREFIX)
        for number, reference in enumerate(references)
    }
    User.objects.bulk_create(rows.values(), batch_size=BATCH)
    return rows


def _skills(known: MatchingSet) -> dict[str, Skill]:
    """Create one concept a tag; its kind is what the tag's facet means, a plain tag being a skill."""
    described = (known.experts, known.needs, known.history)
    tags = sorted({tag for rows in described for row in rows for tag in row.tags})
    kinds = facet_kinds(tag.partition(FACET_MARK)[0] for tag in tags if FACET_MARK in tag)
    rows = {
        tag: Skill(
            name=tag[:300],
            slug=f"{slugify(tag, allow_unicode=True)[:100]}-{number}",
            kind=kinds[tag.partition(FACET_MARK)[0]] if FACET_MARK in tag else SkillKind.SKILL,
        )
        for number, tag in enumerate(tags)
    }
    Skill.objects.bulk_create(rows.values(), batch_size=BATCH)
    return rows


def facet_kinds(facets: Iterable[str]) -> dict[str, SkillKind]:
    """Return the kind of concept for each facet: what its name means, else a kind no other facet has, else a skill."""
    names = sorted(set(facets))
    kinds = {}
    for name in names:
        word = name.strip().casefold()
        if kind := KNOWN_FACETS.get(word) or KNOWN_FACETS.get(word.removesuffix("s")):
            kinds[name] = kind
    free = [kind for kind in SkillKind if kind not in kinds.values()]
    for name in names:
        if name not in kinds:
            kinds[name] = free.pop(0) if free else SkillKind.SKILL
    return kinds


def _profiles(
    experts: Iterable[Expert], people: Mapping[str, User], skills: Mapping[str, Skill]
) -> dict[str, ExpertProfile]:
    now = timezone.now()
    rows = {
        expert.reference: ExpertProfile(user=people[expert.reference], state="published", published_at=now, capacity=2)
        for expert in experts
    }
    ExpertProfile.objects.bulk_create(rows.values(), batch_size=BATCH)
    ProfileOrigin.objects.bulk_create(
        [ProfileOrigin(profile=profile, country=COUNTRY) for profile in rows.values()], batch_size=BATCH
    )
    items = [
        ProfileSkill(content_object=rows[expert.reference], tag=skills[tag])
        for expert in experts
        for tag in expert.tags
    ]
    ProfileSkill.objects.bulk_create(items, batch_size=BATCH)
    return rows


def _needs(
    asked: Iterable[tuple[str, Sequence[str]]], skills: Mapping[str, Skill], base: Mapping[str, object]
) -> dict[str, Need]:
    """Create needs, all of whose tags are required."""
    tags = dict(asked)
    rows = {reference: Need(title=reference[:140], **base) for reference in tags}
    Need.objects.bulk_create(rows.values(), batch_size=BATCH)
    items = [
        NeedSkill(content_object=rows[reference], tag=skills[tag], position=position)
        for reference, wanted in tags.items()
        for position, tag in enumerate(wanted)
    ]
    NeedSkill.objects.bulk_create(items, batch_size=BATCH)
    return rows


def _history(
    history: Iterable[Past],
    experts: Mapping[str, ExpertProfile],
    skills: Mapping[str, Skill],
    base: Mapping[str, object],
) -> None:
    """Create an accepted application and a completed engagement for everyone who helped with a past need."""
    past = {f"{number} {one.reference}": one for number, one in enumerate(history)}
    needs = _needs(((name, one.tags) for name, one in past.items()), skills, {**base, "state": "closed"})
    pairs = [
        (needs[name], experts[expert]) for name, one in past.items() for expert in one.experts if expert in experts
    ]
    begins, ends = timezone.now() - PAST, timezone.now()
    ended = {needs[name].pk: begins + (ends - begins) * place / len(past) for place, name in enumerate(past)}
    talks = Conversation.objects.bulk_create([Conversation() for _ in pairs], batch_size=BATCH)
    proposals = Proposal.objects.bulk_create(
        [
            Proposal(
                need=need,
                expert=expert,
                origin="application",
                sent_by=expert.user,
                state="converted",
                conversation=talk,
                sent_at=ended[need.pk],
                expires_at=ended[need.pk],
            )
            for (need, expert), talk in zip(pairs, talks, strict=True)
        ],
        batch_size=BATCH,
    )
    Engagement.objects.bulk_create([_engagement(proposal) for proposal in proposals], batch_size=BATCH)


def _engagement(proposal: Proposal) -> Engagement:
    return Engagement(
        need=proposal.need,
        expert=proposal.expert,
        proposal=proposal,
        conversation=proposal.conversation,
        focal_point=proposal.need.focal_point,
        state="completed",
        kind=proposal.need.kind,
        modality=proposal.need.modality,
        hours_planned=proposal.need.hours,
        expert_agreed_at=proposal.sent_at,
        institution_agreed_at=proposal.sent_at,
        ended_at=proposal.sent_at,
        last_activity_at=proposal.sent_at,
    )


def _analyse() -> None:
    """Let the planner know the tables, as it does where people have worked for a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mentors_posting, mentors_expertprofile, mentors_skill, mentors_profileskill")
        cursor.execute("ANALYZE engagements_needterm, engagements_need, engagements_needskill, engagements_engagement")
