"""How many proposals one person may send and get in a day, and how many wait at once, so that each of them is read."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, SlowDown
from engagements.models import Need, Proposal
from engagements.queries.pace import asked_within_a_day, is_full_of_offers
from engagements.states import OPEN_PROPOSAL_STATES, ProposalOrigin
from mentors.models import ExpertProfile

DAILY_PROPOSALS = 20
# Of one person, waiting for an answer.
OPEN_PROPOSALS = 15
# The sought-after answer late or never when asked ever more; the simulation shows what the cap changes.
DAILY_INVITATIONS = 3


def check_asked_today(profile: ExpertProfile, origin: str) -> None:
    """Raise Conflict when the expert is asked and got as many invitations and questions within a day as one may.

    The caller holds the profile's lock, so that two invitations at once do not pass together. Queries: 1 (0 for an
    application).
    """
    if origin == ProposalOrigin.APPLICATION:
        return
    if asked_within_a_day([profile.pk]).count() >= DAILY_INVITATIONS:
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


def check_open_proposals(actor: User) -> None:
    """Raise Conflict when as many of the person's proposals wait for an answer as one may have. Queries: 1.

    The caller holds the person's lock.
    """
    waiting = Proposal.objects.filter(sent_by=actor, state__in=sorted(OPEN_PROPOSAL_STATES)).count()
    if waiting >= OPEN_PROPOSALS:
        raise Conflict(
            _("%(count)d of your proposals wait for an answer. Wait for some, or take some back.") % {"count": waiting},
            code="too_many_open",
        )


def check_reading(need: Need, origin: str) -> None:
    """Raise Conflict when ``origin`` is an application and the organisation reads as many offers as it can.

    The caller holds the need's lock, so that two offers at once do not pass together. Queries: 1 (0 otherwise).
    """
    if origin == ProposalOrigin.APPLICATION and is_full_of_offers(need):
        raise Conflict(
            _("The organisation is reading as many offers as it can. Ask to be told when it reads more."),
            code="reading_enough",
        )
