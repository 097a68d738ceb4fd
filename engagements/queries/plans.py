"""Read the assignment of a cohort as its coordinators see and change it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import Need, Plan, PlanEdge
from engagements.queries.cohort_fit import needs_of_cohort
from engagements.queries.programmes import run_by
from mentors.recommender.types import Match


@dataclass(frozen=True)
class Row:
    """One need of a plan: whom it gets, who could do it as well, and who was taken out."""

    need: Need
    chosen: list[PlanEdge]
    others: list[PlanEdge]
    barred: list[PlanEdge]

    @property
    def missing(self) -> int:
        """Return how many of its free places stay empty."""
        return max(0, self.need.places - self.need.places_taken - len(self.chosen))


@dataclass(frozen=True)
class Totals:
    """What a plan amounts to: pairs, its total, the best there is, and what became of the nominations."""

    pairs: int
    total: int
    best: int
    sent: int
    failed: int

    @property
    def lost(self) -> int:
        """Return how many of a hundred parts of the best total the changes cost, rounded up."""
        return -(-100 * max(0, self.best - self.total) // self.best) if self.best else 0


def get_plan(viewer: User, reference: str) -> Plan:
    """Return the plan when ``viewer`` runs its programme. Raises Http404 otherwise. Queries: 2."""
    plans = Plan.objects.filter(run_by(viewer, "cohort__programme__"))
    return first_or_404(plans.filter(reference=reference).select_related("cohort__programme"))


def totals_of(plan: Plan) -> Totals:
    """Add a plan up. Queries: 1."""
    counted: dict[str, Any] = PlanEdge.objects.filter(plan=plan, is_chosen=True).aggregate(
        pairs=Count("pk"),
        total=Sum("score", default=0),
        sent=Count("pk", filter=Q(proposal__isnull=False)),
        failed=Count("pk", filter=Q(proposal__isnull=True) & ~Q(problem="")),
    )
    return Totals(**counted, best=plan.best_total)


def needs_of_plan(plan: Plan) -> list[Need]:
    """Return the needs of a plan: those of its cohort that are open, and those it gave to somebody. Queries: 2."""
    assigned = Need.objects.filter(
        pk__in=PlanEdge.objects.filter(plan=plan, is_chosen=True).values("need")
    ).select_related("organisation")
    found = {need.pk: need for need in (*needs_of_cohort(plan.cohort), *assigned)}
    return sorted(found.values(), key=lambda need: (need.published_at is None, need.published_at, need.pk))


def rows_of(plan: Plan, needs: list[Need]) -> list[Row]:
    """Return the rows of these needs. Queries: 1."""
    edges = PlanEdge.objects.filter(plan=plan, need__in=needs).select_related("expert__user", "proposal")
    by_need: dict[int, list[PlanEdge]] = defaultdict(list)
    for edge in edges.order_by("-score", "pk"):
        by_need[edge.need_id].append(edge)
    return [
        Row(
            need,
            chosen=[edge for edge in by_need[need.pk] if edge.is_chosen],
            others=[edge for edge in by_need[need.pk] if not edge.is_chosen and not edge.is_barred],
            barred=[edge for edge in by_need[need.pk] if edge.is_barred],
        )
        for need in needs
    ]


def match_of(edge: PlanEdge) -> Match:
    """Return why a pair fits, as the coordinator may read it."""
    return Match.from_dict(edge.match)
