"""Make one thing of a kind, with nothing random in it; everything that has a rule goes through the actions."""

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from django.utils import timezone

from diaspora_net.accounts.actions.due_diligence import record_check
from diaspora_net.accounts.actions.organisations import apply_organisation
from diaspora_net.accounts.actions.verification import GOOD_FOR
from diaspora_net.accounts.models import Organisation, Remit, User, Verification
from diaspora_net.accounts.states import REQUIRED_CHECKS
from engagements.actions.needs import NeedSkillEntry, NeedValues
from engagements.models import Programme
from mentors.actions import profiles
from mentors.actions.profiles import SkillEntry
from mentors.labels import fold
from mentors.models import ExpertProfile, Skill, SkillBroader, SkillLabel
from mentors.states import LabelKind, SkillKind

PASSWORD = "a-long-password-for-tests"

# slug: (kind, English, French, broader)
VOCABULARY = {
    "cardiology": (SkillKind.KNOWLEDGE, "cardiology", "cardiologie", None),
    "echocardiography": (SkillKind.KNOWLEDGE, "echocardiography", "échocardiographie", "cardiology"),
    "interpret-ecg": (
        SkillKind.SKILL,
        "interpret electrocardiograms",
        "interpréter un électrocardiogramme",
        "cardiology",
    ),
    "training-nurses": (SkillKind.SKILL, "train nurses", "former des infirmières", None),
    "grid-operation": (SkillKind.KNOWLEDGE, "grid operation", "conduite de réseau électrique", None),
    "negotiation": (SkillKind.TRANSFERABLE, "negotiation", "négociation", None),
}


def make_person(email: str, full_name: str, **values: object) -> User:
    """Create a person whose address is confirmed and who can sign in with PASSWORD."""
    user = User.objects.create_user(email, PASSWORD, full_name=full_name, **values)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_vocabulary() -> dict[str, Skill]:
    """Create the few concepts that the tests speak of, with English and French labels; twice changes nothing."""
    for slug, (kind, english, french, broader) in VOCABULARY.items():
        skill, is_new = Skill.objects.get_or_create(slug=slug, defaults={"name": english, "kind": kind})
        if not is_new:
            continue
        for language, text in (("en", english), ("fr", french)):
            SkillLabel.objects.create(
                skill=skill, language=language, kind=LabelKind.PREFERRED, text=text, search=fold(text)
            )
        if broader:
            SkillBroader.objects.create(skill=skill, broader=Skill.objects.get(slug=broader))
    return {skill.slug: skill for skill in Skill.objects.filter(slug__in=VOCABULARY)}


def make_expert(
    user: User,
    *,
    skills: dict[str, tuple[int, int]],
    origins: tuple[str, ...] = ("TN",),
    residence: str = "FR",
    languages: tuple[tuple[str, int], ...] = (("fr", 6), ("en", 5)),
    capacity: int = 2,
    modalities: tuple[str, ...] = ("remote",),
    is_published: bool = True,
) -> ExpertProfile:
    """Publish a profile; ``skills`` maps a slug of VOCABULARY to (level, years)."""
    concepts = make_vocabulary()
    profile = profiles.start_profile(actor=user)
    profile = profiles.save_identity(
        actor=user,
        profile=profile,
        full_name=user.full_name,
        headline="Cardiologist",
        residence=residence,
        city="Lyon",
        origins=origins,
    )
    entries = [SkillEntry(concepts[slug], level, years) for slug, (level, years) in skills.items()]
    profile = profiles.save_skills(actor=user, profile=profile, skills=entries)
    profile = profiles.save_languages(actor=user, profile=profile, languages=languages)
    profile = profiles.save_giving(
        actor=user,
        profile=profile,
        hours_per_month=8,
        modalities=modalities,
        kinds=("mentoring", "advisory", "training"),
        capacity=capacity,
        audience="organisations",
        time_zone="Europe/Paris",
        availability=((0, 1020, 1260), (2, 1020, 1260)),
    )
    return profiles.publish_profile(actor=user, profile=profile) if is_published else profile


def make_organisation(owner: User, name: str = "Hôpital régional de Jendouba", country: str = "TN") -> Organisation:
    """Register an organisation that waits for verification."""
    return apply_organisation(
        actor=owner, name=name, kind="hospital", country=country, city="Jendouba", time_zone="Africa/Tunis"
    )


def check_everything(actor: User, organisation: Organisation) -> None:
    """Let somebody find every required item of due diligence in order."""
    for item in sorted(REQUIRED_CHECKS):
        record_check(actor=actor, organisation=organisation, item=item, result="passed", note="Seen and called back.")


def stamp_verified(organisations: Sequence[Organisation]) -> None:
    """Let two coordinators of nowhere else verify organisations by rows, for tests and measurements of other things."""
    now = timezone.now()
    for place in organisations:
        country = str(place.country.code)
        emails = [f"{which}-{country.lower()}@example.org" for which in ("first", "second")]
        people = [User.objects.get_or_create(email=email)[0] for email in emails]
        remits = [Remit.objects.create(user=one, country=country) for one in people]
        word = Verification.objects.create(organisation=place, recommended_by=people[0], recommendation="By rows.")
        Verification.objects.filter(pk=word.pk).update(state="confirmed", decided_by=people[1], decided_at=now)
        Organisation.objects.filter(pk=place.pk).update(
            state="verified", verification=word, verified_at=now, verified_until=now.date() + GOOD_FOR
        )
        Remit.objects.filter(pk__in=[remit.pk for remit in remits]).delete()


def need_values(focal_point: User, /, **changes: object) -> NeedValues:
    """Return what a complete need says; ``changes`` replace single values."""
    concepts = make_vocabulary()
    values: dict[str, object] = {
        "title": "Train our nurses to read electrocardiograms",
        "context": "Our emergency ward sees forty patients with chest pain a week.",
        "deliverable": "Six nurses who read an electrocardiogram within five minutes.",
        "knowledge_transfer": "Two head nurses will teach the next group.",
        "kind": "training",
        "modality": "remote",
        "hours": 12,
        "starts_on": None,
        "closes_on": None,
        "places": 1,
        "is_urgent": False,
        "focal_point": focal_point,
        "skills": (
            NeedSkillEntry(concepts["interpret-ecg"], "required", None),
            NeedSkillEntry(concepts["training-nurses"], "preferred", None),
        ),
        "languages": (("fr", 4),),
    }
    return NeedValues(**{**values, **changes})


def make_programme(creator: User, **changes: object) -> Programme:
    """Write a mentoring programme of the coordinators of Tunisia as a draft; ``changes`` replace single values."""
    values: dict[str, object] = {"name": "Nurses read hearts", "kind": "mentoring", "country": "TN"}
    return Programme.objects.create(created_by=creator, **{**values, **changes})
