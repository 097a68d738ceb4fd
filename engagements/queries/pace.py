"""How fast answers come: how many offers an organisation reads at once, and how long people usually take to answer."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from math import ceil, inf, isfinite
from statistics import median
from typing import Any

from django.db.models import Case, F, Min, Q, QuerySet, When, Window
from django.db.models.functions import Coalesce, Least, RowNumber
from django.utils import timezone

from engagements.models import InterestAsk, Need, PlaceWatch, Proposal
from engagements.states import OPEN_PROPOSAL_STATES, ProposalOrigin, ProposalState
from mentors.models import ExpertProfile

# So many offers wait for one place at once; more would not be read.
OFFERS_PER_PLACE = 5
# The median of the last ten answers, told from three on: fewer would tell about single people.
LATEST, LEAST = 10, 3
_ANSWERED = (ProposalState.DECLINED, ProposalState.ACCEPTED, ProposalState.CONVERTED)


def is_full_of_offers(need: Need) -> bool:
    """Say whether as many offers wait for the organisation's answer as it reads at once. Queries: 1."""
    is_to_read = Q(origin=ProposalOrigin.APPLICATION) | Q(expert_agreed_at__isnull=False)
    waiting = need.proposals.filter(is_to_read, state__in=sorted(OPEN_PROPOSAL_STATES))
    return waiting.count() >= OFFERS_PER_PLACE * max(1, need.places - need.places_taken)


def is_watching(need: Need, expert: ExpertProfile) -> bool:
    """Say whether the expert waits to be told that the need reads offers again. Queries: 1."""
    return PlaceWatch.objects.filter(need=need, expert=expert, told_at__isnull=True).exists()


def usual_days_of_experts(experts: Collection[int]) -> dict[int, int]:
    """Return in how many days each expert usually first answers an invitation, at least 1; fewer than 3 say nothing.

    The median of the last ten: a yes, a no, a question, or that it ran out without any. Who lets half of them run out
    usually does not answer, and is not among those returned. Queries: 1.
    """
    return _usual_days(Q(expert__in=experts, origin=ProposalOrigin.INVITATION), "expert")


def usual_days_of_organisations(organisations: Collection[int]) -> dict[int, int]:
    """Return the same for organisations and the offers they get. Queries: 1."""
    return _usual_days(Q(need__organisation__in=organisations, origin=ProposalOrigin.APPLICATION), "need__organisation")


def _usual_days(asked: Q, by: str) -> dict[int, int]:
    """Return the rounded-up median by ``by``: a whole day is the finest that is told of anybody."""
    answered = Proposal.objects.filter(asked).annotate(
        asked_back_at=Min("questions__asked_at"),
    )
    first = Least(Coalesce("asked_back_at", "answered_at"), Coalesce("answered_at", "asked_back_at"))
    rows: Iterable[tuple[int, datetime, datetime | None]] = (
        answered.filter(Q(state__in=(*_ANSWERED, ProposalState.EXPIRED)) | Q(asked_back_at__isnull=False))
        .annotate(first_at=Case(When(state=ProposalState.EXPIRED, then="asked_back_at"), default=first))
        .annotate(place=Window(RowNumber(), partition_by=F(by), order_by=F("sent_at").desc()))
        .filter(place__lte=LATEST)
        .values_list(by, "sent_at", "first_at")
    )
    waits: dict[int, list[float]] = defaultdict(list)
    for who, sent_at, first_at in rows:
        waits[who].append((first_at - sent_at) / timedelta(days=1) if first_at else inf)
    usual = {who: median(found) for who, found in waits.items() if sum(map(isfinite, found)) >= LEAST}
    return {who: max(1, ceil(days)) for who, days in usual.items() if isfinite(days)}


def asked_within_a_day(experts: Collection[int]) -> QuerySet[Any]:
    """Return one row (``expert``) for each time these experts were asked within a day: invited, nominated, or asked
    whether they would help. Queries: 1 when read.
    """
    since = timezone.now() - timedelta(days=1)
    asked = Proposal.objects.filter(expert__in=experts, sent_at__gt=since).exclude(origin=ProposalOrigin.APPLICATION)
    about = InterestAsk.objects.filter(expert__in=experts, asked_at__gt=since)
    return asked.order_by().values("expert").union(about.order_by().values("expert"), all=True)
