"""The expertise profile: what one expert offers, to whom, and when."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from diaspora_net.core.references import new_reference
from mentors.models.skill import Skill
from mentors.states import (
    Audience,
    EngagementKind,
    LanguageLevel,
    Modality,
    ProfileState,
    Recognition,
    SkillLevel,
    WorkingLanguage,
)


def default_kinds() -> list[str]:
    """Return the kinds of engagement a new profile offers."""
    return [EngagementKind.MENTORING, EngagementKind.ADVISORY]


def default_modalities() -> list[str]:
    """Return the modalities a new profile offers."""
    return [Modality.REMOTE]


class ExpertProfile(models.Model):
    """What an expert publishes. Its state changes only through ``mentors.actions.profiles``.

    ``residence`` and the origins are separate facts. A paused one comes back by itself on ``resumes_on``. ``capacity``
    is the most engagements at once, a rule of the database.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="expert_profile")
    state = models.CharField(max_length=12, choices=ProfileState, default=ProfileState.DRAFT, editable=False)
    audience = models.CharField(_("who can find me"), max_length=16, choices=Audience, default=Audience.ORGANISATIONS)
    headline = models.CharField(_("profession"), max_length=120, blank=True)
    about = models.TextField(_("about my work"), max_length=2000, blank=True)
    residence = CountryField(_("country of residence"), blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    hours_per_month = models.PositiveSmallIntegerField(
        _("hours a month"), default=4, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    capacity = models.PositiveSmallIntegerField(
        _("engagements at once"), default=2, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    open_engagements = models.PositiveSmallIntegerField(default=0, editable=False)
    modalities = ArrayField(models.CharField(max_length=20, choices=Modality), default=default_modalities)
    kinds = ArrayField(models.CharField(max_length=20, choices=EngagementKind), default=default_kinds)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    resumes_on = models.DateField(_("paused until"), null=True, blank=True, editable=False)
    refreshed_at = models.DateTimeField(default=timezone.now, editable=False)

    skills = TaggableManager(through="mentors.ProfileSkill", blank=True)

    class Meta:
        verbose_name = _("expert profile")
        verbose_name_plural = _("expert profiles")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ProfileState.values), name="profile_state_known"),
            models.CheckConstraint(condition=models.Q(capacity__gte=1), name="profile_capacity_positive"),
            models.CheckConstraint(
                condition=models.Q(open_engagements__lte=models.F("capacity")), name="profile_within_capacity"
            ),
            models.CheckConstraint(
                condition=models.Q(resumes_on__isnull=True) | models.Q(state="paused"),
                name="profile_resumes_when_paused",
            ),
        ]

    def __str__(self) -> str:
        return f"profile {self.reference}"


class ProfileOrigin(models.Model):
    """A country the expert comes from; the first position is the main one."""

    profile = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="origins")
    country = CountryField(_("country of origin"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("country of origin")
        verbose_name_plural = _("countries of origin")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["profile", "country"], name="origin_once")]

    def __str__(self) -> str:
        return str(self.country)


class ProfileSkill(ItemBase):
    """A skill on a profile, with how well and how long. ``tag`` and ``content_object`` are taggit's names."""

    tag: Any = models.ForeignKey(Skill, models.PROTECT, related_name="profile_items")
    content_object = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="skill_items")
    level = models.PositiveSmallIntegerField(_("level"), choices=SkillLevel, default=SkillLevel.DOES)
    years = models.PositiveSmallIntegerField(_("years"), default=0, validators=[MaxValueValidator(60)])
    recognition = models.CharField(
        _("recognition"), max_length=20, choices=Recognition, default=Recognition.SELF_DECLARED
    )

    class Meta:
        verbose_name = _("skill on a profile")
        verbose_name_plural = _("skills on profiles")
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "tag"], include=["level", "years", "recognition"], name="profile_skill_once"
            ),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=4), name="profile_skill_level_range"),
        ]


class ProfileLanguage(models.Model):
    """A language an expert works in, with its CEFR level."""

    profile = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="languages")
    language = models.CharField(_("language"), max_length=8, choices=WorkingLanguage)
    level = models.PositiveSmallIntegerField(_("level"), choices=LanguageLevel)

    class Meta:
        verbose_name = _("language of an expert")
        verbose_name_plural = _("languages of experts")
        ordering = ["-level", "language"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "language"], name="profile_language_once"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=6), name="profile_language_level_range"),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.level}"


class AvailabilitySlot(models.Model):
    """Weekly time an expert can give, in minutes of the day on their own clock (``user.time_zone``); Monday is 0."""

    profile = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="availability")
    weekday = models.PositiveSmallIntegerField(_("day"))
    starts = models.PositiveSmallIntegerField(_("from"))
    ends = models.PositiveSmallIntegerField(_("until"))

    class Meta:
        verbose_name = _("weekly availability")
        verbose_name_plural = _("weekly availability")
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="availability_weekday_range"),
            models.CheckConstraint(
                condition=models.Q(starts__lt=models.F("ends"), ends__lte=1440), name="availability_starts_before_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}-{self.ends}"
