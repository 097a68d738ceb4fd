"""What past proposals and engagements say about experts, for the recommender."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.db.models import Count, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from engagements.models import Dismissal, Engagement, Proposal, WorkSpread
from engagements.states import (
    COMPLETED_ENGAGEMENT_STATES,
    DeclineReason,
    ProposalOrigin,
    ProposalState,
    SkillStrength,
)
from mentors.recommender.past import faded
from mentors.recommender.types import Candidate

EXPOSURE_PERIOD = timedelta(days=30)
# Fewer answers than this are no habit.
LEAST_ANSWERS = 3
ANSWERED = (ProposalState.ACCEPTED, ProposalState.CONVERTED, ProposalState.DECLINED)


@dataclass
class Record:
    """Completed engagements of one expert: their number, by skill asked for, both with each one fading, and how evenly
    such work is spread in the network.
    """

    completed: int = 0
    recently: float = 0.0
    with_skill: Counter[int] = field(default_factory=Counter)
    practice: dict[int, float] = field(default_factory=dict)
    evenness: float = 1.0


def with_history(candidates: Collection[Candidate]) -> list[Candidate]:
    """Return the candidates with what they did here: completed work, refusals for want of expertise, exposure and
    replies.

    Queries: 3, whatever the number of candidates.
    """
    ids = [candidate.expert for candidate in candidates]
    invited = _invitations(ids)
    records = _records(ids)
    declined = _declined(ids)
    return [
        replace(
            candidate,
            invitations_last_30_days=invited.get(candidate.expert, (0, None))[0],
            reply_rate=invited.get(candidate.expert, (0, None))[1],
            completed=records[candidate.expert].completed,
            completed_with_skill=records[candidate.expert].with_skill,
            practice=records[candidate.expert].practice,
            recently=records[candidate.expert].recently,
            evenness=records[candidate.expert].evenness,
            declined_with_skill=declined[candidate.expert],
        )
        for candidate in candidates
    ]


def _invitations(ids: Collection[int]) -> dict[int, tuple[int, float | None]]:
    """Return for each expert the invitations of the last 30 days and the share ever answered, None while there are
    too few.
    """
    recent = Q(sent_at__gte=timezone.now() - EXPOSURE_PERIOD)
    rows = (
        Proposal.objects.filter(expert__in=ids, origin=ProposalOrigin.INVITATION)
        .values_list("expert")
        .annotate(
            recent=Count("pk", filter=recent),
            answered=Count("pk", filter=Q(state__in=ANSWERED)),
            silent=Count("pk", filter=Q(state=ProposalState.EXPIRED)),
        )
    )
    return {
        expert: (recent, answered / (answered + silent) if answered + silent >= LEAST_ANSWERS else None)
        for expert, recent, answered, silent in rows
    }


def _records(ids: Collection[int]) -> dict[int, Record]:
    """Return the completed engagements of each expert, counted and fading with the days since they ended."""
    records: dict[int, Record] = defaultdict(Record)
    seen: set[int] = set()
    today = timezone.localdate()
    ended = Coalesce("ended_at", "last_activity_at")
    spread = Subquery(WorkSpread.objects.values("evenness")[:1])
    # A need keeps the concept it asked for; what that was merged into is what people have now.
    concept = Coalesce("need__skill_items__tag__merged_into", "need__skill_items__tag")
    rows = Engagement.objects.filter(expert__in=ids, state__in=COMPLETED_ENGAGEMENT_STATES).values_list(
        "expert", "pk", concept, ended, spread
    )
    for expert, engagement, skill, at, evenness in rows:
        record, left = records[expert], faded((today - at.date()).days)
        record.evenness = evenness or record.evenness
        if engagement not in seen:
            seen.add(engagement)
            record.completed += 1
            record.recently += left
        if skill is not None:
            record.with_skill[skill] += 1
            record.practice[skill] = record.practice.get(skill, 0.0) + left
    return records


def _declined(ids: Collection[int]) -> dict[int, Counter[int]]:
    """Return by expert and required skill how often they said that it is not their field."""
    is_required = Q(need__skill_items__strength=SkillStrength.REQUIRED)
    refused = Proposal.objects.filter(
        is_required,
        expert__in=ids,
        origin=ProposalOrigin.INVITATION,
        state=ProposalState.DECLINED,
        decline_reason=DeclineReason.NOT_MY_FIELD,
    )
    hidden = Dismissal.objects.filter(is_required, expert__in=ids, reason=DeclineReason.NOT_MY_FIELD)
    columns = ("expert", "need__skill_items__tag")
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for expert, skill in refused.values_list(*columns).union(hidden.values_list(*columns), all=True):
        counts[expert][skill] += 1
    return counts
