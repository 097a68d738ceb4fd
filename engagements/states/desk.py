"""What stands on the coordinator's desk: kinds of waiting things, the groups that are counted, and their weight."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from engagements.states.clocks import WaitingKind


class OtherKind(models.TextChoices):
    """What waits for a coordinator besides the steps of ``WaitingKind``."""

    SAFETY = "safety", _("Report to look into")
    AT_RISK = "at_risk", _("Engagement gone quiet")
    RECOMMENDED = "recommended", _("Organisation that you recommended")


class DeskGroup(models.TextChoices):
    """Things that are counted together; the first four are the numbers on top of the desk."""

    REPLY = "reply", _("requests with no reply")
    CHECK = "check", _("to check and verify")
    REPORT = "report", _("sessions with no report")
    MATCH = "match", _("needs with no match")
    AGREE = "agree", _("plans and times to agree on")
    CHANGE = "change", _("wait for the institution")
    COLLEAGUE = "colleague", _("wait for a second coordinator")
    QUIET = "quiet", _("engagements gone quiet")
    SAFETY = "safety", _("reports to look into")


GROUPS: dict[DeskGroup, list[str]] = {
    DeskGroup.REPLY: [WaitingKind.REPLY, WaitingKind.INFORMATION],
    DeskGroup.CHECK: [WaitingKind.CHECK, WaitingKind.VERIFICATION, WaitingKind.SECOND],
    DeskGroup.REPORT: [WaitingKind.SESSION, WaitingKind.HOURS, WaitingKind.OUTCOME],
    DeskGroup.MATCH: [WaitingKind.PROPOSALS],
    DeskGroup.AGREE: [WaitingKind.AGREEMENT, WaitingKind.TIME],
    DeskGroup.CHANGE: [
        WaitingKind.CHANGES,
        WaitingKind.DOCUMENTS,
        WaitingKind.CLOSING,
        WaitingKind.RENEWAL,
        WaitingKind.FACTS,
    ],
    DeskGroup.COLLEAGUE: [OtherKind.RECOMMENDED],
    DeskGroup.QUIET: [OtherKind.AT_RISK],
    DeskGroup.SAFETY: [OtherKind.SAFETY],
}
GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
TOP = (DeskGroup.REPLY, DeskGroup.CHECK, DeskGroup.REPORT, DeskGroup.MATCH)
# By how much a day over target counts. What only a coordinator can do, and what keeps somebody waiting who came to us,
# weighs more than what two sides sort out between them. Reports stand above everything.
WEIGHTS: dict[str, float] = {
    WaitingKind.REPLY: 2,
    WaitingKind.INFORMATION: 1.5,
    WaitingKind.CHECK: 3,
    WaitingKind.VERIFICATION: 3,
    WaitingKind.SECOND: 3,
    WaitingKind.PROPOSALS: 2,
    WaitingKind.AGREEMENT: 1,
    WaitingKind.TIME: 1,
    WaitingKind.SESSION: 1,
    WaitingKind.HOURS: 0.5,
    WaitingKind.OUTCOME: 1,
    WaitingKind.CHANGES: 0.5,
    WaitingKind.DOCUMENTS: 0.5,
    WaitingKind.CLOSING: 0.5,
    WaitingKind.RENEWAL: 0.5,
    WaitingKind.FACTS: 0.5,
    OtherKind.AT_RISK: 1,
    OtherKind.RECOMMENDED: 0.5,
    OtherKind.SAFETY: 10,
}
URGENT = 2.0
# Days that a report may wait, and that an engagement may be quiet once it was flagged.
REPORT_DAYS, FLAG_DAYS = 1, 1
