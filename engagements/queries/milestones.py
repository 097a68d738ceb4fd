"""Read milestones."""

from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import Engagement, Milestone
from engagements.queries.work import Event, visible_engagements
from engagements.states import MilestoneState


def milestones_of(engagement: Engagement) -> list[Milestone]:
    """Return the milestones by day, with who settled them. Queries: 1."""
    return list(Milestone.objects.filter(engagement=engagement).select_related("settled_by"))


def get_milestone(viewer: User, reference: str) -> Milestone:
    """Return the milestone when ``viewer`` may see its engagement. Raises Http404 otherwise. Queries: 2."""
    milestones = Milestone.objects.filter(reference=reference, engagement__in=visible_engagements(viewer).values("pk"))
    return first_or_404(milestones.select_related("engagement__need__organisation", "engagement__expert__user"))


def milestone_events(milestones: list[Milestone]) -> list[Event]:
    """Return the milestones as lines of the history: settled ones when they were, others on their day. Queries: 0."""
    events = []
    for one in milestones:
        if one.settled_at is not None:
            events.append(Event(MilestoneState(one.state).label, one.settled_at, str(one.settled_by), one.text))
        else:
            day = timezone.make_aware(datetime.combine(one.due_on, time.max))
            events.append(Event(_("Late") if one.is_late else MilestoneState.PLANNED.label, day, "", one.text))
    return events
