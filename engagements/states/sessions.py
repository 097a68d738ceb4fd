"""States of agreed meetings, and of sessions held with their hours."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class MeetingState(models.TextChoices):
    """Where an appointment for a session stands."""

    PROPOSED = "proposed", _("Waiting for an answer")
    CONFIRMED = "confirmed", _("Agreed")
    HELD = "held", _("Held")
    NO_SHOW = "no_show", _("Somebody did not come")
    CANCELLED = "cancelled", _("Called off")
    EXPIRED = "expired", _("Nobody answered in time")


# An agreed appointment that is moved waits for an answer again; one of which nobody says anything afterwards expires.
MEETING_TRANSITIONS: Transitions = {
    "proposed": {"confirmed", "cancelled", "expired"},
    "confirmed": {"proposed", "held", "no_show", "cancelled", "expired"},
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
