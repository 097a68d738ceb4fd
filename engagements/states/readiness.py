"""Fields of a need that coordinators write notes beside, and what is said of two needs that look alike."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NeedField(models.TextChoices):
    """A field of the form in which a need is written, by its name there."""

    TITLE = "title", _("What you need done")
    SKILLS = "skills", _("Skills")
    KIND = "kind", _("Kind")
    MODALITY = "modality", _("How")
    LANGUAGE = "language", _("Language")
    HOURS = "hours", _("Hours")
    STARTS_ON = "starts_on", _("Not before")
    CLOSES_ON = "closes_on", _("By when")
    CONTEXT = "context", _("Context")
    DELIVERABLE = "deliverable", _("Result")
    KNOWLEDGE_TRANSFER = "knowledge_transfer", _("Who learns, and how it stays")
    FOCAL_POINT = "focal_point", _("Focal point")


class TwinVerdict(models.TextChoices):
    """What somebody found of two needs that look alike."""

    SAME = "same", _("The same")
    BOTH = "both", _("Two different needs")
