"""Which reminders of coordinators went out today: one thing is reminded of once a day."""

from django.utils import timezone

from diaspora_net.core import audit

PROPOSAL_REMINDED = "engagements.proposal.reminded"
ENGAGEMENT_REMINDED = "engagements.engagement.reminded"


def reminded_of_today() -> set[str]:
    """Return what somebody was reminded of since midnight, as ``noun:id``. Queries: 1."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return audit.nouns_with([PROPOSAL_REMINDED, ENGAGEMENT_REMINDED], since=midnight)


def reminded_today(verb: str) -> set[str]:
    """Return the ids of what somebody was reminded of since midnight, by one of the verbs above. Queries: 1."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return audit.objects_with(verb, since=midnight)
