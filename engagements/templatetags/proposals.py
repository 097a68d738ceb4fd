"""How long a proposal still waits."""

from django import template

from engagements.models import Proposal
from engagements.queries.proposals import days_left

register = template.Library()


@register.filter("days_left")
def proposal_days_left(proposal: Proposal) -> int:
    """Return how many whole days are left to answer."""
    return days_left(proposal.expires_at)
