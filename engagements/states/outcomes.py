"""The three points at which is asked what came of an engagement, who is asked, and what can be said."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions
from engagements.states.engagements import EngagementState


class OutcomeMoment(models.TextChoices):
    """When it is asked: as the CD4D programme does, before, just after, and a year later."""

    START = "start", _("At the start")
    END = "end", _("At the end")
    LATER = "later", _("A year later")


class Respondent(models.TextChoices):
    """Who is asked: the two sides, and each counterpart or mentee who has agreed to be written to."""

    EXPERT = "expert", _("Expert")
    INSTITUTION = "institution", _("Institution")
    COUNTERPART = "counterpart", _("Counterpart or mentee")


class OutcomeState(models.TextChoices):
    """How far one question to one respondent is."""

    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Waiting for an answer")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed without an answer")


OUTCOME_TRANSITIONS: Transitions = {"planned": {"open", "answered", "closed"}, "open": {"answered", "closed"}}
UNANSWERED_STATES = frozenset({OutcomeState.PLANNED, OutcomeState.OPEN})
# The states of an engagement in which each moment can be answered for. A report at the end may come a little early.
ANSWERED_IN: dict[str, frozenset[EngagementState]] = {
    OutcomeMoment.START: frozenset(
        {EngagementState.SCHEDULED, EngagementState.ACTIVE, EngagementState.PAUSED, EngagementState.WRAPPING_UP}
    ),
    OutcomeMoment.END: frozenset({EngagementState.ACTIVE, EngagementState.WRAPPING_UP, EngagementState.COMPLETED}),
    OutcomeMoment.LATER: frozenset({EngagementState.COMPLETED, EngagementState.FOLLOWED_UP}),
}
YEAR = timedelta(days=365)
# How long after the question it is asked again; then it only stands on the pages, and for the coordinator.
REMIND_AFTER = (timedelta(days=7), timedelta(days=14))


class SkillStep(models.IntegerChoices):
    """How well people do something, in words everybody uses of their own work."""

    NOT_YET = 0, _("Not yet")
    WITH_HELP = 1, _("With help")
    ALONE = 2, _("Without help")
    TEACHES = 3, _("Well enough to teach it")


class StillInUse(models.TextChoices):
    """Whether the result is used a year later."""

    YES = "yes", _("Yes")
    PARTLY = "partly", _("Partly")
    NO = "no", _("No")


class FeedbackReader(models.TextChoices):
    """Who reads the private line."""

    COORDINATOR = "coordinator", _("Only the coordinator")
    OTHER_SIDE = "other_side", _("Only the other side")
