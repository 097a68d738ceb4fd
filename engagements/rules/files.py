"""Who may do what with the files of an engagement and its handover kit."""

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import is_member
from engagements.models import Engagement, SharedFile
from engagements.states import RUNNING_STATES, EngagementState, Side

SHARING_STATES = RUNNING_STATES - {EngagementState.ON_HOLD_SAFEGUARDING}


def can_open_files(user: User, engagement: Engagement) -> bool:
    """Say whether the person may have what is shared: the expert, and everybody of the organisation.

    A coordinator who looks on sees which files there are, as the agreement says, and opens none. Queries: at most 1.
    """
    return engagement.expert.user_id == user.pk or is_member(user, engagement.need.organisation)


def can_share_files(engagement: Engagement, side: Side | None) -> bool:
    """Say whether a side may share files now: while the work runs."""
    return side is not None and engagement.state in SHARING_STATES


def can_remove_file(shared: SharedFile, side: Side | None) -> bool:
    """Say whether a side may remove a file: the one that shared it, while it is not in the kit."""
    is_held = shared.engagement.state == EngagementState.ON_HOLD_SAFEGUARDING
    return side == shared.shared_side and shared.in_kit_at is None and not is_held


def can_fill_kit(engagement: Engagement, side: Side | None) -> bool:
    """Say whether a side may put things into the handover kit and take them out: both while the work runs,
    afterwards the institution alone, since it keeps the kit.
    """
    if side is None or engagement.state == EngagementState.ON_HOLD_SAFEGUARDING:
        return False
    return side == Side.INSTITUTION or engagement.state in SHARING_STATES
