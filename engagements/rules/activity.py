"""When an engagement counts as at risk."""

from engagements.models import Engagement
from engagements.states import EngagementState

# Mentorloop shows its coordinators whom it has not seen act for 21 days, too.
QUIET_DAYS = 21
RISK_STATES = frozenset({EngagementState.SCHEDULED, EngagementState.ACTIVE, EngagementState.WRAPPING_UP})


def is_at_risk(engagement: Engagement) -> bool:
    """Say whether an engagement was flagged and nothing has happened in it since; any act or message clears the flag.

    Queries: 0 when its conversation is there.
    """
    if engagement.at_risk_at is None or engagement.state not in RISK_STATES:
        return False
    spoken_at = engagement.conversation.last_message_at
    return engagement.at_risk_at > max(engagement.last_activity_at, spoken_at or engagement.last_activity_at)
