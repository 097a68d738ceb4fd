"""Who may do what with people and organisations. Each rule answers for one person and one object."""

from diaspora_net.accounts.models import Membership, Organisation, Remit, User
from diaspora_net.accounts.states import SPEAKING_ROLES, TRUSTED_STATES, MemberRole


def _open_membership(user: User, organisation: Organisation) -> Membership | None:
    return Membership.objects.filter(organisation=organisation, user=user, left_at__isnull=True).first()


def is_coordinator(user: User) -> bool:
    """Say whether the person has any remit. Queries: 1."""
    return Remit.objects.filter(user=user, ended_at__isnull=True).exists()


def coordinates(user: User, country: str) -> bool:
    """Say whether the person's remit covers ``country`` (ISO 3166-1 alpha-2). Queries: 1."""
    return Remit.objects.filter(user=user, country=country, ended_at__isnull=True).exists()


def mediates_pathways(user: User, country: str) -> bool:
    """Say whether the person's remit over ``country`` holds labour pathways, too. Queries: 1."""
    remits = Remit.objects.filter(user=user, country=country, ended_at__isnull=True)
    return remits.filter(mediates_pathways=True).exists()


def is_member(user: User, organisation: Organisation) -> bool:
    """Say whether the person belongs to the organisation, in any role. Queries: 1."""
    return _open_membership(user, organisation) is not None


def can_speak_for(user: User, organisation: Organisation) -> bool:
    """Say whether the person may post and answer for the organisation (owner or poster). Queries: 1."""
    membership = _open_membership(user, organisation)
    return membership is not None and membership.role in SPEAKING_ROLES


def can_manage_team(user: User, organisation: Organisation) -> bool:
    """Say whether the person may change who belongs to the organisation (owners). Queries: 1."""
    membership = _open_membership(user, organisation)
    return membership is not None and membership.role == MemberRole.OWNER


def can_check_organisation(user: User, organisation: Organisation) -> bool:
    """Say whether the person may verify the organisation: its country's coordinator, and never a member. Queries: 2."""
    return coordinates(user, organisation.country.code) and not is_member(user, organisation)


def is_trusted(organisation: Organisation) -> bool:
    """Say whether the organisation is verified, so that it may see experts and post needs."""
    return organisation.state in TRUSTED_STATES
