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


class Joining(models.TextChoices):
    """How people and institutions come into a programme."""

    OPEN = "open", _("Everybody who fits joins at once")
    APPLY = "apply", _("Who fits applies, and a coordinator decides")


class SurveyPoint(models.TextChoices):
    """When people are asked what came of the work."""

    START = "start", _("At the start")
    MIDDLE = "middle", _("Half way")
    END = "end", _("At the end")
    TWELVE_MONTHS = "twelve_months", _("12 months later")


class CohortStage(models.TextChoices):
    """How far a cohort is."""

    FORMING = "forming", _("Coming together")
    MATCHING = "matching", _("Being matched")
    WORKING = "working", _("At work")
    FINISHED = "finished", _("Finished")


COHORT_TRANSITIONS: Transitions = {
    "forming": {"matching", "working"},
    "matching": {"forming", "working"},
    "working": {"matching", "finished"},
    "finished": {"working"},
}


class MemberState(models.TextChoices):
    """Where somebody stands with a programme."""

    APPLIED = "applied", _("Waiting for the coordinator")
    MEMBER = "member", _("Takes part")
    DECLINED = "declined", _("Not accepted")
    LEFT = "left", _("Left")
    REMOVED = "removed", _("Taken out")


MEMBER_TRANSITIONS: Transitions = {
    "applied": {"member", "declined", "left"},
    "member": {"left", "removed"},
}
# One of these per programme and expert or organisation, by constraint.
LIVE_MEMBER_STATES = frozenset({MemberState.APPLIED, MemberState.MEMBER})


class PartnerRole(models.TextChoices):
    """What a partner of a Skills Mobility Partnership does in it."""

    MINISTRY = "ministry", _("Ministry")
    TRAINING_PROVIDER = "training_provider", _("Training provider")
    EMPLOYER = "employer", _("Employer")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    IOM_OFFICE = "iom_office", _("IOM office")


class Track(models.TextChoices):
    """Where somebody who was trained goes on."""

    UNDECIDED = "undecided", _("Undecided")
    HOME = "home", _("Home track")
    AWAY = "away", _("Away track")
    RETURNED = "returned", _("Returned")


class Sex(models.TextChoices):
    """What somebody chose to say for the statistics."""

    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OTHER = "other", _("Other")


class AgeBand(models.TextChoices):
    """What somebody chose to say for the statistics; youth is 15 to 24, as the United Nations count."""

    UNDER_15 = "under_15", _("Under 15")
    YOUTH = "15_24", _("15 to 24")
    MIDDLE = "25_49", _("25 to 49")
    OLDER = "50_up", _("50 and older")


class PlanState(models.TextChoices):
    """How far the assignment of a cohort is."""

    WAITING = "waiting", _("Waiting for its turn")
    COMPUTING = "computing", _("Being computed")
    READY = "ready", _("Ready to look at")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Did not work")


PLAN_TRANSITIONS: Transitions = {
    "waiting": {"computing", "failed"},
    "computing": {"waiting", "ready", "failed"},
    "ready": {"waiting", "sending"},
    "sending": {"sent"},
    "sent": {"sending"},
    "failed": {"waiting"},
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
