"""What goes on between two people."""

from django.db.models import Q

from diaspora_net.accounts.models import User
from engagements.models import Engagement, Proposal
from engagements.states import OPEN_PROPOSAL_STATES, RUNNING_STATES


def _between(one: User, other: User, talk: str) -> Q:
    """Return the condition that one of the two is the expert and the other talks with them for the organisation."""
    present = {f"{talk}__participants__left_at__isnull": True}
    return Q(**{"expert__user": one, f"{talk}__participants__user": other, **present}) | Q(
        **{"expert__user": other, f"{talk}__participants__user": one, **present}
    )


def open_proposals_between(one: User, other: User) -> list[Proposal]:
    """Return the proposals that wait between two people, locked, by id. Queries: 2."""
    found = Proposal.objects.filter(_between(one, other, "conversation"), state__in=sorted(OPEN_PROPOSAL_STATES))
    ids = list(found.values_list("pk", flat=True))
    locked = Proposal.objects.filter(pk__in=ids).select_for_update(no_key=True, of=("self",)).order_by("pk")
    return list(locked.select_related("need__organisation", "expert__user", "conversation"))


def running_between(one: User, other: User) -> list[Engagement]:
    """Return the engagements that run between two people. Queries: 1."""
    found = Engagement.objects.filter(_between(one, other, "conversation"), state__in=sorted(RUNNING_STATES))
    return list(found.select_related("need__organisation").distinct().order_by("pk"))
