"""Who may do what with people and organisations. Each rule answers for one person and one object."""

from django.db.models import QuerySet

from diaspora_net.accounts.models import Membership, Organisation, Remit, User
from diaspora_net.accounts.states import KEEPING_STATES, SPEAKING_ROLES, TRUSTED_STATES, MemberRole


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


def can_decide_second(user: User, organisation: Organisation, first: User) -> bool:
    """Say whether the person may decide about an organisation that ``first`` recommended.

    Another coordinator of its country; where there is none, any other coordinator; never a member. Queries: at most 3.
    """
    if user.pk == first.pk or is_member(user, organisation):
        return False
    if coordinates(user, organisation.country.code):
        return True
    return is_coordinator(user) and not others_check(organisation, first).exists()


def others_check(organisation: Organisation, first: User | None = None) -> QuerySet[Remit]:
    """Return the remits over the organisation's country of active people who may check it, but for ``first``."""
    team = Membership.objects.filter(organisation=organisation, left_at__isnull=True)
    remits = Remit.objects.filter(country=organisation.country.code, ended_at__isnull=True, user__is_active=True)
    remits = remits.exclude(user__in=team.values("user"))
    return remits.exclude(user=first) if first else remits


def is_trusted(organisation: Organisation) -> bool:
    """Say whether the organisation is verified, so that it may see experts and post needs."""
    return organisation.state in TRUSTED_STATES


def keeps_needs(organisation: Organisation) -> bool:
    """Say whether what the organisation has opened stays open: it is verified, or its verification has lapsed."""
    return organisation.state in KEEPING_STATES
