"""What running work of the demo leaves behind: milestones of its kind, and a plan that both sides can open."""

from django.utils import timezone

from engagements.actions.milestones import add_milestones_from, settle_milestone
from engagements.actions.shared_files import share_files
from engagements.models import Engagement, Milestone
from engagements.states import MilestoneState
from mentors.states import EngagementKind
from messaging.actions.files import Arrival

TEMPLATES = {
    EngagementKind.TRAINING: "train-team",
    EngagementKind.MENTORING: "mentor-junior",
    EngagementKind.ADVISORY: "set-up-protocol",
    EngagementKind.SHORT_ASSIGNMENT: "commission-equipment",
    EngagementKind.JOINT_RESEARCH: "research-design",
}


def plan_milestones(engagement: Engagement) -> None:
    """Let the institution plan the milestones of the kind of work."""
    if key := TEMPLATES.get(EngagementKind(engagement.kind)):
        add_milestones_from(actor=engagement.focal_point, engagement=engagement, key=key)


def reach_milestones(engagement: Engagement) -> None:
    """Let the expert say of those whose day has come that they were reached."""
    planned = Milestone.objects.filter(engagement=engagement, state=MilestoneState.PLANNED)
    for milestone in planned.filter(due_on__lte=timezone.localdate()).select_related("engagement"):
        settle_milestone(actor=engagement.expert.user, milestone=milestone, to=MilestoneState.REACHED)


def share_plan(engagement: Engagement) -> None:
    """Let the expert share what was agreed as a file."""
    content = f"{engagement.need.title}\n\n{engagement.goal}\n".encode()
    share_files(
        actor=engagement.expert.user, engagement=engagement, arrivals=[Arrival("plan.txt", len(content), [content])]
    )
