"""What a link in an e-mail is for: one answer each, and nothing else."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """The one thing a link does once its page is sent; the label is what its button in the mail says."""

    ACCEPT = "accept", _("Accept")
    DECLINE = "decline", _("No thanks")
    ASK = "ask", _("Tell me more")
    INFORM = "inform", _("Answer the question")
    AGREE = "agree", _("Agree to the plan")
    CHOOSE = "choose", _("Choose this time")
    HELD = "held", _("Yes, it was held")
    MISSED = "missed", _("No, somebody did not come")
    CONFIRM = "confirm", _("Confirm the hours")
    DISPUTE = "dispute", _("Not right")
    REPORT = "report", _("Answer in two minutes")
    LACKS = "lacks", _("Answer in three minutes")
    WOULD = "would", _("I would help")
    WOULD_NOT = "would_not", _("Not now")
    DRAFT = "draft", _("Write the draft now")
    DROP = "drop", _("Not needed any more")
    REFUSE = "refuse", _("No more messages of this kind")
    STOP = "stop", _("Stop these e-mails")


# Longer than anything waits for an answer; the object's own clock ends most links before.
LINK_LASTS = timedelta(days=21)
# What came of the work is asked again after one and three weeks; and whoever wants no more e-mail may say so for long.
_LONGER = {Purpose.REPORT: timedelta(days=60), Purpose.LACKS: timedelta(days=90), Purpose.STOP: timedelta(days=800)}


def lasts(purpose: str) -> timedelta:
    """Return how long a link for a purpose works."""
    return _LONGER.get(Purpose(purpose), LINK_LASTS) if purpose in Purpose.values else LINK_LASTS
