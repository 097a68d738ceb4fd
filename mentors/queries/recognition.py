"""Read how skills were recognised: the expert's own, what a coordinator checks, and the steps that were moved."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.http import Http404

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.references import first_or_404
from mentors.models import ExpertProfile, ProfileSkill, RecognitionClaim
from mentors.rules import visible_fields
from mentors.states import ClaimState, Recognition, SkillStatus


@dataclass(frozen=True)
class Step:
    """How many experts' skills moved from one recognition to another in a year."""

    year: int
    before: Recognition
    after: Recognition
    count: int


def visible_claims(viewer: User) -> QuerySet[RecognitionClaim]:
    """Return the viewer's own claims, and those of experts from the countries the viewer coordinates.

    Queries when built: 1 (0 for nobody).
    """
    if not viewer.is_authenticated:
        return RecognitionClaim.objects.none()
    own = RecognitionClaim.objects.filter(profile__user=viewer)
    return RecognitionClaim.objects.filter(pk__in=(own.values("pk") | _of_remit(viewer).values("pk")))


def _of_remit(viewer: User) -> QuerySet[RecognitionClaim]:
    return RecognitionClaim.objects.filter(profile__origins__country__in=sorted(remit_countries(viewer)))


def get_claim(viewer: User, reference: str) -> RecognitionClaim:
    """Return the claim when ``viewer`` may see it, with expert and skill. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(visible_claims(viewer).select_related("profile__user", "skill").filter(reference=reference))


def claims_of(profile: ExpertProfile) -> list[RecognitionClaim]:
    """Return all claims of an expert with their skills, the newest first. Queries: 1."""
    return list(profile.recognition_claims.select_related("skill"))


def confirmed_recognition(viewer: User, profile: ExpertProfile) -> list[RecognitionClaim]:
    """Return who has recognised which skills of an expert, for whom may see the skills. Queries: at most 3."""
    if "skills" not in visible_fields(viewer, profile):
        return []
    return list(profile.recognition_claims.filter(state=ClaimState.CONFIRMED).select_related("skill"))


def claimable_skills(profile: ExpertProfile) -> list[tuple[int, str]]:
    """Return the ids and names of the profile's known skills for which no claim is checked or holds. Queries: 1."""
    live = RecognitionClaim.objects.filter(
        profile=profile, state__in=[ClaimState.CLAIMED, ClaimState.CONFIRMED]
    ).values("skill")
    items = ProfileSkill.objects.filter(content_object=profile, tag__status=SkillStatus.ACCEPTED).exclude(tag__in=live)
    return list(items.order_by("tag__name").values_list("tag", "tag__name"))


def claims_to_check(viewer: User) -> list[RecognitionClaim]:
    """Return the claims that wait for a coordinator of ``viewer``'s remit, the oldest first.

    Raises Http404 for others. Queries: 2.
    """
    if not remit_countries(viewer):
        raise Http404
    waiting = visible_claims(viewer).filter(state=ClaimState.CLAIMED).exclude(profile__user=viewer)
    return list(waiting.select_related("profile__user", "skill").order_by("claimed_at", "pk"))


def steps_moved(viewer: User) -> Sequence[Step]:
    """Return the steps that were confirmed for experts of ``viewer``'s remit, by year, the latest first.

    Those that ended later count, too: the step was moved. Queries: 2.
    """
    moved = RecognitionClaim.objects.filter(pk__in=_of_remit(viewer).values("pk"), decided_at__isnull=False)
    rows = (
        moved.exclude(state=ClaimState.DECLINED)
        .annotate(year=ExtractYear("decided_at"))
        .order_by("-year", "status_before", "status")
        .values_list("year", "status_before", "status")
        .annotate(count=Count("pk"))
    )
    return [Step(year, Recognition(before), Recognition(after), count) for year, before, after, count in rows]
