"""How many proposals one person may send, so that each of them is read."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import SlowDown
from engagements.models import Proposal

DAILY_PROPOSALS = 20


def check_daily_limit(actor: User) -> None:
    """Raise SlowDown when the person has sent as many proposals as a day allows. Queries: 1."""
    since = timezone.now() - timedelta(days=1)
    recent = Proposal.objects.filter(sent_by=actor, sent_at__gt=since).order_by("-sent_at")
    sent = list(recent.values_list("sent_at", flat=True))
    if len(sent) >= DAILY_PROPOSALS:
        wait = int((sent[DAILY_PROPOSALS - 1] - since).total_seconds()) + 1
        raise SlowDown(_("You have sent many proposals today. Go on tomorrow, so that each is read."), retry_after=wait)
