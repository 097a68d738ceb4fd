"""What a year brings: organisations confirm their facts, and two coordinators verify them anew."""

from collections.abc import Collection
from datetime import timedelta

from diaspora_net.accounts.actions.organisations import answer_request
from diaspora_net.accounts.actions.renewal import begin_renewals, lapse_verifications
from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.states import OrganisationState
from engagements.demo.cast import World, verify
from engagements.demo.clock import at

# Days before the end at which everybody asked has answered, and of those nearer to today who has not yet.
ANSWERED, WAITING = 20, 10
REASON = "Called again on the known number; register, address and mandate are as they were."


def renew(world: World, *, forgetful: Collection[Organisation] = ()) -> None:
    """Renew what has ended since each was verified, on the days it would have been; the ``forgetful`` let it lapse."""
    forgotten = [one.pk for one in forgetful]
    ending = Organisation.objects.filter(
        state=OrganisationState.VERIFIED, verified_until__lte=world.calendar.now.date() + timedelta(days=WAITING)
    ).exclude(pk__in=forgotten)
    while (first := ending.order_by("verified_until", "pk").first()) and first.verified_until:
        days = (world.calendar.now.date() - first.verified_until).days + ANSWERED
        with at(world.calendar.ago(days, "08:00")):
            begin_renewals()
        with at(world.calendar.ago(days, "15:00")):
            due = Organisation.objects.filter(state=OrganisationState.RENEWAL_DUE).exclude(pk__in=forgotten)
            for organisation in due.order_by("pk"):
                answer_request(actor=speakers_of(organisation)[0], organisation=organisation)
                verify(world, organisation, REASON)
    begin_renewals()
    lapse_verifications()
