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


# Longer than anything waits for an answer; the object's own clock ends most links before.
LINK_LASTS = timedelta(days=21)
