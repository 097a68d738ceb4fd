"""States and vocabularies of programmes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class ProgrammeKind(models.TextChoices):
    """What a programme is."""

    MENTORING = "mentoring", _("Mentoring programme")
    ROSTER = "roster", _("Expert roster")
    PARTNERSHIP = "partnership", _("Skills Mobility Partnership")
    PATHWAY = "pathway", _("Complementary labour pathway")


class ProgrammeState(models.TextChoices):
    """Where a programme stands."""

    DRAFT = "draft", _("Being prepared")
    RUNNING = "running", _("Running")
    CLOSED = "closed", _("Closed")


PROGRAMME_TRANSITIONS: Transitions = {
    "draft": {"running", "closed"},
    "running": {"closed"},
}


class CountrySide(models.TextChoices):
    """On which side of a programme a country stands."""

    ORIGIN = "origin", _("Country of origin")
    DESTINATION = "destination", _("Country of destination")


class BeneficiaryType(models.TextChoices):
    """Whom a programme serves, in the order in which IOM counts its skills projects; youth and women cut across."""

    DISPLACED = "displaced", _("Internally displaced people")
    ASYLUM_SEEKER = "asylum_seeker", _("Asylum seekers")
    REFUGEE = "refugee", _("Refugees")
    RETURNEE = "returnee", _("Returnees")
    MIGRANT_WORKER = "migrant_worker", _("Migrant workers")
    PROSPECTIVE_MIGRANT = "prospective_migrant", _("Prospective migrants")
    LOCAL_COMMUNITY = "local_community", _("Local community")
    HOST_STAFF = "host_staff", _("Staff of host institutions")
    STUDENT = "student", _("Students")
    YOUTH = "youth", _("Youth")
    WOMEN = "women", _("Women")


class ProgrammeComponent(models.TextChoices):
    """What a programme does most, in the terms of IOM's page on skills and labour mobility."""

    TRAINING = "training", _("Training")
    POLICY = "policy", _("Policy")
    RECOGNITION = "recognition", _("Recognition and certification")
    MATCHING = "matching", _("Matching")
    ORIENTATION = "orientation", _("Orientation")


class SkillFocus(models.TextChoices):
    """Which skills a programme is about, in the terms of IOM's page on skills and labour mobility."""

    VOCATIONAL = "vocational", _("Vocational and employment skills")
    CULTURAL = "cultural", _("Cultural, practical and resilience skills")
    SEVERAL = "several", _("Several components")
    OTHER = "other", _("Other")
