"""End needs together with the proposals that still wait for an answer."""

from django.db import transaction

from diaspora_net.accounts.models import User
from engagements.actions import needs
from engagements.actions.ending import close_proposals_of
from engagements.models import Need


@transaction.atomic
def withdraw_need(*, actor: User, need: Need) -> Need:
    """Take a need back and cancel its open proposals.

    Raises and effects: as ``needs.withdraw_need``, then each proposal's.
    """
    need = needs.withdraw_need(actor=actor, need=need)
    close_proposals_of(actor=actor, need=need)
    return need


@transaction.atomic
def close_need(*, actor: User, need: Need, result: str) -> Need:
    """Close a need and cancel its open proposals. Raises and effects: as ``needs.close_need``, then each proposal's."""
    need = needs.close_need(actor=actor, need=need, result=result)
    close_proposals_of(actor=actor, need=need)
    return need
