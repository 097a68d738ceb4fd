"""Who is in the story: coordinator, experts, institutions and their teams, each joined on their own day."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.db import connection

from diaspora_net.accounts import demo
from diaspora_net.accounts.actions import organisations as organisation_actions
from diaspora_net.accounts.actions import verification
from diaspora_net.accounts.actions.due_diligence import record_check
from diaspora_net.accounts.actions.people import choose_role, grant_remit
from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.states import JoinRole
from engagements.demo.clock import Calendar, at
from engagements.demo.shapes import Expert, Institution, Member
from engagements.models import Engagement, Need
from mentors.actions import profiles as profile_actions
from mentors.models import ExpertProfile, Skill

COORDINATOR = "chidi@demo.example"
COUNTRIES = ("TN", "SN", "GH", "ET", "NG", "MA", "KE", "CV")
FIRST_DAY = 600
CHECKS = {
    "documents_requested": verification.request_documents,
    "suspended": verification.suspend_organisation,
}
FOUND = {
    "registration": "The public register, under its name and number.",
    "callback": "Called the number in the public directory; the office knew of the request.",
    "mandate": "Letter with the head's signature, confirmed on the telephone.",
    "impersonation": "Not on the consolidated list; no other organisation of that name in the country.",
}
SECOND_COORDINATOR = "esi@demo.example"
SECOND_WORD = "I went through the same papers, found the number in another place, and called it myself."


@dataclass
class World:
    """Everybody and everything made so far, by the keys of the data."""

    calendar: Calendar
    skills: dict[str, Skill] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    profiles: dict[str, ExpertProfile] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    focal_points: dict[str, User] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    engagements: dict[str, Engagement] = field(default_factory=dict)

    @property
    def coordinator(self) -> User:
        """Return who coordinates all countries of the story."""
        return self.people[COORDINATOR]

    @property
    def second_coordinator(self) -> User:
        """Return who decides about what the first one recommends."""
        return self.people[SECOND_COORDINATOR]


def _join(email: str, name: str, language: str, time_zone: str, role: str) -> User:
    """Make an account with a verified address. Only those whom anybody may play have a password: hashing takes time."""
    playable = demo.person(email)
    user = User.objects.create_user(
        email, playable.password if playable else None, full_name=name, language=language, time_zone=time_zone
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return choose_role(actor=user, role=role)


def join_coordinators(world: World) -> None:
    """Let two coordinators join, both in charge of all countries of the story: nobody verifies alone."""
    for email in (COORDINATOR, SECOND_COORDINATOR):
        playable = next(person for person in demo.PEOPLE if person.email == email)
        with at(world.calendar.ago(FIRST_DAY, "08:00")):
            user = _join(email, playable.name, playable.language, playable.time_zone, JoinRole.COORDINATOR)
            for country in COUNTRIES:
                grant_remit(actor=None, user=user, country=country)
        world.people[email] = user


def join_expert(world: World, expert: Expert) -> None:
    """Let an expert join and fill in the profile as far as the data says, in the order of the form."""
    with at(world.calendar.ago(expert.joined, "17:00")):
        user = _join(expert.email, expert.name, expert.writes, expert.time_zone, JoinRole.EXPERT)
        profile = profile_actions.start_profile(actor=user)
        profile_actions.save_identity(
            actor=user,
            profile=profile,
            full_name=expert.name,
            headline=expert.headline,
            residence=expert.residence,
            city=expert.city,
            origins=expert.origins,
            about=expert.about,
        )
        if expert.skills:
            entries = [
                profile_actions.SkillEntry(world.skills[key], level, years) for key, level, years in expert.skills
            ]
            profile_actions.save_skills(actor=user, profile=profile, skills=entries)
        if expert.languages:
            profile_actions.save_languages(actor=user, profile=profile, languages=expert.languages)
        if expert.state != "draft":
            _give(user, profile, expert)
            profile_actions.publish_profile(actor=user, profile=profile)
    if expert.state == "paused":
        with at(world.calendar.ago(expert.joined / 2, "17:00")):
            profile_actions.pause_profile(actor=user, profile=profile)
    world.people[expert.key] = user
    world.profiles[expert.key] = profile


def _give(user: User, profile: ExpertProfile, expert: Expert) -> None:
    profile_actions.save_giving(
        actor=user,
        profile=profile,
        hours_per_month=expert.hours,
        modalities=expert.modalities,
        kinds=expert.kinds,
        capacity=expert.capacity,
        audience=expert.audience,
        time_zone=expert.time_zone,
        availability=expert.times,
    )


def join_institution(world: World, institution: Institution) -> None:
    """Let an institution apply, the coordinator decide, and its owner add the team."""
    owner, *others = institution.team
    with at(world.calendar.ago(institution.applied, "09:00")):
        focal_point = _join_member(world, owner, institution)
        organisation = organisation_actions.apply_organisation(
            actor=focal_point,
            position=owner.position,
            name=institution.name,
            kind=institution.kind,
            country=institution.country,
            city=institution.city,
            time_zone=institution.time_zone,
            registration_number=institution.registration_number,
            about=institution.about,
            is_government=institution.is_government,
        )
    world.organisations[institution.key] = organisation
    world.focal_points[institution.key] = focal_point
    if institution.decided is None:
        return
    with at(world.calendar.ago(institution.decided, "10:30")):
        _decide(world, institution)
    with at(world.calendar.ago(institution.decided, "15:00")):
        _add_team(world, institution, others)


def _decide(world: World, institution: Institution) -> None:
    """Let one coordinator decide, or two where the institution is verified."""
    about = {"organisation": world.organisations[institution.key]}
    if decide := CHECKS.get(institution.standing):
        decide(actor=world.coordinator, reason=institution.reason, **about)
        return
    recommend(world, about["organisation"], institution.reason)
    if institution.standing == "verified":
        verification.verify_organisation(actor=world.second_coordinator, reason=SECOND_WORD, **about)


def recommend(world: World, organisation: Organisation, reason: str) -> None:
    """Let the first coordinator check an organisation and recommend it."""
    for item, note in FOUND.items():
        record_check(actor=world.coordinator, organisation=organisation, item=item, result="passed", note=note)
    verification.recommend_organisation(actor=world.coordinator, organisation=organisation, reason=reason)


def verify(world: World, organisation: Organisation, reason: str) -> None:
    """Let both coordinators verify an organisation."""
    recommend(world, organisation, reason)
    verification.verify_organisation(actor=world.second_coordinator, organisation=organisation, reason=SECOND_WORD)


def _join_member(world: World, member: Member, institution: Institution) -> User:
    user = _join(member.email, member.name, member.writes, institution.time_zone, JoinRole.ORGANISATION)
    world.people[member.key] = user
    return user


def _add_team(world: World, institution: Institution, members: Sequence[Member]) -> None:
    for member in members:
        _join_member(world, member, institution)
        organisation_actions.add_member(
            actor=world.focal_points[institution.key],
            organisation=world.organisations[institution.key],
            email=member.email,
            role=member.role,
            position=member.position,
        )


def update_statistics() -> None:
    """Tell PostgreSQL how large the tables have become: it cannot know of rows that are not committed yet.

    What somebody else looks at in that moment is left to them, rather than waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE (SKIP_LOCKED)")
