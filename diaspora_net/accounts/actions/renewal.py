"""Verifications end with a day: ask for renewal a month before, and let lapse what nobody renewed.

Each organisation is decided anew under its lock, which other sweeps pass over, so both may run twice or at once.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.queries.people import coordinators_of
from diaspora_net.accounts.states import ORGANISATION_TRANSITIONS, OrganisationState
from diaspora_net.core import audit
from diaspora_net.core.news import tell
from diaspora_net.core.transitions import advance

ASKED_BEFORE = timedelta(days=30)
AT_ONCE = 500


def begin_renewals() -> int:
    """Ask the organisations whose verification ends within thirty days to confirm their facts; return how many.

    At most 500 in one run, one transaction each. Effects for each: state, audit entry, news to its speakers and to the
    country's coordinators, on whose desk it stands from now on.
    """
    ending = Organisation.objects.filter(
        state=OrganisationState.VERIFIED, verified_until__lte=timezone.localdate() + ASKED_BEFORE
    )
    return sum(_begin(ending, pk) for pk in _first(ending))


@transaction.atomic
def _begin(ending: QuerySet[Organisation], pk: int) -> bool:
    organisation = ending.select_for_update(skip_locked=True, no_key=True).filter(pk=pk).first()
    if organisation is None:
        return False
    values = {"renewal_asked_at": timezone.now(), "facts_confirmed_at": None}
    advance(organisation, OrganisationState.RENEWAL_DUE, ORGANISATION_TRANSITIONS, **values)
    _tell(
        organisation,
        gettext_noop("Is everything about %(organisation)s still right? Its verification ends on %(day)s."),
        gettext_noop("The verification of %(organisation)s ends on %(day)s. It is asked to confirm its facts."),
    )
    return True


def lapse_verifications() -> int:
    """Let the verifications lapse whose day is over; return how many.

    At most 500 in one run, one transaction each. Effects for each: state, audit entry, news as above. Open needs and
    work stay as they are; nothing new opens until two coordinators have renewed it.
    """
    over = Organisation.objects.filter(state=OrganisationState.RENEWAL_DUE, verified_until__lt=timezone.localdate())
    return sum(_lapse(over, pk) for pk in _first(over))


@transaction.atomic
def _lapse(over: QuerySet[Organisation], pk: int) -> bool:
    organisation = over.select_for_update(skip_locked=True, no_key=True).filter(pk=pk).first()
    if organisation is None:
        return False
    advance(organisation, OrganisationState.LAPSED, ORGANISATION_TRANSITIONS)
    _tell(
        organisation,
        gettext_noop("The verification of %(organisation)s has lapsed. Open needs go on; renew it to open new ones."),
        gettext_noop("The verification of %(organisation)s has lapsed."),
    )
    return True


def _first(rows: QuerySet[Organisation]) -> list[int]:
    return list(rows.order_by("verified_until", "pk").values_list("pk", flat=True)[:AT_ONCE])


def _tell(organisation: Organisation, to_speakers: str, to_coordinators: str) -> None:
    """Write the audit entry about the step just taken, and tell both sides, each once."""
    verb = f"accounts.organisation.{organisation.state}"
    entry = audit.record(actor=None, verb=verb, obj=organisation, until=str(organisation.verified_until))
    own = reverse("engagements:organisation-verification", args=[organisation.reference])
    desk = reverse("engagements:desk-organisation", args=[organisation.reference])
    told = [(person, to_speakers, own) for person in speakers_of(organisation)]
    told += [(person, to_coordinators, desk) for person in coordinators_of(str(organisation.country.code))]
    for person, text, url in told:
        tell(
            user_id=person.pk,
            verb=verb,
            text=text,
            params={"organisation": organisation.name, "day": str(organisation.verified_until)},
            url=url,
            event_key=f"organisation-renewal:{entry.pk}",
        )
