"""What a coordinator moves from the pipeline: the present acts, guarded against what somebody else did meanwhile."""

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import coordinates
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from engagements.actions import closing, engagements, needs, supervision
from engagements.actions.announcements import tell_about_proposal, turn_of
from engagements.actions.ending import close_if_open
from engagements.models import Engagement, Need, Proposal
from engagements.states import ProposalState
from engagements.states.pipeline import NEED_MOVES, WORK_MOVES, NeedMove, WorkMove


class MovedMeanwhile(Conflict):
    """Refuse a move of something that is no longer as it was seen; ``state`` is what it is now."""

    code = "moved_meanwhile"

    def __init__(self, message: str, *, state: str) -> None:
        super().__init__(message)
        self.state = state


@transaction.atomic
def move_work(*, actor: User, proposal: Proposal, move: str, seen: str, reason: str = "") -> None:
    """Do one of ``WORK_MOVES`` with a proposal, or with the engagement that follows from it.

    ``seen`` is the state in which the actor saw it, ``reason`` an EndReason where the move asks for one. Raises
    NotAllowed outside the remit, MovedMeanwhile when the state is another by now, Invalid for a move that its state
    does not have or for the reason. Effects: those of the act itself.
    """
    if not coordinates(actor, proposal.need.organisation.country.code):
        raise NotAllowed(_("Only the coordinator of this country does that."))
    lock(proposal.need)
    lock(proposal.expert)
    engagement = Engagement.objects.filter(proposal=proposal).select_related("need__organisation", "expert").first()
    present: Proposal | Engagement = lock(engagement or proposal)
    _require_seen(present, seen)
    if engagement is None:
        _require(move in {WorkMove.CLOSE})
        _close(actor, proposal)
        return
    _require(move in WORK_MOVES.get(engagement.state, []))
    acts: dict[str, Any] = {
        WorkMove.HOLD: supervision.hold_engagement,
        WorkMove.RELEASE: supervision.release_engagement,
        WorkMove.FOLLOW_UP: supervision.follow_up_engagement,
        WorkMove.CANCEL: engagements.cancel_engagement,
        WorkMove.END: engagements.end_engagement_early,
    }
    given = {"reason": reason} if move in {WorkMove.CANCEL, WorkMove.END} else {}
    acts[move](actor=actor, engagement=engagement, **given)


@transaction.atomic
def move_need(*, actor: User, need: Need, move: str, seen: str, result: str = "") -> None:
    """Do one of ``NEED_MOVES`` with a need. ``result`` is a NeedResult where the move asks for one.

    Raises as ``move_work``. Effects: those of the act itself.
    """
    if not coordinates(actor, need.organisation.country.code):
        raise NotAllowed(_("Only the coordinator of this country does that."))
    present = lock(need)
    _require_seen(present, seen)
    _require(move in NEED_MOVES.get(present.state, []))
    acts: dict[str, Any] = {
        NeedMove.PAUSE: needs.pause_need,
        NeedMove.RESUME: needs.resume_need,
        NeedMove.WITHDRAW: closing.withdraw_need,
        NeedMove.CLOSE: closing.close_need,
    }
    given = {"result": result} if move == NeedMove.CLOSE else {}
    acts[move](actor=actor, need=need, **given)


def _require(is_known: bool) -> None:
    if not is_known:
        problem = _("Choose what to do with it.")
        raise Invalid(problem, fields={"move": problem})


def require_seen(row: Proposal | Need, seen: str) -> None:
    """Raise MovedMeanwhile unless ``seen`` is the state of a need, a proposal or the engagement that follows from it.

    Queries: 1 when it is not.
    """
    _require_seen(getattr(row, "engagement", None) or row, seen)


def _require_seen(present: Any, seen: str) -> None:
    if present.state == seen:
        return
    raise MovedMeanwhile(
        _("%(who)s It is now “%(state)s”. Nothing of yours was done; look again, then decide.")
        % {"who": last_act(present), "state": present.get_state_display()},
        state=present.state,
    )


def last_act(thing: models.Model) -> str:
    """Return who changed a thing last and how long ago, as a sentence. Queries: 1."""
    entry = audit.history_of(thing).last()
    if entry is None:
        return _("This has changed meanwhile.")
    now = timezone.now()
    if entry.actor is not None and now - entry.created_at < timedelta(minutes=1):
        return _("%(person)s changed this just now.") % {"person": entry.actor}
    ago = timesince(entry.created_at, now)
    if entry.actor is None:
        return _("This changed by itself %(ago)s ago.") % {"ago": ago}
    return _("%(person)s changed this %(ago)s ago.") % {"person": entry.actor, "ago": ago}


def _close(actor: User, proposal: Proposal) -> None:
    """Close a proposal that nobody answers. Effects: state, conversation closed, audit entry, news for both sides."""
    late, waiting = turn_of(proposal)
    if not close_if_open(actor=actor, proposal=proposal, to=ProposalState.CANCELLED):
        raise Conflict(_("This proposal has been answered meanwhile."))
    text = gettext_noop("The coordinator has closed the proposal about “%(need)s”: nobody answered. Others may fit.")
    people = [person for person in (*late, *waiting) if person.pk != actor.pk]
    tell_about_proposal(people=people, proposal=proposal, verb="cancelled", text=text)
