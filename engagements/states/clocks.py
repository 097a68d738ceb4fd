"""The clocks of the steps that wait for somebody: how long each may take, when it is reminded of, and when it ends.

All numbers are working days where whoever is waited for lives, and the network's own. A programme may set another
target for a kind under its name; its reminders and its end then move in proportion. Under ``QUIET`` it may set after
how many days of the calendar without any act or message work is at risk.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class WaitingKind(models.TextChoices):
    """What is waited for."""

    REPLY = "reply", _("Proposal without an answer")
    INFORMATION = "information", _("Question without an answer")
    AGREEMENT = "agreement", _("Agreement to accept")
    TIME = "time", _("Time to choose")
    SESSION = "session", _("Session to confirm")
    HOURS = "hours", _("Hours to confirm")
    OUTCOME = "outcome", _("Report to give")
    PROPOSALS = "proposals", _("Need without proposals")
    CLOSING = "closing", _("Need past its closing date")
    RENEWAL = "renewal", _("Need that may be needed no more")
    CHECK = "check", _("Need to check")
    CHANGES = "changes", _("Need to change")
    VERIFICATION = "verification", _("Organisation to verify")
    DOCUMENTS = "documents", _("Documents to send")
    SECOND = "second", _("Organisation to decide about")
    FACTS = "facts", _("Facts to confirm for a renewal")


class Turn(models.TextChoices):
    """Who is waited for."""

    EXPERT = "expert", _("Expert")
    INSTITUTION = "institution", _("Institution")
    BOTH = "both", _("Both sides")
    COORDINATOR = "coordinator", _("Coordinator")


class Clock(NamedTuple):
    """One clock, in working days: ``target`` is told to people, ``first`` and ``second`` remind, ``end`` ends it."""

    target: int
    first: int
    second: int
    end: int


# A yes or no takes three days, is reminded of on the second and fifth and ends on the tenth: the network's promise.
# Hours count as unconfirmed after seven days of the calendar, whatever stands here as their end.
CLOCKS: dict[WaitingKind, Clock] = {
    WaitingKind.REPLY: Clock(3, 2, 5, 10),
    WaitingKind.INFORMATION: Clock(3, 2, 5, 10),
    WaitingKind.AGREEMENT: Clock(3, 2, 5, 20),
    WaitingKind.TIME: Clock(2, 1, 3, 10),
    WaitingKind.SESSION: Clock(2, 2, 4, 10),
    WaitingKind.HOURS: Clock(3, 2, 4, 5),
    WaitingKind.OUTCOME: Clock(5, 3, 8, 20),
    WaitingKind.PROPOSALS: Clock(5, 5, 10, 40),
    WaitingKind.CLOSING: Clock(3, 0, 3, 5),
    WaitingKind.RENEWAL: Clock(5, 3, 8, 10),
    WaitingKind.CHECK: Clock(2, 2, 4, 5),
    WaitingKind.CHANGES: Clock(5, 3, 8, 40),
    WaitingKind.VERIFICATION: Clock(2, 2, 4, 5),
    WaitingKind.DOCUMENTS: Clock(5, 3, 8, 40),
    WaitingKind.SECOND: Clock(2, 2, 4, 5),
    WaitingKind.FACTS: Clock(10, 5, 15, 40),
}
# Mentorloop shows its coordinators whom it has not seen act for 21 days, too.
QUIET, QUIET_DAYS = "quiet", 21
# What a programme may set, and the most days it may set.
WAIT_NAMES = (*WaitingKind.values, QUIET)
LONGEST_WAIT = 90


def clock_of(kind: WaitingKind, waits: Mapping[str, int] | None = None) -> Clock:
    """Return the clock of a kind; where ``waits`` of a programme sets its target, all of it moves in proportion.

    What is no whole day is rounded up, as the database does in ``queries.waiting_clocks.days``.
    """
    usual = CLOCKS[kind]
    target = waits.get(kind.value) if waits else None
    return Clock(*(-(-part * target // usual.target) for part in usual)) if target else usual
