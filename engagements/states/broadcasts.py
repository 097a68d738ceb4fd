"""Messages of a coordinator to everybody in a view of the pipeline, and what came of each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class BroadcastState(models.TextChoices):
    """Where a message stands."""

    DRAFT = "draft", _("Being written")
    SENDING = "sending", _("On its way")
    SENT = "sent", _("Sent")
    STOPPED = "stopped", _("Stopped")


BROADCAST_TRANSITIONS: Transitions = {"draft": {"sending"}, "sending": {"sent", "stopped"}}


class Readership(models.TextChoices):
    """Who of the rows of a view reads a message."""

    EXPERTS = "experts", _("The experts")
    INSTITUTIONS = "institutions", _("Who speaks for the institutions")
    BOTH = "both", _("Both sides")


class ReaderState(models.TextChoices):
    """Where one reader stands."""

    WAITING = "waiting", _("Not yet morning there")
    TOLD = "told", _("Told")
    LEFT_OUT = "left_out", _("Left out")
    STOPPED = "stopped", _("Not sent: stopped")


class LeftOut(models.TextChoices):
    """Why somebody does not get a message."""

    REFUSED = "refused", _("wants no messages of this kind")
    RECENT = "recent", _("had one within the days you chose")
    UNREACHABLE = "unreachable", _("cannot be reached here")


class Arrival(models.TextChoices):
    """What came of a message to one reader, as told by their news and its e-mail."""

    MAILED = "mailed", _("Told here and by e-mail")
    MAIL_WAITS = "mail_waits", _("Told here; the e-mail waits for their next mail of the day")
    HERE = "here", _("Told here only: e-mails are off, or it was read before")
    REFUSED = "refused", _("Told here; their mail server refused the e-mail")
    WAITING = "waiting", _("Not yet morning there")
    LEFT_OUT = "left_out", _("Left out")
    STOPPED = "stopped", _("Not sent: stopped")


# Days within which nobody gets two of these messages.
PAUSES = (7, 14, 30)
# Above this a coordinator says once more that so many are meant.
MANY_READERS, MOST_READERS = 200, 2000
PLACEHOLDERS = ("name", "need", "institution")
