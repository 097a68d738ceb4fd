"""Add learning goals to an engagement, and say how far each is."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import tell_about_work
from engagements.actions.engagements import require_side
from engagements.models import Engagement, Goal
from engagements.states import GOAL_TRANSITIONS, RUNNING_STATES, SETTLED_STATES, EngagementState

MAX_TEXT, MOST_GOALS = 300, 10


@transaction.atomic
def add_goal(*, actor: User, engagement: Engagement, text: str) -> Goal:
    """Add a learning goal; one with the same words is returned as it is.

    Raises NotAllowed unless ``actor`` is a side, Conflict when the work is over or on hold or has ten goals, Invalid
    for the text. Effects: goal, audit entry, news.
    """
    require_side(actor, engagement)
    words = " ".join(text.split())
    if not words or len(words) > MAX_TEXT:
        problem = _("Write the goal in up to %(limit)s characters.") % {"limit": MAX_TEXT}
        raise Invalid(problem, fields={"text": problem})
    _lock_running(engagement)
    goals = {goal.text: goal for goal in Goal.objects.filter(engagement=engagement)}
    if words in goals:
        return goals[words]
    if len(goals) >= MOST_GOALS:
        raise Conflict(_("An engagement has at most %(most)s learning goals.") % {"most": MOST_GOALS})
    goal = Goal.objects.create(engagement=engagement, text=words, added_by=actor)
    _tell(actor, engagement, goal, "added", gettext_noop("A learning goal was added to “%(need)s”."))
    return goal


@transaction.atomic
def move_goal(*, actor: User, goal: Goal, to: str) -> Goal:
    """Say how far a goal is. ``to`` is a GoalState.

    Raises NotAllowed unless ``actor`` is a side, Conflict when the work is over or on hold, InvalidTransition when the
    goal does not lead there. Effects: state, audit entry, news.
    """
    require_side(actor, goal.engagement)
    _lock_running(goal.engagement)
    goal = advance(goal, to, GOAL_TRANSITIONS, settled_at=timezone.now() if to in SETTLED_STATES else None)
    news = gettext_noop("There is news of a learning goal of “%(need)s”.")
    _tell(actor, goal.engagement, goal, to, news)
    return goal


def _lock_running(engagement: Engagement) -> None:
    if lock(engagement).state not in RUNNING_STATES - {EngagementState.ON_HOLD_SAFEGUARDING}:
        raise Conflict(_("This engagement is over or on hold, so its goals stay as they are."))


def _tell(actor: User, engagement: Engagement, goal: Goal, verb: str, news: str) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=timezone.now())
    entry = audit.record(actor=actor, verb=f"engagements.goal.{verb}", obj=goal, engagement=engagement.pk)
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news)
