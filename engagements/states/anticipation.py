"""What institutions see coming: needs that are foreseen for a quarter, and rounds of questions about missing skills."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions

# So long before its quarter begins an institution is reminded of a need it foresaw.
REMIND_BEFORE = timedelta(weeks=4)
# How many quarters can be foreseen, the present one among them.
QUARTERS_AHEAD = 6


class Certainty(models.TextChoices):
    """How sure somebody is that a need will come."""

    CERTAIN = "certain", _("Certain: it is decided")
    LIKELY = "likely", _("Likely")
    POSSIBLE = "possible", _("Possible")


class ForeseenState(models.TextChoices):
    """Where a foreseen need stands."""

    OPEN = "open", _("Foreseen")
    DRAFTED = "drafted", _("A need is written")
    DROPPED = "dropped", _("Not needed any more")


FORESEEN_TRANSITIONS: Transitions = {"open": {"drafted", "dropped"}}


class AnswerState(models.TextChoices):
    """Where the answer of one institution to a round stands."""

    PLANNED = "planned", _("Asked on the next working day")
    OPEN = "open", _("Asked")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Not answered")


ANSWER_TRANSITIONS: Transitions = {
    "planned": {"open", "answered", "closed"},
    "open": {"answered", "closed"},
}
UNANSWERED = frozenset({AnswerState.PLANNED, AnswerState.OPEN})


class LackWhen(models.TextChoices):
    """From when on an institution lacks people with a skill."""

    NOW = "now", _("already now")
    HALF = "half", _("within six months")
    YEAR = "year", _("within a year")


# Who has not answered by then is asked once more.
ASK_AGAIN_AFTER = timedelta(days=14)
SHORTEST_ROUND, LONGEST_ROUND = timedelta(days=7), timedelta(days=90)
MOST_LACKS = 10


class InterestState(models.TextChoices):
    """Where the question stands whether an expert would help with a skill that will be needed."""

    WAITING = "waiting", _("Asked in their morning")
    ASKED = "asked", _("Asked")
    YES = "yes", _("Would help")
    NO = "no", _("Not now")
    SKIPPED = "skipped", _("Not asked")


INTEREST_TRANSITIONS: Transitions = {"waiting": {"asked", "skipped"}, "asked": {"yes", "no"}}
