"""Read a coordinator's searches for needs that nobody answers, and who fits next."""

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.models import Invitee, Need, Proposal, Rescue
from engagements.queries.recommendations import MOST, Suggestion, experts_for_need

NEXT_BEST = 5


def next_best(viewer: User, need: Need) -> list[Suggestion]:
    """Return the five experts who fit best of those who were never asked and never offered. Http404 as for the matches.

    Queries: 17 at most, whatever the number of experts.
    """
    known = set(Proposal.objects.filter(need=need).values_list("expert", flat=True))
    found = experts_for_need(viewer, need, limit=min(MOST, NEXT_BEST + len(known)))
    return [one for one in found if one.profile.pk not in known][:NEXT_BEST]


def rescues_of(need: Need) -> list[Rescue]:
    """Return the searches for a need with their experts, the newest first. Queries: 2."""
    invitees = Invitee.objects.select_related("expert__user", "proposal")
    rows = Rescue.objects.filter(need=need).select_related("need__organisation", "planned_by")
    return list(rows.prefetch_related(Prefetch("invitees", invitees)).order_by("-planned_at", "-pk"))


def due_rescues() -> QuerySet[Rescue]:
    """Return the open searches at which the sweep should look now, the longest due first."""
    return Rescue.objects.filter(ended_at__isnull=True, due_at__lte=timezone.now()).order_by("due_at", "pk")
