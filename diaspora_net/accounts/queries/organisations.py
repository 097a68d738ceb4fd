"""Read organisations; ``visible_organisations`` is the one place that says who may see which."""

from datetime import datetime
from functools import cache
from itertools import takewhile

from babel import Locale, UnknownLocaleError
from django.db.models import Q, QuerySet

from diaspora_net.accounts.models import Membership, Organisation, OrganisationDecision, User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.states import KEEPING_STATES, RENEWING_STATES, SPEAKING_ROLES, OrganisationState
from diaspora_net.core.references import first_or_404

DAY_STARTS, DAY_ENDS = 8 * 60, 17 * 60


def visible_organisations(viewer: User) -> QuerySet[Organisation]:
    """Return what ``viewer`` may see: those verified now or lately, their own, and all of their remit's countries."""
    if not viewer.is_authenticated:
        return Organisation.objects.none()
    return Organisation.objects.filter(
        Q(state__in=sorted(KEEPING_STATES))
        | Q(pk__in=Membership.objects.filter(user=viewer, left_at__isnull=True).values("organisation"))
        | Q(country__in=sorted(remit_countries(viewer)))
    )


def suspended_since(organisation: Organisation) -> datetime | None:
    """Return since when an organisation that is verified again was suspended; None when it was not. Queries: 1."""
    decided = organisation.decisions.filter(state__in=[OrganisationState.VERIFIED, OrganisationState.SUSPENDED])
    earlier = decided.order_by("-pk").values_list("state", "decided_at")[1:]
    suspended = list(takewhile(lambda row: row[0] == OrganisationState.SUSPENDED, earlier))
    return suspended[-1][1] if suspended else None


def get_organisation(viewer: User, reference: str) -> Organisation:
    """Return the organisation when ``viewer`` may see it. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(visible_organisations(viewer).filter(reference=reference))


def get_own_organisation(viewer: User, reference: str) -> Organisation:
    """Return the organisation when ``viewer`` belongs to it. Raises Http404 otherwise. Queries: 1."""
    return first_or_404(
        Organisation.objects.filter(reference=reference, memberships__user=viewer, memberships__left_at__isnull=True)
    )


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Return the present members with their people, owners first. Queries: 1 when read."""
    return (
        Membership.objects.filter(organisation=organisation, left_at__isnull=True)
        .select_related("user")
        .order_by("role", "joined_at", "pk")
    )


def get_membership(organisation: Organisation, membership_id: int) -> Membership:
    """Return a present membership of this organisation. Raises Http404 otherwise. Queries: 1."""
    return first_or_404(members_of(organisation).filter(pk=membership_id))


def speakers_of(organisation: Organisation) -> QuerySet[User]:
    """Return the active people who may speak for the organisation."""
    return User.objects.filter(
        memberships__organisation=organisation,
        memberships__left_at__isnull=True,
        memberships__role__in=sorted(SPEAKING_ROLES),
        is_active=True,
    ).order_by("full_name", "pk")


def decisions_about(organisation: Organisation) -> QuerySet[OrganisationDecision]:
    """Return what coordinators decided, newest first, with who decided. Queries: 1 when read."""
    return (
        OrganisationDecision.objects.filter(organisation=organisation)
        .select_related("decided_by")
        .order_by("-decided_at")
    )


def documents_asked_for(organisation: Organisation) -> str:
    """Return what the coordinator wrote when asking for documents, empty unless that is what it waits for.

    Queries: at most 1.
    """
    asked = open_request(organisation)
    return asked.reason if asked else ""


def open_request(organisation: Organisation) -> OrganisationDecision | None:
    """Return the request for documents that the organisation has not answered, or None. Queries: at most 1."""
    asked = decisions_about(organisation).filter(state=OrganisationState.DOCUMENTS_REQUESTED)
    if organisation.state in RENEWING_STATES and organisation.facts_confirmed_at is None:
        return asked.filter(decided_at__gte=organisation.renewal_asked_at).first()
    return asked.first() if organisation.state == OrganisationState.DOCUMENTS_REQUESTED else None


def working_week(country: str) -> list[tuple[int, int, int]]:
    """Return usual working hours on the clocks of ``country``: (weekday, start minute, end minute), Monday being 0.

    Working days are the country's by CLDR (Friday and Saturday are the weekend in some); 08:00 to 17:00 is assumed.
    """
    first, last = weekend_of(country)
    weekend = {first, last} if first <= last else {*range(first, 7), *range(last + 1)}
    return [(day, DAY_STARTS, DAY_ENDS) for day in range(7) if day not in weekend]


@cache
def weekend_of(country: str) -> tuple[int, int]:
    """Return first and last day of the weekend in ``country`` by CLDR; Saturday and Sunday where it is silent."""
    try:
        locale = Locale.parse(f"und_{country}")
    except (UnknownLocaleError, ValueError):
        return 5, 6
    return locale.weekend_start, locale.weekend_end
