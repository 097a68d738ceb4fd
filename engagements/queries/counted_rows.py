"""Read the rows that indicators count: each function one statement, whatever the number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, When
from django.db.models.functions import Lower

from engagements.models import (
    Attendance,
    Beneficiary,
    Engagement,
    Need,
    NeedSkill,
    Outcome,
    Programme,
    Proposal,
    ProposalQuestion,
    Session,
)
from engagements.states import COMPLETED_ENGAGEMENT_STATES, ProposalOrigin
from engagements.states.outcomes import OutcomeMoment, OutcomeState, Respondent
from mentors.models import ExpertProfile, RecognitionClaim
from mentors.states import Audience, ClaimState, ProfileState
from messaging.models import Message
from messaging.states import MessageKind

Row = dict[str, Any]


@dataclass(frozen=True)
class Scope:
    """What is counted: the institutions of some countries (None: of all), or the needs of one programme."""

    countries: frozenset[str] | None
    programme: Programme | None = None

    def of_need(self, prefix: str = "") -> Q:
        """Return the condition on needs, or on what leads to one by ``prefix``."""
        if self.programme is not None:
            return Q(**{f"{prefix}programme": self.programme.pk})
        return self.of_country(f"{prefix}organisation__country")

    def of_country(self, name: str) -> Q:
        """Return the condition that the country ``name`` is one of them."""
        return Q() if self.countries is None else Q(**{f"{name}__in": sorted(self.countries)})


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both in; days are those of UTC."""

    starts_on: date
    ends_on: date

    @property
    def begins(self) -> datetime:
        """Return the first moment."""
        return datetime.combine(self.starts_on, time(), UTC)

    @property
    def ends(self) -> datetime:
        """Return the first moment after it."""
        return datetime.combine(self.ends_on + timedelta(days=1), time(), UTC)

    def holds(self, moment: datetime | None) -> bool:
        """Say whether a moment lies in it."""
        return moment is not None and self.begins <= moment < self.ends

    def within(self, name: str) -> Q:
        """Return the condition that the moment ``name`` lies in it."""
        return Q(**{f"{name}__gte": self.begins, f"{name}__lt": self.ends})


def needs(scope: Scope, period: Period) -> list[Row]:
    """Return the needs opened in the period, each with its first acceptance, beginning and completion by its end."""
    done = Q(engagements__state__in=sorted(COMPLETED_ENGAGEMENT_STATES), engagements__ended_at__lt=period.ends)
    return _rows(
        Need.objects.filter(scope.of_need(), period.within("published_at"))
        .values("pk", "kind", "published_at", country=F("organisation__country"))
        .annotate(
            match=Min("engagements__created_at", filter=Q(engagements__created_at__lt=period.ends)),
            begun=Min("engagements__started_at", filter=Q(engagements__started_at__lt=period.ends)),
            completed=Min("engagements__ended_at", filter=done),
        )
        .order_by("pk")
    )


def first_answers(need_ids: Iterable[int]) -> dict[int, datetime]:
    """Return by need when the side that was asked first wrote or asked back; not when it accepted. Queries: 2."""
    of_expert = Q(sender=F("conversation__proposal__expert__user"))
    is_application = Q(conversation__proposal__origin=ProposalOrigin.APPLICATION)
    written = (
        Message.objects.filter(conversation__proposal__need__in=need_ids, kind=MessageKind.TEXT)
        .filter((is_application & ~of_expert) | (~is_application & of_expert))
        .order_by()
        .values_list("conversation__proposal__need")
        .annotate(first=Min("created_at"))
    )
    asked = (
        ProposalQuestion.objects.filter(proposal__need__in=need_ids)
        .order_by()
        .values_list("proposal__need")
        .annotate(first=Min("asked_at"))
    )
    found: dict[int, datetime] = {}
    for need, moment in [*written, *asked]:
        found[need] = min(moment, found.get(need, moment))
    return found


def engagements(scope: Scope, period: Period) -> list[Row]:
    """Return every engagement accepted by the end of the period."""
    return _rows(
        Engagement.objects.filter(scope.of_need("need__"), created_at__lt=period.ends).values(
            "pk", "kind", "state", "started_at", "ended_at", "expert_id", country=F("need__organisation__country")
        )
    )


def sessions(scope: Scope, period: Period) -> list[Row]:
    """Return the sessions held in the period, with whose they are."""
    return _rows(
        Session.objects.filter(
            scope.of_need("engagement__need__"), held_on__gte=period.starts_on, held_on__lte=period.ends_on
        )
        .order_by("pk")
        .values(
            "pk",
            "state",
            "minutes",
            "held_on",
            "is_on_site",
            "engagement_id",
            kind_of_work=F("engagement__kind"),
            expert=F("engagement__expert_id"),
            need=F("engagement__need_id"),
            organisation=F("engagement__need__organisation_id"),
            country=F("engagement__need__organisation__country"),
        )
    )


def skills_worked_on(confirmed: Iterable[Row]) -> set[tuple[int, int]]:
    """Return (institution, skill) of confirmed sessions; where a session names none, those of its need. Queries: 2."""
    named: dict[int, set[int]] = {}
    rows = list(confirmed)
    for session, skill in Session.skills.through.objects.filter(session__in=[row["pk"] for row in rows]).values_list(
        "session_id", "skill_id"
    ):
        named.setdefault(session, set()).add(skill)
    asked: dict[int, set[int]] = {}
    for need, skill in NeedSkill.objects.filter(content_object__in={row["need"] for row in rows}).values_list(
        "content_object_id", "tag_id"
    ):
        asked.setdefault(need, set()).add(skill)
    return {
        (row["organisation"], skill) for row in rows for skill in named.get(row["pk"]) or asked.get(row["need"], set())
    }


def attendance(scope: Scope, period: Period) -> list[Row]:
    """Return who was present at the sessions of the period, by folded name and institution."""
    return _rows(
        Attendance.objects.filter(
            scope.of_need("session__engagement__need__"),
            session__held_on__gte=period.starts_on,
            session__held_on__lte=period.ends_on,
        )
        .order_by("pk")
        .values(
            name=Lower("participant__name"),
            role=F("participant__role"),
            organisation=F("session__engagement__need__organisation_id"),
            country=F("session__engagement__need__organisation__country"),
        )
    )


def registered(scope: Scope, period: Period) -> dict[int, str]:
    """Return the experts who had begun a profile by the end of the period, with where they live."""
    found = _experts(scope).filter(created_at__lt=period.ends)
    return dict(found.values_list("pk", "residence"))


def _experts(scope: Scope) -> QuerySet[ExpertProfile]:
    if scope.programme is not None:
        tied = Proposal.objects.filter(need__programme=scope.programme.pk).values("expert")
        return ExpertProfile.objects.filter(pk__in=tied)
    of_countries = ExpertProfile.objects.filter(scope.of_country("origins__country")).values("pk")
    return ExpertProfile.objects.filter(pk__in=of_countries)


def findable(scope: Scope, period: Period) -> dict[int, str]:
    """Return the experts whom every verified institution finds, published by the end of the period, with their home."""
    found = _experts(scope).filter(
        state=ProfileState.PUBLISHED,
        audience=Audience.ORGANISATIONS,
        user__is_active=True,
        published_at__lt=period.ends,
    )
    return dict(found.values_list("pk", "residence"))


def active(scope: Scope, period: Period) -> dict[int, str]:
    """Return the experts who applied or answered an invitation in the period, with where they live."""
    applied = Q(origin=ProposalOrigin.APPLICATION) & period.within("sent_at")
    answered = ~Q(origin=ProposalOrigin.APPLICATION) & period.within("answered_at")
    found = Proposal.objects.filter(scope.of_need("need__")).filter(applied | answered)
    return dict(found.values_list("expert", "expert__residence"))


def residences(experts: Iterable[int]) -> dict[int, str]:
    """Return where experts live."""
    return dict(ExpertProfile.objects.filter(pk__in=experts).values_list("pk", "residence"))


def recognised(scope: Scope, period: Period) -> list[Row]:
    """Return the confirmations of recognition by the end of the period; those that have ended since count, too."""
    return _rows(
        RecognitionClaim.objects.filter(profile__in=_experts(scope).values("pk"), decided_at__lt=period.ends)
        .exclude(state=ClaimState.DECLINED)
        .order_by("pk")
        .values("decided_at", expert=F("profile_id"))
    )


def programmes(scope: Scope, period: Period) -> list[list[Any]]:
    """Return component, state and number of the programmes there were by the end of the period."""
    found = Programme.objects.filter(created_at__lt=period.ends)
    if scope.programme is not None:
        found = found.filter(pk=scope.programme.pk)
    counted = found.filter(scope.of_country("country")).order_by("component", "state")
    return [list(row) for row in counted.values_list("component", "state").annotate(number=Count("pk"))]


def answers_after_a_year(scope: Scope, period: Period) -> list[Row]:
    """Return what was said in the period, a year after the end, on whether the result is in use; institutions last."""
    said = Outcome.objects.filter(
        scope.of_need("engagement__need__"),
        period.within("given_at"),
        moment=OutcomeMoment.LATER,
        state=OutcomeState.ANSWERED,
    )
    is_institution = Case(When(respondent=Respondent.INSTITUTION, then=1), default=0)
    return _rows(said.order_by(is_institution, "given_at", "pk").values("engagement_id", "still_in_use"))


def beneficiaries(scope: Scope, period: Period) -> list[Row]:
    """Return whom programmes served by the end of the period, with what they said of themselves."""
    found = Beneficiary.objects.filter(scope.of_country("programme__country"), added_at__lt=period.ends)
    if scope.programme is not None:
        found = found.filter(programme=scope.programme.pk)
    return _rows(
        found.order_by("pk").values(
            types=F("facts__types"), sex=F("facts__sex"), age_band=F("facts__age_band"), region=F("facts__region")
        )
    )


def _rows(found: Iterable[Any]) -> list[Row]:
    return [dict(row) for row in found]
