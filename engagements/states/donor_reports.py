"""Vocabularies of donor reports: their blocks, who reads them, and what they are downloaded as."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.suppression import K_DONORS, K_EXACT, K_PUBLIC
from diaspora_net.core.transitions import Transitions


class Readers(models.TextChoices):
    """Whom a report is for; it decides which numbers may be in it."""

    COORDINATORS = "coordinators", _("Coordinators of the country: every number")
    DONORS = "donors", _("Donors: no number of fewer than 5 people")
    PUBLIC = "public", _("Everybody: no number of fewer than 10 people")


LEAST_PEOPLE = {Readers.COORDINATORS: K_EXACT, Readers.DONORS: K_DONORS, Readers.PUBLIC: K_PUBLIC}


class BlockKind(models.TextChoices):
    """What a report is made of, one after the other."""

    TEXT = "text", _("Text")
    INDICATORS = "indicators", _("Table of indicators")
    CHART = "chart", _("Chart with its table")
    NOTES = "notes", _("List of stories or notes")
    ABOUT = "about", _("About these numbers")
    STORY = "story", _("Story with a photo")
    ANNEXES = "annexes", _("List of annexes")


# A story has a page of its own: nothing is added without the photo and the word of who is in it.
PLAIN_BLOCKS = tuple(choice for choice in BlockKind.choices if choice[0] != BlockKind.STORY)


class PictureKind(models.TextChoices):
    """What a picture of a report is for."""

    PHOTO = "photo", _("Photo of a story")
    LOGO = "logo", _("Logo")


class Chart(models.TextChoices):
    """The charts a report can hold."""

    FUNNEL = "funnel", _("From need to completed work")
    HOURS = "hours", _("Hours by month")
    BENEFICIARIES = "beneficiaries", _("People served by beneficiary type")
    REGIONS = "regions", _("Where the experts live")
    MAP = "map", _("Map of the experts who can be found")
    FAMILIES = "families", _("Experts by region and skill family")
    GAPS = "gaps", _("Skills with too few experts")
    COUNTRIES = "countries", _("Where the people reached live")
    WORK = "work", _("Engagements by kind and state")
    COMPONENTS = "components", _("Programmes by component")


class FileKind(models.TextChoices):
    """What a report is downloaded as. Everything together is made in the background."""

    PDF = "pdf", _("PDF")
    XLSX = "xlsx", _("Excel (XLSX)")
    CSV = "csv", _("CSV")
    ZIP = "zip", _("Everything, with each chart as SVG and PNG (ZIP)")


class OrderState(models.TextChoices):
    """Where a file that is made in the background stands."""

    WAITING = "waiting", _("Waiting")
    WORKING = "working", _("Being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Not made")


ORDER_TRANSITIONS: Transitions = {
    "waiting": {"working"},
    "working": {"working", "done", "failed"},
}
