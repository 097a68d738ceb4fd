"""States and reasons of reports about what someone did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


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
