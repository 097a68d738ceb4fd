"""Who answers, and who does not."""

from django.db.models import QuerySet

from engagements.models import Need, Proposal
from engagements.queries.proposals import TO_EXPERT
from engagements.states import ProposalState, Side

# What ended without anybody having been asked for an answer says nothing about who did not give one.
_SAYS_NOTHING = (ProposalState.WITHDRAWN, ProposalState.SUPERSEDED, ProposalState.CANCELLED)
IN_A_ROW = 2


def received_by(side: Side, proposal: Proposal) -> QuerySet[Proposal]:
    """Return what the ``side`` of a proposal was asked by others: the expert, or the whole institution."""
    if side == Side.EXPERT:
        return Proposal.objects.filter(TO_EXPERT, expert=proposal.expert_id)
    return Proposal.objects.filter(~TO_EXPERT, need__organisation=proposal.need.organisation_id)


def has_left_two_unanswered(side: Side, proposal: Proposal) -> bool:
    """Say whether the last two proposals that a side got ran out without its answer. Queries: 1."""
    return _have_run_out(received_by(side, proposal))


def are_two_offers_unanswered(need: Need) -> bool:
    """Say whether the last two offers for a need ran out unanswered since it opened or was renewed. Queries: 1."""
    since = need.renewed_at or need.published_at
    offers = Proposal.objects.filter(~TO_EXPERT, need=need, answered_at__gte=since)
    return _have_run_out(offers)


def _have_run_out(proposals: QuerySet[Proposal]) -> bool:
    ended = proposals.filter(answered_at__isnull=False).exclude(state__in=_SAYS_NOTHING)
    latest = list(ended.order_by("-answered_at", "-pk").values_list("state", flat=True)[:IN_A_ROW])
    return latest == [ProposalState.EXPIRED] * IN_A_ROW
