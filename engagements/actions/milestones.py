"""Plan the milestones of an engagement: add them, one by one or from a template, move their day, settle them."""

from datetime import date, timedelta

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
from engagements.models import Engagement, Milestone
from engagements.payloads.starting_points import milestones_from
from engagements.states import MILESTONE_TRANSITIONS, RUNNING_STATES, EngagementState, MilestoneState

MAX_TEXT, MOST_MILESTONES = 200, 20
FARTHEST = timedelta(days=5 * 366)


@transaction.atomic
def add_milestone(*, actor: User, engagement: Engagement, text: str, due_on: date) -> Milestone:
    """Plan a milestone; one with the same words is returned as it is.

    Raises NotAllowed unless ``actor`` is a side, Conflict when the work is over or on hold or has twenty, Invalid for
    the text and the day. Effects: milestone, activity, audit entry, news.
    """
    require_side(actor, engagement)
    words = " ".join(text.split())
    _check(words, due_on)
    _lock_running(engagement)
    milestones = {milestone.text: milestone for milestone in Milestone.objects.filter(engagement=engagement)}
    if words in milestones:
        return milestones[words]
    _check_count(len(milestones) + 1)
    milestone = Milestone.objects.create(engagement=engagement, text=words, due_on=due_on, added_by=actor)
    _tell(actor, milestone, "added", gettext_noop("A milestone was added to “%(need)s”."))
    return milestone


@transaction.atomic
def add_milestones_from(*, actor: User, engagement: Engagement, key: str) -> list[Milestone]:
    """Plan the milestones of a template, counted from the agreed start or from today; those already there stay.

    Returns the new ones. Raises NotAllowed unless ``actor`` is a side, Invalid for a template that does not exist,
    Conflict as above. Effects: milestones, activity, one audit entry and news for all.
    """
    require_side(actor, engagement)
    planned = milestones_from(key)
    if not planned:
        problem = _("Choose a template.")
        raise Invalid(problem, fields={"template": problem})
    present = _lock_running(engagement)
    begins = max(present.starts_on or date.min, timezone.localdate())
    known = set(Milestone.objects.filter(engagement=engagement).values_list("text", flat=True))
    wanted = [(week, text) for week, text in planned if text not in known]
    if not wanted:
        return []
    _check_count(len(known) + len(wanted))
    added = Milestone.objects.bulk_create(
        Milestone(engagement=engagement, text=text, due_on=begins + timedelta(weeks=week), added_by=actor)
        for week, text in wanted
    )
    _tell(actor, added[0], "added", gettext_noop("Milestones were added to “%(need)s”."), template=key)
    return added


@transaction.atomic
def move_milestone(*, actor: User, milestone: Milestone, due_on: date) -> Milestone:
    """Give a planned milestone another day; the same day again changes nothing.

    Raises NotAllowed unless ``actor`` is a side, Conflict when it is settled or the work is over or on hold, Invalid
    for the day. Effects: day, activity, audit entry, news.
    """
    require_side(actor, milestone.engagement)
    _check(milestone.text, due_on)
    _lock_running(milestone.engagement)
    present = lock(milestone)
    if present.state != MilestoneState.PLANNED:
        raise Conflict(_("This milestone is settled, so its day stays."))
    if present.due_on == due_on:
        return present
    Milestone.objects.filter(pk=milestone.pk).update(due_on=due_on)
    milestone.refresh_from_db()
    _tell(actor, milestone, "moved", gettext_noop("A milestone of “%(need)s” has another day."))
    return milestone


@transaction.atomic
def settle_milestone(*, actor: User, milestone: Milestone, to: str) -> Milestone:
    """Say that a milestone was reached or is dropped, or that it is still ahead. ``to`` is a MilestoneState.

    Raises NotAllowed unless ``actor`` is a side, Conflict when the work is over or on hold, InvalidTransition when it
    does not lead there. Effects: state, activity, audit entry, news.
    """
    require_side(actor, milestone.engagement)
    _lock_running(milestone.engagement)
    is_open = to == MilestoneState.PLANNED
    values = {"settled_at": None if is_open else timezone.now(), "settled_by": None if is_open else actor}
    milestone = advance(milestone, to, MILESTONE_TRANSITIONS, **values)
    _tell(actor, milestone, to, gettext_noop("There is news of a milestone of “%(need)s”."))
    return milestone


def _check(text: str, due_on: date) -> None:
    problems = {}
    if not text or len(text) > MAX_TEXT:
        problems["text"] = _("Write the milestone in up to %(limit)s characters.") % {"limit": MAX_TEXT}
    if abs(due_on - timezone.localdate()) > FARTHEST:
        problems["due_on"] = _("This day lies more than five years away. Check the year.")
    if problems:
        raise Invalid(_("Look at the milestone again."), fields=problems)


def _check_count(count: int) -> None:
    if count > MOST_MILESTONES:
        raise Conflict(_("An engagement has at most %(most)s milestones.") % {"most": MOST_MILESTONES})


def _lock_running(engagement: Engagement) -> Engagement:
    present = lock(engagement)
    if present.state not in RUNNING_STATES - {EngagementState.ON_HOLD_SAFEGUARDING}:
        raise Conflict(_("This engagement is over or on hold, so its milestones stay as they are."))
    return present


def _tell(actor: User, milestone: Milestone, verb: str, news: str, **codes: str) -> None:
    engagement = milestone.engagement
    Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=timezone.now())
    verb = f"engagements.milestone.{verb}"
    entry = audit.record(actor=actor, verb=verb, obj=milestone, engagement=engagement.pk, **codes)
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news)
