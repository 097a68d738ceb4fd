"""States and vocabularies of engagements: who takes part, how they end, what came of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class EngagementState(models.TextChoices):
    """Where an engagement stands."""

    AGREEING = "agreeing", _("Agreeing")
    SCHEDULED = "scheduled", _("Agreed")
    ACTIVE = "active", _("Under way")
    PAUSED = "paused", _("Paused")
    WRAPPING_UP = "wrapping_up", _("Wrapping up")
    COMPLETED = "completed", _("Completed")
    FOLLOWED_UP = "followed_up", _("Followed up")
    ENDED_EARLY = "ended_early", _("Ended early")
    CANCELLED = "cancelled", _("Cancelled")
    ON_HOLD_SAFEGUARDING = "on_hold_safeguarding", _("On hold")


ENGAGEMENT_TRANSITIONS: Transitions = {
    "agreeing": {"scheduled", "cancelled", "on_hold_safeguarding"},
    "scheduled": {"active", "paused", "ended_early", "cancelled", "on_hold_safeguarding"},
    "active": {"paused", "wrapping_up", "ended_early", "on_hold_safeguarding"},
    "paused": {"active", "ended_early", "on_hold_safeguarding"},
    "wrapping_up": {"active", "completed", "ended_early", "on_hold_safeguarding"},
    "completed": {"followed_up"},
    "on_hold_safeguarding": {"agreeing", "scheduled", "active", "ended_early"},
}
# No clock runs.
RESTING_STATES = frozenset({EngagementState.PAUSED, EngagementState.ON_HOLD_SAFEGUARDING})
# These take one of the expert's places; the others have given it back.
RUNNING_STATES = frozenset(
    {
        EngagementState.AGREEING,
        EngagementState.SCHEDULED,
        EngagementState.ACTIVE,
        EngagementState.PAUSED,
        EngagementState.WRAPPING_UP,
        EngagementState.ON_HOLD_SAFEGUARDING,
    }
)
# The work is done, and says something about whoever did it.
COMPLETED_ENGAGEMENT_STATES = frozenset({EngagementState.COMPLETED, EngagementState.FOLLOWED_UP})
# Something may be planned that follows.
CONTINUING_STATES = COMPLETED_ENGAGEMENT_STATES | {EngagementState.ACTIVE, EngagementState.WRAPPING_UP}
# Nothing came of it, or less than planned; another one may take its place in a chain.
STOPPED_STATES = frozenset({EngagementState.CANCELLED, EngagementState.ENDED_EARLY})
LOGGING_STATES = frozenset({EngagementState.SCHEDULED, EngagementState.ACTIVE, EngagementState.WRAPPING_UP})
# Hours can be confirmed, disputed and corrected; once an engagement is completed its certificate is out, so they stay.
ANSWERING_STATES = LOGGING_STATES | {EngagementState.PAUSED, EngagementState.ENDED_EARLY}

# The agreement can be changed and accepted.
CHANGEABLE_STATES = RUNNING_STATES - {EngagementState.WRAPPING_UP, EngagementState.ON_HOLD_SAFEGUARDING}


class Side(models.TextChoices):
    """The two sides of a proposal and an engagement."""

    EXPERT = "expert", _("Expert")
    INSTITUTION = "institution", _("Institution")


class EndReason(models.TextChoices):
    """Why an engagement ended early or was cancelled."""

    NO_TIME = "no_time", _("No time any more")
    NEED_CHANGED = "need_changed", _("The need has changed")
    NO_CONTACT = "no_contact", _("No contact")
    NOT_A_FIT = "not_a_fit", _("Not a good fit")
    CIRCUMSTANCES = "circumstances", _("Circumstances outside our control")


class PauseReason(models.TextChoices):
    """Why the work rests for a while."""

    ABSENCE = "absence", _("Absence")
    OTHER_WORK = "other_work", _("Too much other work")
    WAITING = "waiting", _("Waiting for something that is needed")
    SITUATION = "situation", _("The situation on site")
    OTHER = "other", _("Another reason")


class OutcomeResult(models.TextChoices):
    """What one side says came of the engagement."""

    ACHIEVED = "achieved", _("Achieved")
    PARTLY = "partly", _("Partly achieved")
    NOT_ACHIEVED = "not_achieved", _("Not achieved")


class TransferEffect(models.TextChoices):
    """The three depths of knowledge transfer."""

    INFORMATION = "information", _("Information was passed on")
    KNOWLEDGE = "knowledge", _("Knowledge was created")
    CAPACITY = "capacity", _("The organisation works differently now")


class ParticipantRole(models.TextChoices):
    """What somebody of the institution's side does in an engagement."""

    COUNTERPART = "counterpart", _("Counterpart: carries the work on")
    MENTEE = "mentee", _("Mentee: learns")
