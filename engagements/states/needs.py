"""States and vocabularies of needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class NeedState(models.TextChoices):
    """Where a need stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Being checked")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    REJECTED = "rejected", _("Not accepted")
    PUBLISHED = "published", _("Open")
    PAUSED = "paused", _("Paused")
    IN_ENGAGEMENT = "in_engagement", _("Open, work under way")
    FILLED = "filled", _("Filled")
    STALE = "stale", _("Still needed?")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Run out")


# published: no place taken; in_engagement: some taken; filled: all taken. Only the first two are open for proposals.
# stale: its institution was silent for long; one tap opens it again, and without it runs out.
NEED_TRANSITIONS: Transitions = {
    "draft": {"submitted", "withdrawn"},
    "submitted": {"changes_requested", "rejected", "published", "withdrawn"},
    "changes_requested": {"submitted", "withdrawn"},
    "published": {"paused", "in_engagement", "filled", "stale", "closed", "withdrawn"},
    "paused": {"published", "in_engagement", "closed", "withdrawn"},
    "in_engagement": {"paused", "published", "filled", "stale", "closed"},
    "filled": {"in_engagement", "published", "closed"},
    "stale": {"published", "in_engagement", "filled", "closed", "withdrawn", "expired"},
}
OPEN_NEED_STATES = frozenset({NeedState.PUBLISHED, NeedState.IN_ENGAGEMENT})
# Not open for offers at times, so that one may wait until they are.
WATCHED_STATES = OPEN_NEED_STATES | {NeedState.FILLED, NeedState.PAUSED, NeedState.STALE}
# A place can be taken: saying yes to an offer shows that a stale need is needed still.
TAKING_NEED_STATES = OPEN_NEED_STATES | {NeedState.STALE}
ENDED_NEED_STATES = frozenset({NeedState.CLOSED, NeedState.WITHDRAWN, NeedState.REJECTED, NeedState.EXPIRED})
EDITABLE_NEED_STATES = frozenset({NeedState.DRAFT, NeedState.CHANGES_REQUESTED})


class JobContract(models.TextChoices):
    """What contract a job comes with."""

    PERMANENT = "permanent", _("Permanent")
    FIXED_TERM = "fixed_term", _("For a fixed time")
    SEASONAL = "seasonal", _("Seasonal")
    APPRENTICESHIP = "apprenticeship", _("Apprenticeship")


class NeedResult(models.TextChoices):
    """Whether a closed need was met."""

    MET = "met", _("Met")
    PARTLY = "partly", _("Partly met")
    NOT_MET = "not_met", _("Not met")


class SkillStrength(models.TextChoices):
    """How much a need depends on a skill."""

    REQUIRED = "required", _("Required")
    PREFERRED = "preferred", _("Preferred")
    OPTIONAL = "optional", _("Optional")
