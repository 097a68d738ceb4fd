"""Read what experts said about suggestions: what is saved, and until when they want none."""

from datetime import date

from django.db.models import Max
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.models import Dismissal, Need, SavedNeed
from engagements.queries.needs import visible_needs, with_details
from mentors.models import ExpertProfile


def paused_until(profile: ExpertProfile) -> date | None:
    """Return the day before which the expert wants no suggestions; None when they want them now. Queries: 1."""
    pauses = Dismissal.objects.filter(expert=profile, pauses_until__gt=timezone.localdate())
    until: date | None = pauses.aggregate(until=Max("pauses_until"))["until"]
    return until


def saved_needs(viewer: User, profile: ExpertProfile) -> list[Need]:
    """Return the needs that the expert keeps for later and still may see, latest first, with what cards show.

    Queries: 4.
    """
    kept = SavedNeed.objects.filter(expert=profile).order_by("-saved_at", "-pk").values_list("need", flat=True)
    order = {pk: place for place, pk in enumerate(kept)}
    return sorted(with_details(visible_needs(viewer).filter(pk__in=order)), key=lambda need: order[need.pk])


def is_saved(need: Need, profile: ExpertProfile) -> bool:
    """Say whether the expert keeps the need for later. Queries: 1."""
    return SavedNeed.objects.filter(need=need, expert=profile).exists()
