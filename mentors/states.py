"""States, levels and closed vocabularies of skills and expert profiles."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class SkillKind(models.TextChoices):
    """What a concept of the vocabulary is; the kinds are ESCO's, transferable skills being a class of their own."""

    SKILL = "skill", _("Skill")
    KNOWLEDGE = "knowledge", _("Knowledge")
    TRANSFERABLE = "transferable", _("Transferable skill")
    LANGUAGE = "language", _("Language")
    OCCUPATION = "occupation", _("Occupation")


class SkillStatus(models.TextChoices):
    """Whether a concept may be used: suggested ones wait for a coordinator, merged ones point to another."""

    ACCEPTED = "accepted", _("Accepted")
    SUGGESTED = "suggested", _("Suggested")
    MERGED = "merged", _("Merged")


class LabelKind(models.TextChoices):
    """How a label names its concept."""

    PREFERRED = "preferred", _("Preferred")
    ALTERNATIVE = "alternative", _("Alternative")


class RelationKind(models.TextChoices):
    """Why two concepts are related, beyond broader and narrower."""

    USED_TOGETHER = "used_together", _("Used together")
    OCCUPATION = "occupation", _("Same occupation")


class ProfileState(models.TextChoices):
    """Whether an expert can be found."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    PAUSED = "paused", _("Paused")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


PROFILE_TRANSITIONS: Transitions = {
    "draft": {"published", "suspended", "closed"},
    "published": {"paused", "suspended", "closed"},
    "paused": {"published", "suspended", "closed"},
    "suspended": {"paused", "closed"},
    "closed": set(),
}


# The verb under which the audit trail holds that somebody opened a profile.
PROFILE_SEEN = "mentors.profile.seen"


class Audience(models.TextChoices):
    """Who may find a published expert."""

    ORGANISATIONS = "organisations", _("Verified organisations")
    COORDINATORS = "coordinators", _("Coordinators only; they introduce me")


class SkillLevel(models.IntegerChoices):
    """How well one has a skill, in words people use of themselves."""

    BASICS = 1, _("I know the basics")
    DOES = 2, _("I do it")
    LEADS = 3, _("I lead it")
    TEACHES = 4, _("I teach it")


class Recognition(models.TextChoices):
    """How far a skill is recognised by others."""

    NONE = "none", _("Not recognised")
    SELF_DECLARED = "self_declared", _("Self-declared")
    EMPLOYER_ATTESTED = "employer_attested", _("Attested by an employer")
    ASSESSED = "assessed", _("Assessed")
    FORMALLY_RECOGNISED = "formally_recognised", _("Formally recognised")


class ClaimState(models.TextChoices):
    """Where an expert's word that others have recognised a skill stands."""

    CLAIMED = "claimed", _("Being checked")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Not confirmed")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Taken back")


CLAIM_TRANSITIONS: Transitions = {
    "claimed": {"confirmed", "declined", "withdrawn"},
    "confirmed": {"expired", "withdrawn"},
}
RECOGNISED_BY_OTHERS = frozenset({Recognition.EMPLOYER_ATTESTED, Recognition.ASSESSED, Recognition.FORMALLY_RECOGNISED})


class LanguageLevel(models.IntegerChoices):
    """Levels of the Common European Framework of Reference for Languages (CEFR)."""

    A1 = 1, _("A1 beginner")
    A2 = 2, _("A2 elementary")
    B1 = 3, _("B1 intermediate")
    B2 = 4, _("B2 works in it")
    C1 = 5, _("C1 fluent")
    C2 = 6, _("C2 like a first language")


class WorkingLanguage(models.TextChoices):
    """Languages people work in, by ISO 639 code; the order fixes their bits in ``Posting.flags``, so only append."""

    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")
    ARABIC = "ar", _("Arabic")
    SPANISH = "es", _("Spanish")
    PORTUGUESE = "pt", _("Portuguese")
    SWAHILI = "sw", _("Swahili")
    AMHARIC = "am", _("Amharic")
    WOLOF = "wo", _("Wolof")
    HAUSA = "ha", _("Hausa")
    YORUBA = "yo", _("Yoruba")
    SOMALI = "so", _("Somali")
    TIGRINYA = "ti", _("Tigrinya")
    LINGALA = "ln", _("Lingala")
    KINYARWANDA = "rw", _("Kinyarwanda")
    AKAN = "ak", _("Akan")
    BERBER = "ber", _("Tamazight")
    GERMAN = "de", _("German")
    ITALIAN = "it", _("Italian")
    TURKISH = "tr", _("Turkish")
    RUSSIAN = "ru", _("Russian")
    HINDI = "hi", _("Hindi")
    BENGALI = "bn", _("Bengali")
    PERSIAN = "fa", _("Persian")
    UKRAINIAN = "uk", _("Ukrainian")


class Modality(models.TextChoices):
    """How the work is done; the order fixes each one's bit in ``Posting.flags``, so only append."""

    REMOTE = "remote", _("Remote")
    ON_SITE = "on_site", _("On site")
    SHORT_RETURN_VISIT = "short_return_visit", _("Short return visit")
    HYBRID = "hybrid", _("Remote and on site")


class EngagementKind(models.TextChoices):
    """What kind of help it is."""

    MENTORING = "mentoring", _("Mentoring")
    ADVISORY = "advisory", _("Advice")
    TRAINING = "training", _("Training")
    SHORT_ASSIGNMENT = "short_assignment", _("Short assignment")
    PLACEMENT = "placement", _("Placement")
    JOINT_RESEARCH = "joint_research", _("Joint research or curriculum")
    ORIENTATION = "orientation", _("Orientation")


LANGUAGE_BITS = {code: 1 << position for position, code in enumerate(WorkingLanguage.values)}
MODALITY_BITS = {code: 1 << (24 + position) for position, code in enumerate(Modality.values)}
FIRST_ORIGIN_BIT = 1 << 28
# Set for experts whom only coordinators may find.
COORDINATORS_BIT = 1 << 29
