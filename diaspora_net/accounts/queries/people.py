"""Read people and what they are here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from diaspora_net.accounts.models import Membership, Organisation, Remit, User
from diaspora_net.accounts.states import SPEAKING_ROLES


@dataclass(frozen=True)
class Roles:
    """What a person is here besides being an expert: their remit's countries and the organisations they belong to.

    ``organisations`` are references, the oldest membership first.
    """

    countries: frozenset[str]
    organisations: tuple[str, ...]

    @property
    def is_coordinator(self) -> bool:
        """Say whether the person has a remit."""
        return bool(self.countries)


def roles_of(user: User) -> Roles:
    """Return what the person is here. Queries: 2."""
    organisations = memberships_of(user).values_list("organisation__reference", flat=True)
    return Roles(countries=remit_countries(user), organisations=tuple(organisations))


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the person's memberships with their organisations, the oldest first. Queries: 1 when read."""
    present = Membership.objects.filter(user=user, left_at__isnull=True)
    return present.select_related("organisation").order_by("joined_at", "pk")


def remit_countries(user: User) -> frozenset[str]:
    """Return the countries the person coordinates, as ISO 3166-1 alpha-2 codes. Queries: 1 (0 for nobody)."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(
        str(code) for code in Remit.objects.filter(user=user, ended_at__isnull=True).values_list("country", flat=True)
    )


def pathway_countries(user: Any) -> QuerySet[Remit, Any]:
    """Return the countries whose labour pathways the person mediates, to be used inside of another query."""
    known = user.pk if user.is_authenticated else None
    return Remit.objects.filter(user=known, ended_at__isnull=True, mediates_pathways=True).values("country")


def coordinators_of(country: str) -> QuerySet[User]:
    """Return the active people whose remit covers ``country``."""
    return User.objects.filter(remits__country=country, remits__ended_at__isnull=True, is_active=True).order_by("pk")


def colleagues_of(countries: Collection[str]) -> QuerySet[User]:
    """Return the active people whose remit covers one of ``countries``, by name. Queries: 1 when read."""
    covered = Remit.objects.filter(country__in=sorted(countries), ended_at__isnull=True).values("user")
    return User.objects.filter(pk__in=covered, is_active=True).order_by("full_name", "pk")


def any_coordinates(people: Sequence[User]) -> bool:
    """Say whether somebody of ``people`` has a remit. Queries: 1."""
    return Remit.objects.filter(user__in=[person.pk for person in people], ended_at__isnull=True).exists()


def speaking_organisations(user: User) -> QuerySet[Organisation]:
    """Return the organisations the person may post and answer for, by name."""
    return Organisation.objects.filter(
        memberships__user=user, memberships__left_at__isnull=True, memberships__role__in=sorted(SPEAKING_ROLES)
    ).order_by("name")


def person_by_email(email: str) -> User | None:
    """Return the active person with this address, or None. Queries: 1."""
    return User.objects.filter(email__iexact=email.strip(), is_active=True).first()
