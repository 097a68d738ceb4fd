"""Read learning goals."""

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import Engagement, Goal
from engagements.queries.work import visible_engagements


def goals_of(engagement: Engagement) -> list[Goal]:
    """Return the learning goals in the order they were added. Queries: 1."""
    return list(Goal.objects.filter(engagement=engagement))


def get_goal(viewer: User, reference: str) -> Goal:
    """Return the goal when ``viewer`` may see its engagement. Raises Http404 otherwise. Queries: 2."""
    goals = Goal.objects.filter(reference=reference, engagement__in=visible_engagements(viewer).values("pk"))
    return first_or_404(goals.select_related("engagement__need__organisation", "engagement__expert__user"))
