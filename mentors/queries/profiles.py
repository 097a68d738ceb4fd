"""Read expert profiles. Who sees what of whom is said once, in ``mentors.rules.visible_fields``."""

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from mentors.models import ExpertProfile
from mentors.payloads import card_parts
from mentors.rules import COORDINATED_STATES, Standing, standing_of, visible_fields
from mentors.states import Audience, ProfileState

__all__ = [
    "Standing",
    "get_own_profile",
    "get_profile",
    "has_profile",
    "missing_for_publishing",
    "missing_steps",
    "own_profile",
    "own_profile_with_parts",
    "standing_of",
    "visible_fields",
    "visible_profiles",
    "with_card_parts",
    "with_line_parts",
]


def visible_profiles(viewer: User) -> QuerySet[ExpertProfile]:
    """Return the profiles of which ``viewer`` sees anything, without those they know as a counterpart.

    Queries: 2 before it is read.

    The same rule as ``visible_fields``, said to the database.
    """
    standing = standing_of(viewer)
    if standing.user_id is None:
        return ExpertProfile.objects.none()
    seen = Q(user=standing.user_id)
    active = Q(user__is_active=True)
    if standing.remit:
        coordinated = ExpertProfile.objects.filter(origins__country__in=sorted(standing.remit)).values("pk")
        seen |= active & Q(state__in=sorted(COORDINATED_STATES), pk__in=coordinated)
    if standing.speaks_for_verified:
        seen |= active & Q(state=ProfileState.PUBLISHED, audience=Audience.ORGANISATIONS)
    return ExpertProfile.objects.filter(seen)


def get_profile(viewer: User, reference: str) -> ExpertProfile:
    """Return the profile with its card's parts when ``viewer`` may see it. Raises Http404 otherwise. Queries: 7."""
    return first_or_404(with_card_parts(visible_profiles(viewer)).filter(reference=reference))


def own_profile(user: User) -> ExpertProfile | None:
    """Return the person's own profile, or None. Queries: 1 (0 for nobody)."""
    if not user.is_authenticated:
        return None
    return ExpertProfile.objects.filter(user=user.pk).select_related("user").first()


def has_profile(user: User) -> bool:
    """Say whether the person has a profile, in whatever state. Queries: 1."""
    return ExpertProfile.objects.filter(user=user.pk).exists()


def own_profile_with_parts(user: User) -> ExpertProfile | None:
    """Return the person's own profile with what its card and forms show, or None. Queries: 5 (1 when there is none)."""
    return with_card_parts(ExpertProfile.objects.filter(user=user.pk)).first()


def get_own_profile(user: User) -> ExpertProfile:
    """Return the person's own profile. Raises Http404 when they have none. Queries: 1."""
    profile = own_profile(user)
    if profile is None:
        raise Http404
    return profile


def with_card_parts(profiles: QuerySet[ExpertProfile]) -> QuerySet[ExpertProfile]:
    """Load what a profile's card shows. Queries: 6 when read, whatever the number of profiles."""
    return profiles.select_related("user").prefetch_related(*card_parts())


def with_line_parts(profiles: QuerySet[ExpertProfile]) -> QuerySet[ExpertProfile]:
    """Load what a line on a profile in a list shows. Queries: 2 when read, whatever the number of profiles."""
    return profiles.select_related("user").prefetch_related("origins")


def missing_steps(profile: ExpertProfile) -> list[tuple[str, Promise]]:
    """Return what the profile lacks for publishing, as (step of the form, words), in the order of the steps.

    Queries: 4 at most.
    """
    checks = [
        ("identity", _("your name"), bool(profile.user.full_name)),
        ("identity", _("the country you live in"), bool(profile.residence)),
        ("identity", _("a country of origin"), bool(profile.origins.all())),
        ("skills", _("a skill"), bool(profile.skill_items.all())),
        ("languages", _("a language"), bool(profile.languages.all())),
    ]
    return [(step, words) for step, words, is_there in checks if not is_there]


def missing_for_publishing(profile: ExpertProfile) -> list[str]:
    """Return in words what the profile lacks for publishing; empty when it may be published. Queries: 4 at most."""
    return [str(words) for _step, words in missing_steps(profile)]
