"""When an engagement counts as at risk."""

from datetime import datetime

from django.utils import timezone

from engagements.models import Engagement
from engagements.states import EngagementState

RISK_STATES = frozenset({EngagementState.SCHEDULED, EngagementState.ACTIVE, EngagementState.WRAPPING_UP})


def is_at_risk(engagement: Engagement) -> bool:
    """Say whether an engagement was flagged and nothing has happened in it since; any act or message clears the flag.

    Queries: 0 when its conversation is there.
    """
    if engagement.at_risk_at is None or engagement.state not in RISK_STATES:
        return False
    return engagement.at_risk_at > _quiet_since(engagement)


def days_at_risk(engagement: Engagement) -> int:
    """Return for how many whole days nothing has happened in an engagement at risk; 0 for any other."""
    return (timezone.now() - _quiet_since(engagement)).days if is_at_risk(engagement) else 0


def _quiet_since(engagement: Engagement) -> datetime:
    return max(engagement.last_activity_at, engagement.conversation.last_message_at or engagement.last_activity_at)
