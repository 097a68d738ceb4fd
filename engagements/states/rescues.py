"""How the search of a coordinator for a need that nobody answers goes, and each expert in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RescueEnd(models.TextChoices):
    """Why no more experts are asked."""

    FILLED = "filled", _("The need has found somebody, or is open no more")
    ASKED_ALL = "asked_all", _("Everybody on the list was asked")
    STOPPED = "stopped", _("A coordinator stopped it")
    REFUSED = "refused", _("The coordinator may not ask any more")


class InviteeState(models.TextChoices):
    """Where one expert of the list stands."""

    WAITING = "waiting", _("Asked later, if nobody says yes")
    ASKED = "asked", _("Asked")
    SKIPPED = "skipped", _("Not asked")
