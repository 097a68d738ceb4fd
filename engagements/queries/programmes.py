"""Read programmes; ``visible_programmes`` is the one place that says who may see which."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.people import pathway_countries, remit_countries, speaking_organisations
from diaspora_net.core.references import first_or_404
from engagements.models import Cohort, Engagement, Member, Need, Plan, Programme
from engagements.queries.eligibility import Check, checks_of_expert, checks_of_organisation, fits
from engagements.states import (
    COHORT_TRANSITIONS,
    COMPLETED_ENGAGEMENT_STATES,
    LIVE_MEMBER_STATES,
    OPEN_NEED_STATES,
    RUNNING_STATES,
    CohortStage,
    MemberState,
    NeedState,
    ProgrammeKind,
    ProgrammeState,
)
from mentors.models import ExpertProfile
from mentors.queries.profiles import own_profile

# So many needs are offered at once for being put into a cohort.
MOST_OFFERED = 200


def visible_programmes(viewer: Any) -> QuerySet[Programme]:
    """Return what ``viewer`` may see: running programmes for everybody, but pathways; what they take part in; and all
    of their own remit.

    Queries when built: 1 (0 for nobody).
    """
    public = Q(state=ProgrammeState.RUNNING) & ~Q(kind=ProgrammeKind.PATHWAY)
    if not viewer.is_authenticated:
        return Programme.objects.filter(public)
    own = memberships_of(viewer).filter(programme=OuterRef("pk"))
    return Programme.objects.filter(public | Exists(own) | run_by(viewer))


def run_by(viewer: Any, path: str = "") -> Q:
    """Return the condition that ``viewer`` runs a programme, or the one at ``path`` (with ``__``); the same as
    ``rules.programmes.can_run_programme``, for many. Queries: 1 (0 for nobody).
    """
    countries, pathways = sorted(remit_countries(viewer)), pathway_countries(viewer)
    is_pathway = Q(**{f"{path}kind": ProgrammeKind.PATHWAY})
    return (Q(**{f"{path}country__in": countries}) & ~is_pathway) | (Q(**{f"{path}country__in": pathways}) & is_pathway)


def memberships_of(viewer: User) -> QuerySet[Member]:
    """Return the live memberships of the viewer and of the organisations they speak for."""
    return Member.objects.filter(
        Q(expert__user=viewer) | Q(organisation__in=speaking_organisations(viewer).order_by().values("pk")),
        state__in=sorted(LIVE_MEMBER_STATES),
    )


def programmes_of_remit(viewer: Any) -> QuerySet[Programme]:
    """Return the programmes that ``viewer`` runs, newest first. Queries when built: 1 (0 for nobody)."""
    return Programme.objects.filter(run_by(viewer))


def get_programme_to_run(viewer: User, reference: str) -> Programme:
    """Return the programme when ``viewer`` runs it. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(programmes_of_remit(viewer).filter(reference=reference))


def get_cohort_to_run(viewer: User, reference: str) -> Cohort:
    """Return the cohort when ``viewer`` runs its programme. Raises Http404 otherwise. Queries: 2."""
    cohorts = Cohort.objects.filter(run_by(viewer, "programme__"))
    return first_or_404(cohorts.filter(reference=reference).select_related("programme"))


def get_member_to_run(viewer: User, reference: str) -> Member:
    """Return the membership when ``viewer`` runs its programme. Raises Http404 otherwise. Queries: 2."""
    members = Member.objects.filter(run_by(viewer, "programme__"))
    joined = members.select_related("programme", "cohort", "expert__user", "organisation")
    return first_or_404(joined.filter(reference=reference))


def get_own_member(viewer: User, reference: str) -> Member:
    """Return the viewer's own live membership. Raises Http404 otherwise. Queries: 1."""
    joined = memberships_of(viewer).select_related("programme", "cohort", "expert", "organisation")
    return first_or_404(joined.filter(reference=reference))


def get_programme(viewer: Any, reference: str) -> Programme:
    """Return the programme when ``viewer`` may see it. Raises Http404 otherwise. Queries: 2 (1 for nobody)."""
    return first_or_404(visible_programmes(viewer).filter(reference=reference))


def running_programmes(viewer: Any) -> list[Programme]:
    """Return the running programmes the viewer may see, newest first, with their countries. Queries: 2 or 3."""
    programmes = visible_programmes(viewer).filter(state=ProgrammeState.RUNNING)
    return list(programmes.prefetch_related("countries").order_by("-started_at", "pk"))


def run_list(viewer: User) -> QuerySet[Programme]:
    """Return the programmes the viewer runs, running ones first, with countries, ``member_count`` and ``waiting``.

    Queries: 1 for the remit, 2 when read.
    """
    is_running = Q(state=ProgrammeState.RUNNING)
    rows = programmes_of_remit(viewer).annotate(
        is_running=is_running,
        member_count=Count("members", filter=Q(members__state=MemberState.MEMBER)),
        waiting=Count("members", filter=Q(members__state=MemberState.APPLIED)),
    )
    return rows.prefetch_related("countries").order_by("-is_running", "-created_at", "pk")


@dataclass(frozen=True)
class Numbers:
    """How a programme stands: who takes part, and what is open, under way and done."""

    experts: int
    organisations: int
    needs: int
    open_needs: int
    running: int
    completed: int


def numbers_of(programme: Programme) -> Numbers:
    """Count a programme. Queries: 3."""
    members = Member.objects.filter(programme=programme, state=MemberState.MEMBER).aggregate(
        experts=Count("pk", filter=Q(expert__isnull=False)),
        organisations=Count("pk", filter=Q(organisation__isnull=False)),
    )
    needs = Need.objects.filter(programme=programme).aggregate(
        needs=Count("pk"), open_needs=Count("pk", filter=Q(state__in=sorted(OPEN_NEED_STATES)))
    )
    work = Engagement.objects.filter(need__programme=programme).aggregate(
        running=Count("pk", filter=Q(state__in=sorted(RUNNING_STATES))),
        completed=Count("pk", filter=Q(state__in=sorted(COMPLETED_ENGAGEMENT_STATES))),
    )
    return Numbers(**members, **needs, **work)


@dataclass(frozen=True)
class Round:
    """A cohort with who is in it, who wants in, its needs, and the stages it can go to."""

    cohort: Cohort
    members: list[Member]
    applicants: list[Member]
    needs: list[Need]
    steps: list[CohortStage]
    plan: Plan | None


def rounds_of(programme: Programme) -> list[Round]:
    """Return the cohorts of a programme with everything in them. Queries: 4."""
    people = Member.objects.filter(state__in=sorted(LIVE_MEMBER_STATES)).select_related("expert__user", "organisation")
    needs = Need.objects.select_related("organisation").order_by("-created_at", "pk")
    cohorts = Cohort.objects.filter(programme=programme).prefetch_related(
        "plans", Prefetch("members", people), Prefetch("needs", needs)
    )
    return [
        Round(
            cohort,
            members=[one for one in cohort.members.all() if one.state == MemberState.MEMBER],
            applicants=[one for one in cohort.members.all() if one.state == MemberState.APPLIED],
            needs=list(cohort.needs.all()),
            steps=[CohortStage(to) for to in sorted(COHORT_TRANSITIONS[cohort.state])],
            plan=next(iter(cohort.plans.all()), None),
        )
        for cohort in cohorts
    ]


def needs_to_place(viewer: User, programme: Programme) -> list[Need]:
    """Return the needs the viewer may put into a programme: of their remit and its countries, in no programme.

    At most 200, newest first. Queries: 3.
    """
    places = {row.country.code for row in programme.countries.all()} & remit_countries(viewer)
    over = [NeedState.DRAFT, NeedState.CLOSED, NeedState.WITHDRAWN, NeedState.REJECTED]
    needs = Need.objects.filter(organisation__country__in=sorted(places), programme__isnull=True)
    return list(
        needs.exclude(state__in=over).select_related("organisation").order_by("-created_at", "pk")[:MOST_OFFERED]
    )


@dataclass(frozen=True)
class Part:
    """How somebody stands with a programme: an expert or one of their organisations, and each rule."""

    organisation: Organisation | None
    profile: ExpertProfile | None
    checks: list[Check]
    member: Member | None

    @property
    def fits(self) -> bool:
        """Say whether every rule is met."""
        return fits(self.checks)


def parts_of(viewer: Any, programme: Programme) -> list[Part]:
    """Return how the viewer could take part: as an expert, and for each organisation they speak for.

    Queries: 3, at most 12 for the expert and 3 for each organisation. Empty for nobody.
    """
    if not viewer.is_authenticated:
        return []
    live = list(memberships_of(viewer).filter(programme=programme).select_related("cohort"))
    by_expert = {one.expert_id: one for one in live}
    by_organisation = {one.organisation_id: one for one in live}
    parts = []
    if profile := own_profile(viewer):
        member = by_expert.get(profile.pk)
        parts.append(Part(None, profile, checks_of_expert(programme, profile), member))
    for organisation in speaking_organisations(viewer):
        checks = checks_of_organisation(programme, organisation)
        parts.append(Part(organisation, None, checks, by_organisation.get(organisation.pk)))
    return parts
