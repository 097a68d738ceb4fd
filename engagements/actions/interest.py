"""Take in what experts say about suggestions."""

from django.db import transaction
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Invalid, NotAllowed
from engagements.models import Dismissal, Need
from engagements.states import DeclineReason
from mentors.models import ExpertProfile
from mentors.queries.profiles import own_profile


@transaction.atomic
def dismiss_need(*, actor: User, need: Need, reason: str) -> Dismissal:
    """Hide a need from one's own suggestions, and oneself from the organisation's, with a private reason; again
    replaces it.

    Raises NotAllowed without a profile, Invalid for an unknown reason. Effects: row, audit entry.
    """
    if reason not in DeclineReason.values:
        message = _("Choose why it is not for you.")
        raise Invalid(message, fields={"reason": message})
    dismissal, _is_new = Dismissal.objects.update_or_create(
        need=need, expert=_profile_of(actor), defaults={"reason": reason}
    )
    audit.record(actor=actor, verb="engagements.need.dismissed", obj=need, reason=reason)
    return dismissal


@transaction.atomic
def restore_need(*, actor: User, need: Need) -> None:
    """Show a hidden need again; one that is not hidden stays as it is. Effects: row, audit entry."""
    gone, _rows = Dismissal.objects.filter(need=need, expert=_profile_of(actor)).delete()
    if gone:
        audit.record(actor=actor, verb="engagements.need.restored", obj=need)


def _profile_of(actor: User) -> ExpertProfile:
    profile = own_profile(actor)
    if profile is None:
        raise NotAllowed(_("Write your profile first."))
    return profile
