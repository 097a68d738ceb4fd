"""What the country's coordinator does with an engagement: hold it, release it, follow it up a year later."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import add_line, tell_about_work
from engagements.actions.meeting_ends import cancel_meetings_of
from engagements.actions.outcome_clocks import close_outcomes
from engagements.actions.rests import advance_work
from engagements.models import Engagement
from engagements.rules import work as rules
from engagements.states import ENGAGEMENT_TRANSITIONS, EngagementState
from messaging.actions.conversations import change_conversation_state
from messaging.states import ConversationState


def _require_supervisor(actor: User, engagement: Engagement) -> None:
    if not rules.can_supervise(actor, engagement):
        raise NotAllowed(_("Only a coordinator of its country who takes no part in an engagement does this."))


@transaction.atomic
def hold_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Stop an engagement at once, conversation included, while a concern is looked into.

    Raises NotAllowed unless ``actor`` supervises it. Effects: state, open appointments called off, audit entry, line,
    conversation paused, news to both.
    """
    _require_supervisor(actor, engagement)
    engagement = advance_work(
        engagement,
        EngagementState.ON_HOLD_SAFEGUARDING,
        last_activity_at=timezone.now(),
        paused_until=None,
        pause_reason="",
    )
    cancel_meetings_of(actor=actor, engagement=engagement)
    entry = audit.record(actor=actor, verb="engagements.engagement.held", obj=engagement)
    add_line(engagement, gettext_noop("The coordinator has put this engagement on hold."))
    change_conversation_state(conversation=engagement.conversation, to=ConversationState.PAUSED)
    tell_about_work(
        actor=None,
        engagement=engagement,
        entry=entry,
        text=gettext_noop("The coordinator has put “%(need)s” on hold."),
        is_urgent=True,
    )
    return engagement


@transaction.atomic
def release_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Let an engagement go on where it stood before it was held.

    Raises NotAllowed unless ``actor`` supervises it, Conflict when it is not on hold. Effects: state, audit entry,
    conversation opened, line, news to both.
    """
    _require_supervisor(actor, engagement)
    present = lock(engagement)
    if present.state != EngagementState.ON_HOLD_SAFEGUARDING:
        raise Conflict(_("This engagement is not on hold."))
    to = EngagementState.AGREEING
    if present.expert_agreed_at and present.institution_agreed_at:
        to = EngagementState.ACTIVE if present.started_at else EngagementState.SCHEDULED
    engagement = advance_work(engagement, to, last_activity_at=timezone.now())
    entry = audit.record(actor=actor, verb="engagements.engagement.released", obj=engagement)
    change_conversation_state(conversation=engagement.conversation, to=ConversationState.OPEN)
    add_line(engagement, gettext_noop("The coordinator has released this engagement: the work goes on."))
    tell_about_work(actor=None, engagement=engagement, entry=entry, text=gettext_noop("“%(need)s” goes on."))
    return engagement


@transaction.atomic
def follow_up_engagement(*, actor: User, engagement: Engagement) -> Engagement:
    """Close the question what remains a year later, answered or not. Raises NotAllowed unless ``actor`` supervises it.

    Effects: unanswered questions closed, state, audit entry.
    """
    _require_supervisor(actor, engagement)
    engagement = lock(engagement)
    close_outcomes(engagement)
    engagement = advance(
        engagement, EngagementState.FOLLOWED_UP, ENGAGEMENT_TRANSITIONS, last_activity_at=timezone.now()
    )
    audit.record(actor=actor, verb="engagements.engagement.followed_up", obj=engagement)
    return engagement
