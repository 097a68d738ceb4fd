"""What a coordinator does from the desk to get things moving again."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import coordinates
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, NotAllowed
from engagements.actions.announcements import receivers_of, talkers_of
from engagements.models import Engagement, Need, Proposal
from engagements.queries.reminders import ENGAGEMENT_REMINDED, PROPOSAL_REMINDED, reminded_today
from engagements.states import OPEN_PROPOSAL_STATES, RUNNING_STATES
from messaging.actions.notifications import notify


def _check(actor: User, need: Need) -> None:
    if not coordinates(actor, need.organisation.country.code):
        raise NotAllowed(_("Only the coordinator of this country does that."))


def _check_pace(verb: str, thing: Proposal | Engagement) -> None:
    if str(thing.pk) in reminded_today(verb):
        raise Conflict(_("A reminder went out today already. The next one can go out tomorrow."))


@transaction.atomic
def remind_receiver(*, actor: User, proposal: Proposal) -> None:
    """Remind whoever has not answered a proposal, at most once a day. Effects: audit entry, news to the receivers.

    Raises NotAllowed outside the remit; Conflict when it has been answered, or somebody was reminded today.
    """
    _check(actor, proposal.need)
    if proposal.state not in OPEN_PROPOSAL_STATES:
        raise Conflict(_("This proposal has been answered meanwhile."))
    _check_pace(PROPOSAL_REMINDED, proposal)
    audit.record(actor=actor, verb=PROPOSAL_REMINDED, obj=proposal)
    for receiver in receivers_of(proposal):
        notify(
            user=receiver,
            verb=PROPOSAL_REMINDED,
            text=gettext_noop("“%(need)s” still waits for your answer. Yes or no, both help."),
            params={"need": proposal.need.title},
            url=reverse("engagements:proposal", args=[proposal.reference]),
            ask=f"proposal:{proposal.reference}",
            event_key=f"proposal-reminder:{proposal.pk}:{timezone.localdate().isoformat()}",
        )


@transaction.atomic
def remind_both_sides(*, actor: User, engagement: Engagement) -> None:
    """Ask both sides of a quiet engagement how it goes, at most once a day. Effects: audit entry, news to both.

    Raises NotAllowed outside the remit; Conflict when it has ended, or both were reminded today.
    """
    _check(actor, engagement.need)
    if engagement.state not in RUNNING_STATES:
        raise Conflict(_("This engagement has ended meanwhile."))
    _check_pace(ENGAGEMENT_REMINDED, engagement)
    audit.record(actor=actor, verb=ENGAGEMENT_REMINDED, obj=engagement)
    for person in (engagement.expert.user, *talkers_of(engagement.need)):
        notify(
            user=person,
            verb=ENGAGEMENT_REMINDED,
            text=gettext_noop("How is “%(need)s” going? Log what was done, or say what stands in the way."),
            params={"need": engagement.need.title},
            url=reverse("engagements:engagement", args=[engagement.reference]),
            event_key=f"engagement-reminder:{engagement.pk}:{timezone.localdate().isoformat()}",
        )
