"""Needs that nobody answers, and who could be asked next: the coordinator's rescue queue."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from diaspora_net.accounts.models import User
from engagements.models import Need, Proposal
from engagements.queries.recommendations import Suggestion, experts_for_need
from engagements.queries.waiting import LIST_LENGTH, WaitingStep, waiting_steps
from engagements.states import ProposalState
from engagements.states.clocks import WaitingKind

NEXT_BEST = 5
_TRIED = (ProposalState.DECLINED, ProposalState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Rescue:
    """A need that waits for experts beyond its time: the step, and how many proposals were declined or ran out."""

    step: WaitingStep
    declined: int
    expired: int


def rescue_queue(viewer: User, *, limit: int = LIST_LENGTH, offset: int = 0) -> list[Rescue]:
    """Return the needs of the viewer's countries that nobody answered by their due time, or of which every proposal
    was declined or ran out, the longest overdue first.

    Raises Http404 for somebody without a remit. Queries: at most 5.
    """
    steps = waiting_steps(viewer, kinds=[WaitingKind.PROPOSALS], is_stuck=True, limit=limit, offset=offset)
    ends = _ends([step.row for step in steps])
    return [Rescue(step, *ends.get(step.row, (0, 0))) for step in steps]


def _ends(needs: Collection[int]) -> dict[int, tuple[int, int]]:
    rows = Proposal.objects.filter(need__in=needs, state__in=_TRIED).order_by().values("need")
    counts = rows.annotate(
        declined=Count("pk", filter=Q(state=ProposalState.DECLINED)),
        expired=Count("pk", filter=Q(state=ProposalState.EXPIRED)),
    )
    return {need: (declined, expired) for need, declined, expired in counts.values_list("need", "declined", "expired")}


def next_best(viewer: User, need: Need) -> list[Suggestion]:
    """Return the five who fit a need best among those nobody has asked about it, best first.

    Raises NotAllowed or Http404 for who may not see them. Queries: those of ``experts_for_need``, and 1.
    """
    asked = set(Proposal.objects.filter(need=need).values_list("expert", flat=True))
    found = experts_for_need(viewer, need, limit=NEXT_BEST + len(asked))
    return [suggestion for suggestion in found if suggestion.profile.pk not in asked][:NEXT_BEST]
