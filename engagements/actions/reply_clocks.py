"""Keep the promise that somebody answers: remind who was asked, and close what nobody answered.

Both sweeps read what is due from the rows, decide each row anew under its lock, and may run twice or at the same time.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from diaspora_net.core.transitions import lock
from engagements.actions.announcements import tell_about_proposal, turn_of
from engagements.actions.ending import close_if_open
from engagements.actions.sending import REPLY_DAYS
from engagements.models import Proposal
from engagements.states import OPEN_PROPOSAL_STATES, ProposalState

REMIND_AFTER = timedelta(days=2)
AT_ONCE = 500


def expire_due_proposals() -> int:
    """Close the open proposals whose time has passed; return how many. One transaction each, at most 500 in one run.

    Effects for each: state, conversation closed, audit entry, news for both sides.
    """
    due = Proposal.objects.filter(state__in=sorted(OPEN_PROPOSAL_STATES), expires_at__lte=timezone.now())
    return sum(_expire(proposal) for proposal in due.order_by("expires_at", "pk")[:AT_ONCE])


@transaction.atomic
def _expire(proposal: Proposal) -> bool:
    late, waiting = turn_of(lock(proposal))
    if not close_if_open(actor=None, proposal=proposal, to=ProposalState.EXPIRED):
        return False
    tell_about_proposal(
        people=waiting,
        proposal=proposal,
        verb="expired",
        text=gettext_noop("Nobody answered you about “%(need)s” in time. Others may fit as well."),
    )
    tell_about_proposal(
        people=late,
        proposal=proposal,
        verb="expired",
        text=gettext_noop("The proposal about “%(need)s” has run out without your answer."),
    )
    return True


def remind_due_proposals() -> int:
    """Remind whose turn it has been for two days, once per turn; return how many.

    At most 500 in one run. Effects for each: ``reminded_at``, news for the side whose turn it is.
    """
    now = timezone.now()
    due = Proposal.objects.filter(
        state__in=sorted(OPEN_PROPOSAL_STATES),
        reminded_at__isnull=True,
        expires_at__lte=now + timedelta(days=REPLY_DAYS) - REMIND_AFTER,
        expires_at__gt=now,
    )
    return sum(_remind(proposal) for proposal in due.order_by("expires_at", "pk")[:AT_ONCE])


@transaction.atomic
def _remind(proposal: Proposal) -> bool:
    claimed = Proposal.objects.filter(
        pk=proposal.pk, reminded_at__isnull=True, state__in=sorted(OPEN_PROPOSAL_STATES)
    ).update(reminded_at=timezone.now())
    if claimed:
        present = Proposal.objects.get(pk=proposal.pk)
        tell_about_proposal(
            people=turn_of(present)[0],
            proposal=proposal,
            verb="reminded",
            event=f"reminded:{present.expires_at.isoformat()}",
            text=gettext_noop("“%(need)s” still waits for your answer. Yes or no, both help."),
        )
    return bool(claimed)
