"""Read the chain an engagement is part of."""

from engagements.models import Engagement
from engagements.states import STOPPED_STATES


def chain_of(engagement: Engagement) -> list[Engagement]:
    """Return the engagements that follow on one another, the first one first; itself alone when there are no others.

    Those that were called off or ended early stand in it only where others follow on them, or for themselves. All of
    them are of one need and one expert, so whoever may see one may see all. Queries: 1.
    """
    same = Engagement.objects.filter(need=engagement.need_id, expert=engagement.expert_id).order_by("created_at", "pk")
    by_key = {one.pk: one for one in same}
    followers = {one.previous_id: one for one in by_key.values() if one.previous_id and one.state not in STOPPED_STATES}
    chain = [engagement]
    while (before := chain[0].previous_id) is not None:
        chain.insert(0, by_key[before])
    while (after := followers.get(chain[-1].pk)) is not None:
        chain.append(after)
    return chain
