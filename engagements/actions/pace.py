"""How many proposals one person may send, and get, in a day, so that each of them is read."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, SlowDown
from engagements.models import Proposal
from engagements.states import ProposalOrigin
from mentors.models import ExpertProfile

DAILY_PROPOSALS = 20
# The sought-after answer late or never when asked ever more; the simulation shows what the cap changes.
DAILY_INVITATIONS = 3


def check_asked_today(profile: ExpertProfile, origin: str) -> None:
    """Raise Conflict when ``origin`` is an invitation and the expert got as many within a day as one may.

    The caller holds the profile's lock, so that two invitations at once do not pass together. Queries: 1 (0 for an
    application).
    """
    if origin != ProposalOrigin.INVITATION:
        return
    since = timezone.now() - timedelta(days=1)
    if Proposal.objects.filter(expert=profile, origin=origin, sent_at__gt=since).count() >= DAILY_INVITATIONS:
        raise Conflict(
            _("This expert was asked by several institutions today. Ask again tomorrow, or ask someone else who fits."),
            code="asked_enough",
        )


def check_daily_limit(actor: User) -> None:
    """Raise SlowDown when the person has sent as many proposals as a day allows. Queries: 1."""
    since = timezone.now() - timedelta(days=1)
    recent = Proposal.objects.filter(sent_by=actor, sent_at__gt=since).order_by("-sent_at")
    sent = list(recent.values_list("sent_at", flat=True))
    if len(sent) >= DAILY_PROPOSALS:
        wait = int((sent[DAILY_PROPOSALS - 1] - since).total_seconds()) + 1
        raise SlowDown(_("You have sent many proposals today. Go on tomorrow, so that each is read."), retry_after=wait)
