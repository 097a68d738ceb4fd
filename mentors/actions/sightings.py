"""Note who looked at an expert's profile, so that the expert can be told."""

from django.db import transaction
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from mentors.models import ExpertProfile
from mentors.rules import COORDINATOR_FIELDS, visible_fields
from mentors.states import PROFILE_SEEN


@transaction.atomic
def note_sighting(*, actor: User, profile: ExpertProfile) -> None:
    """Note once a day that ``actor`` opened somebody else's profile, and how much of it they may see.

    Effects: audit entry, whose ``level`` is ``coordinator`` or ``institution``. Queries: 2 the first time of a day,
    then 1, beside those of ``visible_fields``.
    """
    if profile.user_id == actor.pk:
        return
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    if audit.history_of(profile).filter(verb=PROFILE_SEEN, actor=actor, created_at__gte=today).exists():
        return
    level = "coordinator" if visible_fields(actor, profile) >= COORDINATOR_FIELDS else "institution"
    audit.record(actor=actor, verb=PROFILE_SEEN, obj=profile, level=level)
