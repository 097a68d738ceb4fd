"""What past proposals and engagements say about experts, for the recommender."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from engagements.models import Dismissal, Engagement, Proposal
from engagements.states import DeclineReason, EngagementState, ProposalOrigin, ProposalState, SkillStrength
from mentors.recommender.scoring import breadth_of
from mentors.recommender.types import Candidate

EXPOSURE_PERIOD = timedelta(days=30)
# Fewer answers than this are no habit.
LEAST_ANSWERS = 3
ANSWERED = (ProposalState.ACCEPTED, ProposalState.CONVERTED, ProposalState.DECLINED)
COMPLETED = (EngagementState.COMPLETED, EngagementState.FOLLOWED_UP)


def with_history(candidates: Collection[Candidate]) -> list[Candidate]:
    """Return the candidates with what they did here: completed work, refusals for want of expertise, exposure and
    replies.

    Queries: 3, whatever the number of candidates.
    """
    ids = [candidate.expert for candidate in candidates]
    invited = _invitations(ids)
    completed, practised = _completed(ids)
    declined = _declined(ids)
    return [
        replace(
            candidate,
            invitations_last_30_days=invited.get(candidate.expert, (0, None))[0],
            reply_rate=invited.get(candidate.expert, (0, None))[1],
            completed=completed[candidate.expert],
            completed_with_skill=practised[candidate.expert],
            declined_with_skill=declined[candidate.expert],
            breadth=breadth_of(candidate.skills.values(), practised[candidate.expert], candidate.activity),
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


def _completed(ids: Collection[int]) -> tuple[Counter[int], dict[int, Counter[int]]]:
    """Return the number of completed engagements by expert, and by expert and skill asked for."""
    seen: set[tuple[int, int]] = set()
    practised: dict[int, Counter[int]] = defaultdict(Counter)
    rows = Engagement.objects.filter(expert__in=ids, state__in=COMPLETED).values_list(
        "expert", "pk", "need__skill_items__tag"
    )
    for expert, engagement, skill in rows:
        seen.add((expert, engagement))
        if skill is not None:
            practised[expert][skill] += 1
    return Counter(expert for expert, _engagement in seen), practised


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
