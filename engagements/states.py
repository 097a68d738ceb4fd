"""States, transition tables and reason codes of needs, proposals, engagements, sessions and certificates."""

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
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# published: no place taken; in_engagement: some taken; filled: all taken. Only the first two are open for proposals.
NEED_TRANSITIONS: Transitions = {
    "draft": {"submitted", "withdrawn"},
    "submitted": {"changes_requested", "rejected", "published", "withdrawn"},
    "changes_requested": {"submitted", "withdrawn"},
    "published": {"paused", "in_engagement", "filled", "closed", "withdrawn"},
    "paused": {"published", "in_engagement", "closed", "withdrawn"},
    "in_engagement": {"paused", "published", "filled", "closed"},
    "filled": {"in_engagement", "published", "closed"},
}
OPEN_NEED_STATES = frozenset({NeedState.PUBLISHED, NeedState.IN_ENGAGEMENT})
# Not open for offers at times, so that one may wait until they are.
WATCHED_STATES = OPEN_NEED_STATES | {NeedState.FILLED, NeedState.PAUSED}
EDITABLE_NEED_STATES = frozenset({NeedState.DRAFT, NeedState.CHANGES_REQUESTED})


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


class ProposalOrigin(models.TextChoices):
    """Who made the step from a match to a proposal."""

    APPLICATION = "application", _("Application")
    INVITATION = "invitation", _("Invitation")


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
PROPOSAL_TRANSITIONS: Transitions = {
    "sent": {"viewed", "info_requested"} | _WAITING,
    "viewed": {"info_requested"} | _WAITING,
    "info_requested": {"viewed"} | _WAITING,
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
LOGGING_STATES = frozenset({EngagementState.SCHEDULED, EngagementState.ACTIVE, EngagementState.WRAPPING_UP})
# Hours can be confirmed, disputed and corrected; once an engagement is completed its certificate is out, so they stay.
ANSWERING_STATES = LOGGING_STATES | {EngagementState.PAUSED, EngagementState.ENDED_EARLY}

# The agreement can be changed and accepted.
CHANGEABLE_STATES = RUNNING_STATES - {EngagementState.WRAPPING_UP, EngagementState.ON_HOLD_SAFEGUARDING}


class Side(models.TextChoices):
    """The two sides of a proposal and an engagement."""

    EXPERT = "expert", _("Expert")
    INSTITUTION = "institution", _("Institution")


class MeetingState(models.TextChoices):
    """Where an appointment for a session stands."""

    PROPOSED = "proposed", _("Waiting for an answer")
    CONFIRMED = "confirmed", _("Agreed")
    HELD = "held", _("Held")
    NO_SHOW = "no_show", _("Somebody did not come")
    CANCELLED = "cancelled", _("Called off")
    EXPIRED = "expired", _("Nobody answered in time")


# An agreed appointment that is moved waits for an answer again.
MEETING_TRANSITIONS: Transitions = {
    "proposed": {"confirmed", "cancelled", "expired"},
    "confirmed": {"proposed", "held", "no_show", "cancelled"},
}
OPEN_MEETING_STATES = frozenset({MeetingState.PROPOSED, MeetingState.CONFIRMED})


class MeetingReason(models.TextChoices):
    """Why an appointment was called off; the other side reads it."""

    ILL = "ill", _("Illness")
    URGENT_WORK = "urgent_work", _("Urgent work")
    TRAVEL = "travel", _("Travel")
    CONNECTION = "connection", _("No connection or power")
    NOT_READY = "not_ready", _("Not ready yet")
    NOT_NEEDED = "not_needed", _("No longer needed")
    ENGAGEMENT = "engagement", _("The work rests or has ended")


class SessionKind(models.TextChoices):
    """What was done in a session; the most frequent kinds of the CD4D programme come first."""

    PROBLEM_SOLVING = "problem_solving", _("Problem solving")
    MENTORING = "mentoring", _("Mentoring")
    TEAMWORK = "teamwork", _("Teamwork")
    TRAINING = "training", _("Training")
    DOCUMENT_REVIEW = "document_review", _("Document review")
    HANDS_ON = "hands_on", _("Hands-on work")
    INTRODUCTIONS = "introductions", _("Introductions")


class HoursState(models.TextChoices):
    """Whether the other side has confirmed the hours of a session."""

    UNCONFIRMED = "unconfirmed", _("Waiting for confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed")


HOURS_TRANSITIONS: Transitions = {"unconfirmed": {"confirmed", "disputed"}, "disputed": {"unconfirmed", "confirmed"}}


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


class CertificateKind(models.TextChoices):
    """What a certificate is evidence of."""

    CONTRIBUTION = "contribution", _("Contribution")
    PARTICIPATION = "participation", _("Participation")


class CertificateState(models.TextChoices):
    """Whether a certificate still holds."""

    ISSUED = "issued", _("Valid")
    REVOKED = "revoked", _("Withdrawn")
    REISSUED = "reissued", _("Replaced")


CERTIFICATE_TRANSITIONS: Transitions = {"issued": {"revoked", "reissued"}}


class CertificatePart(models.TextChoices):
    """What the public check page of a certificate may tell; whether it is valid is told always."""

    HOLDER = "holder", _("The name")
    ORGANISATION = "organisation", _("The organisation and its country")
    WORK = "work", _("The work and its days")
    HOURS = "hours", _("The hours")
    SKILLS = "skills", _("The skills")


class ReportReason(models.TextChoices):
    """What somebody reports."""

    HARASSMENT = "harassment", _("Insults, threats or unwanted advances")
    MONEY = "money", _("Asks for money or a favour in return")
    PRESSURE = "pressure", _("Puts me or my family under pressure")
    PRETENCE = "pretence", _("Is not who they say they are")
    PRIVACY = "privacy", _("Shares what is private, or wants to know too much")
    OTHER = "other", _("Something else")


class ReportState(models.TextChoices):
    """Where a report stands."""

    NEW = "new", _("New")
    TRIAGED = "triaged", _("Taken on")
    ACTION = "action", _("Something was done")
    CLOSED = "closed", _("Closed")


REPORT_TRANSITIONS: Transitions = {
    "new": {"triaged"},
    "triaged": {"action", "closed"},
    "action": {"closed"},
}


class EndReason(models.TextChoices):
    """Why an engagement ended early or was cancelled."""

    NO_TIME = "no_time", _("No time any more")
    NEED_CHANGED = "need_changed", _("The need has changed")
    NO_CONTACT = "no_contact", _("No contact")
    NOT_A_FIT = "not_a_fit", _("Not a good fit")
    CIRCUMSTANCES = "circumstances", _("Circumstances outside our control")
