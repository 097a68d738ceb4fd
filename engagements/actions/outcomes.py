"""Take down what each side says came of an engagement."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from engagements.actions.announcements import add_line, tell_about_work
from engagements.models import Engagement, Outcome
from engagements.rules import work as rules
from engagements.states import EngagementState, OutcomeResult, TransferEffect

REPORTING_STATES = frozenset({EngagementState.ACTIVE, EngagementState.WRAPPING_UP})
MAX_TEXT = 2000
MOST_REACHED = 1_000_000


@transaction.atomic
def give_outcome(
    *, actor: User, engagement: Engagement, result: str, effects: Sequence[str], text: str, people_reached: int = 0
) -> Outcome:
    """Say for one's own side what came of the work, once.

    ``effects`` are TransferEffect codes. Raises NotAllowed unless ``actor`` is a side, Conflict when the side has said
    it or the work is not under way, Invalid with the problem of each field. Effects: outcome, audit entry, line, news.
    """
    side = rules.side_of(actor, engagement)
    if side is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    _check_outcome(result, effects, text, people_reached)
    if lock(engagement).state not in REPORTING_STATES:
        raise Conflict(_("What came of the work is said while it is under way or wrapping up."))
    try:
        with transaction.atomic():
            outcome = Outcome.objects.create(
                engagement=engagement,
                side=side,
                result=result,
                effects=[effect for effect in TransferEffect.values if effect in effects],
                text=text.strip(),
                people_reached=people_reached,
                given_by=actor,
            )
    except IntegrityError:
        raise Conflict(_("Your side has said already what came of the work.")) from None
    Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=timezone.now())
    entry = audit.record(actor=actor, verb="engagements.outcome.given", obj=outcome, side=side.value, result=result)
    add_line(engagement, gettext_noop("One side has said what came of the work."))
    news = gettext_noop("The other side has said what came of “%(need)s”. Add your view.")
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news)
    return outcome


def _check_outcome(result: str, effects: Sequence[str], text: str, people_reached: int) -> None:
    problems: dict[str, str] = {}
    if result not in OutcomeResult.values:
        problems["result"] = _("Say whether the goal was achieved.")
    if set(effects) - set(TransferEffect.values):
        problems["effects"] = _("Choose from the list what stays.")
    if not text.strip() or len(text.strip()) > MAX_TEXT:
        problems["text"] = _("Say in up to %(limit)s characters what came of it.") % {"limit": MAX_TEXT}
    if not 0 <= people_reached <= MOST_REACHED:
        problems["people_reached"] = _("Enter how many people it reached, 0 or more.")
    if problems:
        raise Invalid(_("Look at your answers again."), fields=problems)
