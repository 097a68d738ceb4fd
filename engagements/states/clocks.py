"""The clocks of the steps that wait for somebody: how long each may take, when it is reminded of, and when it ends.

All numbers are working days of the country of whoever is waited for, and the network's own; a programme may set others.
"""

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
    CHECK = "check", _("Need to check")
    CHANGES = "changes", _("Need to change")
    VERIFICATION = "verification", _("Organisation to verify")
    DOCUMENTS = "documents", _("Documents to send")


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


# A yes or no: the target, the reminders and the end that experience.md writes down.
CLOCKS: dict[WaitingKind, Clock] = {
    WaitingKind.REPLY: Clock(3, 2, 5, 10),
    WaitingKind.INFORMATION: Clock(3, 2, 5, 10),
    WaitingKind.AGREEMENT: Clock(3, 2, 5, 20),
    WaitingKind.TIME: Clock(2, 1, 3, 10),
    WaitingKind.SESSION: Clock(2, 2, 4, 10),
    WaitingKind.HOURS: Clock(3, 2, 4, 5),
    WaitingKind.OUTCOME: Clock(5, 3, 8, 20),
    WaitingKind.PROPOSALS: Clock(5, 5, 10, 20),
    WaitingKind.CHECK: Clock(2, 2, 4, 5),
    WaitingKind.CHANGES: Clock(5, 3, 8, 40),
    WaitingKind.VERIFICATION: Clock(2, 2, 4, 5),
    WaitingKind.DOCUMENTS: Clock(5, 3, 8, 40),
}
