"""Suggest what follows on an engagement: remote follow-up after a visit, a visit after remote work."""

from engagements.models import Engagement
from mentors.states import EngagementKind, Modality

ON_SITE = frozenset({Modality.ON_SITE, Modality.SHORT_RETURN_VISIT, Modality.HYBRID})
# Six calls of an hour carry a visit on; a week on site is forty hours.
FOLLOW_UP_HOURS, VISIT_HOURS = 6, 40


def next_plan(engagement: Engagement) -> dict[str, object]:
    """Return first values of the form that plans the next engagement."""
    is_visit = engagement.modality in ON_SITE
    return {
        "kind": EngagementKind.MENTORING if is_visit else EngagementKind.SHORT_ASSIGNMENT,
        "modality": Modality.REMOTE if is_visit else Modality.SHORT_RETURN_VISIT,
        "goal": engagement.goal,
        "hours_planned": FOLLOW_UP_HOURS if is_visit else VISIT_HOURS,
    }
