"""Read how evenly invitations fall on experts, who is shown, who is never asked, and how soon needs meet somebody."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries
from engagements.models import Proposal
from engagements.queries.first_contact import recent_first_contact
from engagements.queries.needs import open_needs
from engagements.queries.recommendations import experts_for_need
from engagements.states import ProposalOrigin
from mentors.models import ExpertProfile
from mentors.recommender.fairness import gini, least_gini
from mentors.states import Audience, ProfileState

PERIOD = timedelta(days=90)
LISTED = 10
# Lists are made to see who is shown; more needs than this would make the page slow.
MOST_NEEDS = 20


@dataclass(frozen=True)
class Exposed:
    """An expert and how often they were invited in the period, or stand in the lists of today."""

    profile: ExpertProfile
    count: int


@dataclass(frozen=True)
class Fairness:
    """The figures of ``countries``; ``needs_soon`` of ``needs_counted`` met somebody within seven days."""

    countries: tuple[str, ...]
    experts: int
    invitations: int
    gini: float
    most_invited: tuple[Exposed, ...]
    never_invited: int
    longest_waiting: tuple[ExpertProfile, ...]
    needs_counted: int
    needs_soon: int

    @property
    def least_gini(self) -> float:
        """Return what ``gini`` would be at best, with so many invitations for so many experts."""
        return least_gini(self.invitations, self.experts)

    @property
    def soon_share(self) -> float | None:
        """Return the share of needs with a first contact within seven days, None without needs."""
        return self.needs_soon / self.needs_counted if self.needs_counted else None


def fairness_of(viewer: User) -> Fairness:
    """Return the figures of the countries that ``viewer`` coordinates. Raises Http404 for others. Queries: 8."""
    countries = remit_countries(viewer)
    if not countries:
        raise Http404
    return fairness_in(countries)


def fairness_in(countries: Collection[str] | None) -> Fairness:
    """Return the figures of these countries (ISO 3166-1 alpha-2), None for all.

    Counted are published experts whom institutions may find, by country of origin, and their invitations of 90 days.
    Queries: 7.
    """
    experts = _findable(countries)
    recent = Q(proposals__origin=ProposalOrigin.INVITATION, proposals__sent_at__gt=timezone.now() - PERIOD)
    counts = dict(experts.annotate(invited=Count("proposals", filter=recent)).values_list("pk", "invited"))
    top = sorted((pk for pk in counts if counts[pk]), key=lambda pk: (-counts[pk], pk))[:LISTED]
    known = ExpertProfile.objects.select_related("user").in_bulk(top)
    ever = Proposal.objects.filter(expert=OuterRef("pk"), origin=ProposalOrigin.INVITATION)
    never = experts.filter(~Exists(ever)).select_related("user").order_by("published_at", "pk")
    contact = recent_first_contact(None if countries is None else frozenset(countries))
    return Fairness(
        countries=tuple(sorted(countries or ())),
        experts=len(counts),
        invitations=sum(counts.values()),
        gini=round(gini(counts.values()), 3),
        most_invited=tuple(Exposed(known[pk], counts[pk]) for pk in top),
        never_invited=never.count(),
        longest_waiting=tuple(never[:LISTED]),
        needs_counted=contact.needs,
        needs_soon=contact.soon,
    )


def shown_today(viewer: User) -> list[Exposed]:
    """Return who stands most often among the ten of the lists of the newest open needs, at most 20 of them.

    Http404 for whoever coordinates nothing. Queries: 2, and at most 32 for each need.
    """
    countries = remit_countries(viewer)
    if not countries:
        raise Http404
    newest = open_needs().filter(organisation__country__in=sorted(countries)).order_by("-published_at", "pk")
    shown: Counter[ExpertProfile] = Counter()
    for need in newest[:MOST_NEEDS]:
        shown.update(one.profile for one in experts_for_need(viewer, need))
    ordered: Sequence[tuple[ExpertProfile, int]] = sorted(shown.items(), key=lambda pair: (-pair[1], pair[0].pk))
    return [Exposed(profile, count) for profile, count in ordered[:LISTED]]


def _findable(countries: Collection[str] | None) -> QuerySet[ExpertProfile]:
    experts = ExpertProfile.objects.filter(
        state=ProfileState.PUBLISHED, audience=Audience.ORGANISATIONS, user__is_active=True
    )
    if countries is None:
        return experts
    tied = ExpertProfile.objects.filter(origins__country__in=sorted(countries)).values("pk")
    return experts.filter(pk__in=tied)
