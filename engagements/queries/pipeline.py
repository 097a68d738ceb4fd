"""The pipeline: the proposals and engagements, needs or institutions of a coordinator's countries, as one queryset.

Table, board, calendar, file and saved views all read what ``pipeline`` returns. Each row carries ``step``,
``step_since`` (when it came there), ``waits_since`` (by which its target is measured), ``late_at`` (when it is over
target; empty when nothing waits) and ``owner_id``. A proposal and the engagement that follows from it are one row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    DurationField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from diaspora_net.accounts.models import Organisation, OrganisationDecision, User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.states import OrganisationState
from engagements.models import Need, NeedSkill, Programme, Proposal
from engagements.queries.activity import last_activity
from engagements.rules.activity import RISK_STATES
from engagements.states import LIVE_PROPOSAL_STATES, OPEN_PROPOSAL_STATES, RESTING_STATES, NeedState
from engagements.states.pipeline import (
    NEED_ENDS,
    NEED_TARGETS,
    ORGANISATION_ENDS,
    ORGANISATION_TARGETS,
    STATES_OF_NEEDS,
    STATES_OF_WORK,
    WORK_ENDS,
    WORK_TARGETS,
    NeedStep,
    PipelineOf,
    WorkStep,
)
from mentors.models import ExpertProfile
from mentors.queries.relations import family_of
from mentors.queries.skills import search_skills

NO_OWNER, MINE = "none", "me"
# Where the rows of each kind hold what a filter names; a filter that a kind does not have asks nothing of it.
FIELDS: dict[str, dict[str, str]] = {
    PipelineOf.WORK: {
        "step": "step",
        "country": "need__organisation__country",
        "residence": "expert__residence",
        "organisation": "need__organisation__reference",
        "programme": "need__programme__reference",
        "kind": "need__kind",
        "modality": "need__modality",
        "urgent": "need__is_urgent",
    },
    PipelineOf.NEEDS: {
        "step": "step",
        "country": "organisation__country",
        "organisation": "organisation__reference",
        "programme": "programme__reference",
        "kind": "kind",
        "modality": "modality",
        "urgent": "is_urgent",
    },
    PipelineOf.ORGANISATIONS: {"step": "step", "country": "country", "organisation": "reference", "kind": "kind"},
}
WORDS: dict[str, tuple[str, ...]] = {
    PipelineOf.WORK: ("need__title", "need__organisation__name", "expert__user__full_name"),
    PipelineOf.NEEDS: ("title", "organisation__name"),
    PipelineOf.ORGANISATIONS: ("name", "city"),
}


@dataclass(frozen=True)
class PipelineFilters:
    """What the pipeline's address asks for; empty means everything.

    ``owner`` is ``me``, ``none`` or a person's public id; ``days`` the least age in the step, ``quiet_days`` the least
    time without any act or message; ``skill`` a skill in words, with everything narrower.
    """

    of: str = PipelineOf.WORK
    text: str = ""
    step: str = ""
    country: str = ""
    residence: str = ""
    organisation: str = ""
    programme: str = ""
    skill: str = ""
    owner: str = ""
    kind: str = ""
    modality: str = ""
    days: int = 0
    quiet_days: int = 0
    late: bool = False
    at_risk: bool = False
    urgent: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return what is asked for, without what is left empty; ``of`` always."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value or name == "of"}


def pipeline(viewer: User, filters: PipelineFilters) -> QuerySet[Any]:
    """Return the rows of the viewer's countries that fit: what is most over its target first, what is over last.

    Proposals, or needs or institutions when ``filters.of`` says so. Raises Http404 for somebody without a remit.
    Queries: 1 for the remit, up to 4 for a skill, 1 when read.
    """
    return rows_of(viewer, remit_countries(viewer), filters)


def rows_of(viewer: User, countries: frozenset[str], filters: PipelineFilters) -> QuerySet[Any]:
    """Do what ``pipeline`` does for countries that are known already."""
    if not countries:
        raise Http404
    of = filters.of if filters.of in KINDS else PipelineOf.WORK
    rows_in, ends = KINDS[of]
    rows = _filtered(viewer, of, rows_in(countries), filters)
    is_over = Case(When(step__in=sorted(ends), then=1), default=0)
    return rows.order_by(is_over, F("late_at").asc(nulls_last=True), "-step_since", "pk")


# Each step with the condition by which the database knows it. What depends on the step asks for these: to ask for
# ``step`` would write all of them again in each place.
_WORK = (
    *((step, Q(engagement__state__in=states)) for step, states in STATES_OF_WORK.items()),
    (WorkStep.PROPOSED, Q(state__in=sorted(OPEN_PROPOSAL_STATES))),
)
_NEEDS = tuple((step, Q(state__in=states)) for step, states in STATES_OF_NEEDS.items())
_ORGANISATIONS = tuple((state, Q(state=state)) for state in ORGANISATION_TARGETS)


def _by_step(steps: Iterable[tuple[str, Q]], values: Mapping[Any, Any], otherwise: Any, field: Any) -> Case:
    whens = [When(condition, then=values[step]) for step, condition in steps if step in values]
    return Case(*whens, default=otherwise, output_field=field)


def _late_at(steps: Iterable[tuple[str, Q]], targets: Mapping[str, int], *, but: Q | None = None) -> Case:
    """Return when a row is over its step's target, nothing without a target and where ``but`` holds."""
    spans = {step: Value(timedelta(days=days)) for step, days in targets.items()}
    late_at = F("waits_since") + _by_step(steps, spans, Value(None), DurationField(null=True))
    return Case(*([When(but, then=None)] if but else []), default=late_at, output_field=DateTimeField(null=True))


def work_rows(countries: frozenset[str]) -> QuerySet[Proposal]:
    """Return the proposals to institutions of ``countries`` with the engagements that follow from them."""
    agreed = Greatest("engagement__expert_agreed_at", "engagement__institution_agreed_at")
    since = {
        WorkStep.PROPOSED: F("waiting_since"),
        WorkStep.INTRODUCED: F("engagement__created_at"),
        WorkStep.AGREED: Coalesce(agreed, "engagement__created_at"),
        WorkStep.UNDER_WAY: Coalesce("engagement__started_at", agreed, "engagement__created_at"),
        WorkStep.REPORTING: Coalesce("engagement__wrapping_up_at", "engagement__last_activity_at"),
    }
    over_since = Coalesce("engagement__ended_at", "answered_at", "sent_at")
    is_under_way = Q(engagement__state__in=STATES_OF_WORK[WorkStep.UNDER_WAY])
    return (
        Proposal.objects.filter(need__organisation__country__in=sorted(countries), need__is_pathway=False)
        .select_related(
            "need__organisation", "expert__user", "engagement__conversation", "case__owner", "need__case__owner"
        )
        .annotate(
            step=_by_step(_WORK, {step: Value(step) for step in WorkStep}, Value(WorkStep.CLOSED), CharField()),
            quiet_since=Coalesce(last_activity("engagement__"), F("answered_at"), F("sent_at")),
            owner_id=Coalesce("case__owner", "need__case__owner"),
            step_since=_by_step(_WORK, since, over_since, DateTimeField()),
        )
        .annotate(waits_since=Case(When(is_under_way, then="quiet_since"), default="step_since"))
        .annotate(late_at=_late_at(_WORK, WORK_TARGETS, but=Q(engagement__state__in=sorted(RESTING_STATES))))
    )


def need_rows(countries: frozenset[str]) -> QuerySet[Need]:
    """Return the needs of ``countries`` but drafts; ``is_unanswered`` says that nobody was found for one."""
    live = Proposal.objects.filter(need=OuterRef("pk"), state__in=sorted(LIVE_PROPOSAL_STATES))
    since = {
        NeedStep.IN_CHECK: Coalesce("submitted_at", "created_at"),
        NeedStep.CLOSED: Coalesce("closed_at", "submitted_at", "created_at"),
    }
    is_answered = Q(state__in=STATES_OF_NEEDS[NeedStep.OPEN], is_unanswered=False)
    return (
        Need.objects.filter(organisation__country__in=sorted(countries), is_pathway=False)
        .exclude(state=NeedState.DRAFT)
        .select_related("organisation", "case__owner")
        .annotate(
            step=_by_step(_NEEDS, {step: Value(step) for step in NeedStep}, Value(NeedStep.CLOSED), CharField()),
            is_unanswered=~Exists(live),
            owner_id=F("case__owner"),
            step_since=_by_step(_NEEDS, since, Coalesce("published_at", "created_at"), DateTimeField()),
        )
        .annotate(waits_since=F("step_since"), quiet_since=F("step_since"))
        .annotate(late_at=_late_at(_NEEDS, NEED_TARGETS, but=is_answered))
    )


def organisation_rows(countries: frozenset[str]) -> QuerySet[Organisation]:
    """Return the institutions of ``countries``; the step of each is its state."""
    decided = OrganisationDecision.objects.filter(organisation=OuterRef("pk"), state=OuterRef("state"))
    since = Case(
        When(state=OrganisationState.APPLIED, then="applied_at"),
        When(state=OrganisationState.VERIFIED, then="verified_at"),
        When(state=OrganisationState.RENEWAL_DUE, then=Coalesce("renewal_asked_at", "verified_at")),
        When(state=OrganisationState.LAPSED, then=Cast("verified_until", DateTimeField())),
        default=Coalesce(Subquery(decided.order_by("-decided_at").values("decided_at")[:1]), "applied_at"),
        output_field=DateTimeField(),
    )
    rows = (
        Organisation.objects.filter(country__in=sorted(countries))
        .select_related("case__owner")
        .annotate(step=F("state"), owner_id=F("case__owner"), step_since=since)
        .annotate(waits_since=F("step_since"), quiet_since=F("step_since"))
    )
    return rows.annotate(late_at=_late_at(_ORGANISATIONS, ORGANISATION_TARGETS))


RowsIn = Callable[[frozenset[str]], QuerySet[Any]]
# How the rows of each kind are found, and the steps in which they are over.
KINDS: dict[str, tuple[RowsIn, frozenset[Any]]] = {
    PipelineOf.WORK: (work_rows, WORK_ENDS),
    PipelineOf.NEEDS: (need_rows, NEED_ENDS),
    PipelineOf.ORGANISATIONS: (organisation_rows, ORGANISATION_ENDS),
}


def residences(countries: frozenset[str]) -> list[str]:
    """Return where the experts of the rows of ``countries`` live (ISO 3166-1 alpha-2). Queries: 1."""
    experts = Proposal.objects.filter(need__organisation__country__in=sorted(countries)).values("expert")
    lived_in = ExpertProfile.objects.filter(pk__in=experts).exclude(residence="")
    return sorted({str(code) for code in lived_in.values_list("residence", flat=True)})


def programmes_in_use(countries: frozenset[str]) -> list[Programme]:
    """Return the programmes to which needs of ``countries`` belong, by name. Queries: 1."""
    needs = Need.objects.filter(organisation__country__in=sorted(countries), programme__isnull=False)
    return list(Programme.objects.filter(pk__in=needs.values("programme")).order_by("name", "pk"))


def _filtered(viewer: User, of: str, rows: QuerySet[Any], filters: PipelineFilters) -> QuerySet[Any]:
    asked, now, wanted = filters.as_dict(), timezone.now(), Q()
    if filters.text:
        found = Q()
        for name in WORDS[of]:
            found |= Q(**{f"{name}__icontains": filters.text})
        wanted &= found
    wanted &= Q(**{field: asked[name] for name, field in FIELDS[of].items() if name in asked})
    if filters.days:
        wanted &= Q(step_since__lt=now - timedelta(days=filters.days))
    if filters.quiet_days:
        wanted &= Q(quiet_since__lt=now - timedelta(days=filters.quiet_days))
    if filters.late:
        wanted &= Q(late_at__lt=now)
    if filters.at_risk and of == PipelineOf.WORK:
        wanted &= Q(engagement__state__in=sorted(RISK_STATES), engagement__at_risk_at__gt=F("quiet_since"))
    if filters.owner:
        wanted &= _owned(viewer, of, filters.owner)
    if filters.skill:
        wanted &= _about_skill(of, filters.skill)
    return rows.filter(wanted)


def _owned(viewer: User, of: str, owner: str) -> Q:
    if owner == NO_OWNER:
        return Q(owner_id__isnull=True)
    if owner == MINE:
        return Q(owner_id=viewer.pk)
    if of == PipelineOf.WORK:
        own = Q(case__owner__public_id=owner)
        return own | Q(case__owner__isnull=True, need__case__owner__public_id=owner)
    return Q(case__owner__public_id=owner)


def _about_skill(of: str, words: str) -> Q:
    """Return the condition that a need asks, or asked, for a skill of these words, or for one narrower than it."""
    hits = search_skills(words, language=get_language() or "en", limit=5)
    family = family_of([hit.skill_id for hit in hits])
    asked = NeedSkill.objects.filter(tag__in=sorted(family))
    if of == PipelineOf.ORGANISATIONS:
        return Q(pk__in=asked.values("content_object__organisation"))
    return Q(**{"need__in" if of == PipelineOf.WORK else "pk__in": asked.values("content_object")})
