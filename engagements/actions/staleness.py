"""Hide needs whose institution is silent, open them again with one tap, and end those that nobody asks for any more."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.rules import is_trusted
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.ending import close_proposals_of
from engagements.actions.terms import rewrite_terms
from engagements.models import Need
from engagements.queries.replies import are_two_offers_unanswered
from engagements.rules import needs as rules
from engagements.states import (
    NEED_TRANSITIONS,
    OPEN_NEED_STATES,
    TAKING_NEED_STATES,
    NeedState,
)
from messaging.actions.notifications import notify


def let_stale(need: Need) -> None:
    """Hide an open need until its institution says that it is needed still; the caller holds its lock.

    Effects: state, terms, audit entry, news to who speaks for the institution.
    """
    advance(need, NeedState.STALE, NEED_TRANSITIONS, stale_at=timezone.now())
    rewrite_terms(need)
    entry = audit.record(actor=None, verb="engagements.need.stale", obj=need)
    _tell(
        need,
        "stale",
        gettext_noop("“%(need)s” is hidden from experts for now. Is it needed still? Open it again with one tap."),
        f"need-stale:{entry.pk}",
    )


def let_stale_when_silent(need: Need) -> bool:
    """Hide an open need of which the last two offers ran out without an answer; say whether it was.

    The caller holds its lock. Effects as above.
    """
    if need.state not in OPEN_NEED_STATES:
        return False
    if not are_two_offers_unanswered(need):
        return False
    let_stale(need)
    return True


def expire_need(need: Need) -> None:
    """End a need for which nobody asked any more; the caller holds its lock.

    Effects: state, terms, audit entry, open proposals cancelled, news to who speaks for the institution.
    """
    advance(need, NeedState.EXPIRED, NEED_TRANSITIONS, closed_at=timezone.now())
    rewrite_terms(need)
    entry = audit.record(actor=None, verb="engagements.need.expired", obj=need)
    close_proposals_of(actor=None, need=need)
    _tell(
        need,
        "expired",
        gettext_noop("“%(need)s” has ended, as we heard nothing from you. You can post it anew at any time."),
        f"need-expired:{entry.pk}",
    )


@transaction.atomic
def renew_need(*, actor: User, need: Need, closes_on: date | None = None) -> Need:
    """Say that a need is needed still: it is open again, until ``closes_on`` if that is given.

    Raises NotAllowed unless ``actor`` runs the need, Invalid for a day that is over, Conflict when it is closed or its
    organisation is not verified. Effects: state and date, terms, audit entry.
    """
    if not rules.can_run_need(actor, need):
        raise NotAllowed(_("Only the organisation and the country's coordinator decide about this need."))
    if closes_on is not None and closes_on < timezone.now().astimezone(actor.zone).date():
        problem = _("Choose a day that is still to come, or leave it empty.")
        raise Invalid(problem, fields={"closes_on": problem})
    present = lock(need)
    if present.state not in TAKING_NEED_STATES:
        raise Conflict(_("This need is not open any more."))
    if not is_trusted(present.organisation):
        raise Conflict(_("The organisation is not verified at present, so its needs cannot open."))
    values = {"closes_on": closes_on, "renewed_at": timezone.now()}
    if present.state == NeedState.STALE:
        to = NeedState.IN_ENGAGEMENT if present.places_taken else NeedState.PUBLISHED
        advance(need, to, NEED_TRANSITIONS, **values)
    else:
        Need.objects.filter(pk=need.pk).update(**values)
    rewrite_terms(need)
    audit.record(actor=actor, verb="engagements.need.renewed", obj=need)
    need.refresh_from_db()
    return need


def _tell(need: Need, verb: str, text: str, event_key: str) -> None:
    for person in speakers_of(need.organisation):
        notify(
            user=person,
            verb=f"engagements.need.{verb}",
            text=text,
            params={"need": need.title, "organisation": need.organisation.name},
            url=reverse("engagements:need", args=[need.reference]),
            event_key=event_key,
        )
