"""States and vocabularies of proposals, and how often a saved search tells."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class ProposalOrigin(models.TextChoices):
    """Who made the step from a match to a proposal."""

    APPLICATION = "application", _("Application")
    INVITATION = "invitation", _("Invitation")
    NOMINATION = "nomination", _("Nomination")


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    SENT = "sent", _("Sent")
    VIEWED = "viewed", _("Seen")
    INFO_REQUESTED = "info_requested", _("Question asked")
    ACCEPTED = "accepted", _("Accepted")
    CONVERTED = "converted", _("Became an engagement")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("The place went to someone else")
    CANCELLED = "cancelled", _("Cancelled")


_WAITING = {"accepted", "declined", "withdrawn", "expired", "superseded", "cancelled"}
# A nomination is sent twice: to the expert, and after their yes to the institution.
PROPOSAL_TRANSITIONS: Transitions = {
    "sent": {"sent", "viewed", "info_requested"} | _WAITING,
    "viewed": {"sent", "info_requested"} | _WAITING,
    "info_requested": {"sent", "viewed"} | _WAITING,
    "accepted": {"converted", "cancelled"},
}
OPEN_PROPOSAL_STATES = frozenset({ProposalState.SENT, ProposalState.VIEWED, ProposalState.INFO_REQUESTED})
# One of these per expert and need, by constraint.
LIVE_PROPOSAL_STATES = OPEN_PROPOSAL_STATES | {ProposalState.ACCEPTED, ProposalState.CONVERTED}


class DeclineReason(models.TextChoices):
    """Why a proposal was declined; private to staff, the other side gets a kind standard text."""

    NO_TIME = "no_time", _("No time now")
    NOT_MY_FIELD = "not_my_field", _("Not the right field")
    WRONG_LEVEL = "wrong_level", _("Not the right level")
    OTHER_CHOSEN = "other_chosen", _("Someone else was chosen")
    NOT_COMFORTABLE = "not_comfortable", _("Would rather not work together")


class SearchAlert(models.TextChoices):
    """When a saved search tells of new needs."""

    OFF = "off", _("No")
    WEEKLY = "weekly", _("Once a week")
    AT_ONCE = "at_once", _("At once")
