"""Read what coordinators have said about an organisation, and who is to say something next."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from diaspora_net.accounts import rules
from diaspora_net.accounts.models import Membership, Organisation, Remit, User, Verification
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.states import CHECKED_STATES, VerificationState
from diaspora_net.core.references import first_or_404
from diaspora_net.core.written import Asked


@dataclass(frozen=True)
class Opinions:
    """Where an organisation's verification stands for one viewer.

    ``open`` waits for a second coordinator. ``may_recommend`` and ``may_decide`` say what the viewer may do about it,
    ``seconds`` who else may decide, none when nobody is there; ``is_stale`` that who recommended it no longer may.
    """

    open: Verification | None
    is_first: bool
    may_recommend: bool
    may_decide: bool
    is_stale: bool
    seconds: tuple[User, ...]
    reaches_abroad: bool


def opinions_of(viewer: User, organisation: Organisation) -> Opinions:
    """Return where the verification of an organisation stands for ``viewer``. Queries: at most 10."""
    found = open_verification(organisation)
    may_check = rules.can_check_organisation(viewer, organisation)
    is_stale = found is not None and not rules.can_check_organisation(found.recommended_by, organisation)
    is_first = found is not None and found.recommended_by_id == viewer.pk
    first = found.recommended_by if found else viewer
    may_decide = found is not None and not is_stale and rules.can_decide_second(viewer, organisation, first)
    others = seconds_for(organisation, first)
    return Opinions(
        open=found,
        is_first=is_first,
        may_recommend=may_check and (found is None or is_stale) and organisation.state in CHECKED_STATES,
        may_decide=may_decide,
        is_stale=is_stale,
        seconds=tuple(others),
        reaches_abroad=not rules.others_check(organisation, first).exists(),
    )


def open_verification(organisation: Organisation) -> Verification | None:
    """Return the recommendation that waits for a second coordinator, or None. Queries: 1."""
    waiting = Verification.objects.filter(organisation=organisation, state=VerificationState.RECOMMENDED)
    return waiting.select_related("recommended_by").first()


def seconds_for(organisation: Organisation, first: User) -> QuerySet[User]:
    """Return who may decide about what ``first`` recommended, by name: the same as ``rules.can_decide_second``.

    Queries: 1 when read, and 1 before.
    """
    near = rules.others_check(organisation, first)
    team = Membership.objects.filter(organisation=organisation, left_at__isnull=True).values("user")
    remits = near if near.exists() else Remit.objects.filter(ended_at__isnull=True)
    people = User.objects.filter(pk__in=remits.values("user"), is_active=True)
    return people.exclude(pk__in=team).exclude(pk=first.pk).order_by("full_name", "pk")


def verifications_of(organisation: Organisation) -> QuerySet[Verification]:
    """Return every recommendation with who gave and decided it, newest first. Queries: 1 when read."""
    return Verification.objects.filter(organisation=organisation).select_related("recommended_by", "decided_by")


def waits_abroad(viewer: User | Asked) -> Q:
    """Return the condition that an organisation of any country waits for a decision that ``viewer`` may take.

    That is one whose country has no other coordinator than who recommended it; never one the viewer belongs to.
    """
    remits = Remit.objects.filter(country=OuterRef("country"), ended_at__isnull=True, user__is_active=True)
    members = Membership.objects.filter(organisation=OuterRef(OuterRef("pk")), left_at__isnull=True)
    first = Verification.objects.filter(organisation=OuterRef(OuterRef("pk")), state=VerificationState.RECOMMENDED)
    others = remits.exclude(user__in=members.values("user")).exclude(user__in=first.values("recommended_by"))
    waiting = Verification.objects.filter(organisation=OuterRef("pk"), state=VerificationState.RECOMMENDED)
    own = Membership.objects.filter(organisation=OuterRef("pk"), user=viewer, left_at__isnull=True)
    return Q(Exists(waiting.exclude(recommended_by=viewer)), ~Exists(others), ~Exists(own))


def get_organisation_to_check(viewer: User, reference: str) -> Organisation:
    """Return the organisation when it lies in ``viewer``'s remit or waits for the viewer's second opinion.

    Raises Http404 otherwise. Queries: 2.
    """
    countries = remit_countries(viewer)
    if not countries:
        raise Http404
    condition = Q(country__in=sorted(countries)) | waits_abroad(viewer)
    return first_or_404(Organisation.objects.filter(condition, reference=reference))


def is_from_elsewhere(viewer: User, organisation: Organisation) -> bool:
    """Say whether the viewer, who may check the organisation, coordinates other countries only. Queries: 1."""
    return organisation.country.code not in remit_countries(viewer)


def seconds_of(recommended: Mapping[int, int]) -> dict[int, list[User]]:
    """Return who may decide about each organisation, by its key; the values name who recommended it.

    The same as ``seconds_for``, for many. Queries: 3.
    """
    countries = dict(Organisation.objects.filter(pk__in=recommended).values_list("pk", "country"))
    remits = Remit.objects.filter(ended_at__isnull=True, user__is_active=True).select_related("user").order_by("user")
    teams: dict[int, set[int]] = defaultdict(set)
    members = Membership.objects.filter(organisation__in=recommended, left_at__isnull=True)
    for organisation, member in members.values_list("organisation", "user"):
        teams[organisation].add(member)
    everybody = list(remits)
    found = {}
    for organisation, first in recommended.items():
        able = [one for one in everybody if one.user_id != first and one.user_id not in teams[organisation]]
        near = [one for one in able if one.country == countries[organisation]]
        found[organisation] = list({one.user_id: one.user for one in near or able}.values())
    return found
