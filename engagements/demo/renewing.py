"""What a year brings: organisations confirm their facts, and two coordinators verify them anew."""

from collections.abc import Collection

from django.utils import timezone

from diaspora_net.accounts.actions.organisations import answer_request
from diaspora_net.accounts.actions.renewal import begin_renewals, lapse_verifications
from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.states import OrganisationState
from engagements.demo.cast import World, verify
from engagements.demo.clock import at

# So many days before the end the organisations have answered; whose end is still to come has not yet.
ANSWERED = 20
REASON = "Called again on the known number; register, address and mandate are as they were."


def renew(world: World, *, forgetful: Collection[Organisation] = ()) -> None:
    """Renew what has ended since each was verified, on the days it would have been; the ``forgetful`` let it lapse."""
    forgotten = [one.pk for one in forgetful]
    over = Organisation.objects.filter(verified_until__lte=world.calendar.now.date())
    ending = over.filter(state=OrganisationState.VERIFIED).exclude(pk__in=forgotten)
    while (first := ending.order_by("verified_until", "pk").first()) and first.verified_until:
        days = (world.calendar.now.date() - first.verified_until).days + ANSWERED
        with at(world.calendar.ago(days, "08:00")):
            begin_renewals()
        with at(world.calendar.ago(days, "15:00")):
            # Whoever was asked later, in a story told before, is none of them.
            due = Organisation.objects.filter(
                state=OrganisationState.RENEWAL_DUE, renewal_asked_at__lte=timezone.now()
            ).exclude(pk__in=forgotten)
            for organisation in due.order_by("pk"):
                answer_request(actor=speakers_of(organisation)[0], organisation=organisation)
                verify(world, organisation, REASON)
    with at(world.calendar.ago(0.5)):
        begin_renewals()
        lapse_verifications()
