"""Let work rest until a day, and keep it from falling asleep: resume what is due, flag what has gone quiet."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Invalid
from diaspora_net.core.transitions import lock
from engagements.actions.announcements import tell_about_work
from engagements.actions.engagements import require_side, take_step
from engagements.models import Engagement
from engagements.queries.activity import gone_quiet
from engagements.states import EngagementState, PauseReason

LONGEST_PAUSE = timedelta(days=366)
AT_ONCE = 500


@transaction.atomic
def pause_engagement(*, actor: User, engagement: Engagement, until: date, reason: str) -> Engagement:
    """Let the work rest until a day, on which it goes on by itself. ``reason`` is a PauseReason; both sides read it.

    Raises NotAllowed unless ``actor`` is a side, Invalid for the day and the reason. Effects: day and reason, see
    ``take_step``.
    """
    require_side(actor, engagement)
    problems = {}
    today = timezone.localdate()
    if not today < until <= today + LONGEST_PAUSE:
        problems["until"] = _("Choose a day from tomorrow on, within a year.")
    if reason not in PauseReason.values:
        problems["reason"] = _("Choose a reason.")
    if problems:
        raise Invalid(_("Say until when the work rests, and why."), fields=problems)
    return take_step(
        actor,
        engagement,
        EngagementState.PAUSED,
        line=gettext_noop("The work is paused. The page of the engagement says until when."),
        news=gettext_noop("The work on “%(need)s” is paused."),
        paused_until=until,
        pause_reason=reason,
    )


def resume_due_engagements() -> int:
    """Go on with the work whose pause is over; return how many. One transaction each, at most 500 in one run.

    Effects for each: see ``take_step``; both sides are told.
    """
    due = Engagement.objects.filter(state=EngagementState.PAUSED, paused_until__lte=timezone.localdate())
    return sum(_resume(pk) for pk in due.order_by("paused_until", "pk").values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _resume(pk: int) -> bool:
    engagement = Engagement.objects.get(pk=pk)
    present = lock(engagement)
    is_due = present.paused_until is not None and present.paused_until <= timezone.localdate()
    if present.state != EngagementState.PAUSED or not is_due:
        return False
    take_step(
        None,
        engagement,
        EngagementState.ACTIVE,
        line=gettext_noop("The pause is over. The work goes on."),
        news=gettext_noop("The pause of “%(need)s” is over. Agree on the next session."),
        started_at=present.started_at or timezone.now(),
    )
    return True


def flag_quiet_engagements() -> int:
    """Flag the engagements in which nothing has happened for as long as their programme allows; return how many.

    At most 500 in one run. Effects for each: flag, audit entry, news to both sides. Each is told once until something
    happens again.
    """
    return sum(_flag(pk) for pk in gone_quiet().values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _flag(pk: int) -> bool:
    lock(Engagement(pk=pk))
    engagement = gone_quiet().filter(pk=pk).first()
    if engagement is None:
        return False
    Engagement.objects.filter(pk=pk).update(at_risk_at=timezone.now())
    entry = audit.record(actor=None, verb="engagements.engagement.at_risk", obj=engagement)
    text = gettext_noop("Nothing has happened in “%(need)s” for long. Agree on a session, or pause the work.")
    tell_about_work(actor=None, engagement=engagement, entry=entry, text=text)
    return True
