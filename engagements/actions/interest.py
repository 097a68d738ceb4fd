"""Take in what experts say about suggestions. Every effect hangs on a row, so deleting the row takes it back."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Invalid, NotAllowed
from engagements.models import Dismissal, Need, SavedNeed
from engagements.states import DeclineReason
from mentors.models import ExpertProfile
from mentors.queries.profiles import own_profile


@transaction.atomic
def dismiss_need(*, actor: User, need: Need, reason: str, pauses_until: date | None = None) -> Dismissal:
    """Hide a need from one's own suggestions, and oneself from the organisation's, with a private reason; again
    replaces it.

    Not one's field: the scorer lowers the skills it requires for this person. Would rather not work together: the same
    for all needs of the organisation. No time: with ``pauses_until``, nothing at all is suggested before that day.
    Raises NotAllowed without a profile, Invalid for an unknown reason or a day gone by. Effects: row, audit entry.
    """
    if reason not in DeclineReason.values:
        message = _("Choose why it is not for you.")
        raise Invalid(message, fields={"reason": message})
    if reason != DeclineReason.NO_TIME:
        pauses_until = None
    if pauses_until is not None and pauses_until <= timezone.localdate():
        message = _("Choose a day to come.")
        raise Invalid(message, fields={"pause": message})
    is_organisation = reason == DeclineReason.NOT_COMFORTABLE
    values = {
        "reason": reason,
        "hides_organisation": need.organisation if is_organisation else None,
        "pauses_until": pauses_until,
    }
    dismissal, _is_new = Dismissal.objects.update_or_create(need=need, expert=_profile_of(actor), defaults=values)
    audit.record(actor=actor, verb="engagements.need.dismissed", obj=need, reason=reason)
    return dismissal


@transaction.atomic
def restore_need(*, actor: User, need: Need) -> None:
    """Show a hidden need again; one that is not hidden stays as it is. Effects: row, audit entry."""
    gone, _rows = Dismissal.objects.filter(need=need, expert=_profile_of(actor)).delete()
    if gone:
        audit.record(actor=actor, verb="engagements.need.restored", obj=need)


@transaction.atomic
def end_pause(*, actor: User) -> None:
    """Let suggestions come again before the day one had named; what is hidden stays hidden. Effects: rows, audit."""
    profile = _profile_of(actor)
    if Dismissal.objects.filter(expert=profile, pauses_until__isnull=False).update(pauses_until=None):
        audit.record(actor=actor, verb="engagements.suggestions.resumed", obj=profile)


@transaction.atomic
def save_need(*, actor: User, need: Need) -> None:
    """Keep a need for later; twice changes nothing. Raises NotAllowed without a profile. Effects: row."""
    SavedNeed.objects.get_or_create(need=need, expert=_profile_of(actor))


@transaction.atomic
def unsave_need(*, actor: User, need: Need) -> None:
    """Take a need off one's list for later; one that is not on it stays off. Effects: row."""
    SavedNeed.objects.filter(need=need, expert=_profile_of(actor)).delete()


def _profile_of(actor: User) -> ExpertProfile:
    profile = own_profile(actor)
    if profile is None:
        raise NotAllowed(_("Write your profile first."))
    return profile
