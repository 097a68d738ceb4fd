"""A crowd of experts and a heap of needs, different in everything that matching looks at, the same for a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils import timezone

from diaspora_net.accounts.models import Organisation, User
from engagements.actions.terms import rewrite_terms
from engagements.models import Engagement, Need, NeedLanguage, NeedSkill, Proposal
from mentors.actions.postings import rewrite_postings
from mentors.models import (
    AvailabilitySlot,
    ExpertProfile,
    ProfileLanguage,
    ProfileOrigin,
    ProfileSkill,
    Skill,
    SkillBroader,
    SkillRelation,
)
from messaging.models import Conversation

COUNTRIES = ("TN", "SN", "ET")
LANGUAGES = ("fr", "en", "ar")
MODALITIES = ("remote", "on_site", "short_return_visit", "hybrid")


@dataclass
class Crowd:
    """Who and what there is."""

    skills: list[Skill]
    profiles: list[ExpertProfile]


def make_skills(count: int, chance: Random) -> list[Skill]:
    """Create concepts of all kinds, each but the first few narrower than another, some used together."""
    kinds = ("skill", "knowledge", "transferable", "occupation")
    skills = Skill.objects.bulk_create(
        Skill(name=f"skill {number}", slug=f"skill-{number}", kind=kinds[number % 4]) for number in range(count)
    )
    SkillBroader.objects.bulk_create(
        SkillBroader(skill=skill, broader=chance.choice(skills[:place]))
        for place, skill in enumerate(skills)
        if place > 4
    )
    SkillRelation.objects.bulk_create(
        SkillRelation(skill=skill, related=skills[place - 1], kind="used_together", weight=chance.randint(10, 60))
        for place, skill in enumerate(skills)
        if place % 3 == 0 and place
    )
    return skills


def make_crowd(count: int, *, seed: int = 7, skill_count: int = 24, all_matchable: bool = False) -> Crowd:
    """Create experts: published ones mostly, some paused, full, hidden from institutions or shut out, with postings."""
    chance = Random(seed)
    skills = make_skills(skill_count, chance)
    users = User.objects.bulk_create(
        User(
            email=f"expert-{number}@example.org",
            full_name=f"Expert {number}",
            password=UNUSABLE_PASSWORD_PREFIX,
            time_zone="Europe/Paris",
            is_active=all_matchable or chance.random() > 0.05,
        )
        for number in range(count)
    )
    profiles = ExpertProfile.objects.bulk_create(_profile(user, chance, all_matchable) for user in users)
    _add_parts(profiles, skills, chance)
    for profile in profiles:
        rewrite_postings(profile)
    refresh_counts(skills)
    return Crowd(skills, profiles)


def _profile(user: User, chance: Random, all_matchable: bool) -> ExpertProfile:
    is_full = not all_matchable and chance.random() < 0.1
    return ExpertProfile(
        user=user,
        state="published" if all_matchable else chance.choice(["published"] * 6 + ["paused", "draft"]),
        audience="organisations" if all_matchable else chance.choice(["organisations"] * 4 + ["coordinators"]),
        residence="FR",
        published_at=timezone.now(),
        capacity=2,
        open_engagements=2 if is_full else chance.randint(0, 1),
        hours_per_month=chance.choice([2, 4, 8, 16]),
        modalities=chance.sample(MODALITIES, chance.randint(1, 2)),
        kinds=chance.sample(["mentoring", "advisory", "training"], 2),
    )


def _add_parts(profiles: Sequence[ExpertProfile], skills: Sequence[Skill], chance: Random) -> None:
    origins: list[ProfileOrigin] = []
    languages: list[ProfileLanguage] = []
    items: list[ProfileSkill] = []
    slots: list[AvailabilitySlot] = []
    for profile in profiles:
        for position, code in enumerate(chance.sample(COUNTRIES, chance.choice([1, 1, 2]))):
            origins.append(ProfileOrigin(profile=profile, country=code, position=position))
        languages += [
            ProfileLanguage(profile=profile, language=code, level=chance.randint(2, 6))
            for code in chance.sample(LANGUAGES, chance.randint(1, 2))
        ]
        for skill in chance.sample(skills, chance.randint(2, 7)):
            level, years = chance.randint(1, 4), chance.randint(0, 20)
            items.append(ProfileSkill(content_object=profile, tag=skill, level=level, years=years))
        if chance.random() < 0.7:
            slots.append(AvailabilitySlot(profile=profile, weekday=chance.randint(0, 6), starts=540, ends=1200))
    ProfileOrigin.objects.bulk_create(origins)
    ProfileLanguage.objects.bulk_create(languages)
    ProfileSkill.objects.bulk_create(items)
    AvailabilitySlot.objects.bulk_create(slots)


def refresh_counts(skills: Sequence[Skill]) -> None:
    """Count the published experts of each concept."""
    for skill in skills:
        skill.expert_count = ProfileSkill.objects.filter(tag=skill, content_object__state="published").count()
    Skill.objects.bulk_update(skills, ["expert_count"])


def make_needs(
    count: int, organisations: Sequence[Organisation], skills: Sequence[Skill], *, seed: int = 11
) -> list[Need]:
    """Create open needs with two to five wanted skills each and their terms."""
    chance = Random(seed)
    needs = []
    for number in range(count):
        organisation = chance.choice(organisations)
        owner = organisation.memberships.get().user
        need = Need.objects.create(
            organisation=organisation,
            focal_point=owner,
            created_by=owner,
            title=f"Need {number}",
            state="published",
            published_at=timezone.now(),
            kind="advisory",
            modality=chance.choice(MODALITIES),
            places=2,
        )
        for position, skill in enumerate(chance.sample(list(skills), chance.randint(2, 5))):
            strength = "required" if position == 0 else chance.choice(["required", "preferred", "optional"])
            level = chance.choice([None, None, 2, 3])
            NeedSkill.objects.create(content_object=need, tag=skill, strength=strength, level=level, position=position)
        for code in chance.sample(LANGUAGES, chance.choice([0, 1, 1, 2])):
            NeedLanguage.objects.create(need=need, language=code, level=4)
        rewrite_terms(need)
        needs.append(need)
    return needs


def make_engagements(need: Need, profiles: Sequence[ExpertProfile], state: str = "completed") -> None:
    """Create an engagement of each profile on ``need`` as rows."""
    now = timezone.now()
    for profile in profiles:
        talk = Conversation.objects.create()
        proposal = Proposal.objects.create(
            need=need,
            expert=profile,
            origin="application",
            sent_by=profile.user,
            state="converted",
            conversation=talk,
            expires_at=now,
        )
        Engagement.objects.create(
            need=need,
            expert=profile,
            proposal=proposal,
            conversation=talk,
            focal_point=need.focal_point,
            state=state,
            kind=need.kind,
            modality=need.modality,
            hours_planned=need.hours,
            expert_agreed_at=now,
            institution_agreed_at=now,
            ended_at=now,
        )
