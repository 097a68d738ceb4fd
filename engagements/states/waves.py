"""Vocabularies of mapping waves: their states, the five data types, who is asked, and what people agree to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class WaveState(models.TextChoices):
    """Where a mapping wave stands."""

    DRAFT = "draft", _("Being prepared")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


WAVE_TRANSITIONS: Transitions = {"draft": {"open"}, "open": {"closed"}}


class DataType(models.TextChoices):
    """What a mapping may collect. Source: the five data types of EUDiF, "Creating diaspora skills profiles"."""

    PLACE = "place", _("Location and size")
    ORGANISATIONS = "organisations", _("Organisations")
    INITIATIVES = "initiatives", _("Initiatives of the diaspora")
    SKILLS = "skills", _("Demographics, skills and competences")
    TIES = "ties", _("Attachment and willingness to contribute")


class Asked(models.TextChoices):
    """Who is asked, and by which way an answer came."""

    LINK = "link", _("Everybody who has the link")
    EXPERTS = "experts", _("Experts from the country who have a profile here")
    ASSOCIATIONS = "associations", _("Associations: non-profit organisations verified here pass the link on")


class Purpose(models.TextChoices):
    """What a respondent may agree to; without the first nothing is kept."""

    RESULTS = "results", _("Count my answers in the results")
    AGAIN = "again", _("Write to me when the results are out, and when the next survey begins")
