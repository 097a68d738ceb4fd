"""The need: a published request for expertise, and what it asks for."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from diaspora_net.accounts.models import Organisation
from diaspora_net.core.references import new_reference
from engagements.models.cohort import Cohort
from engagements.models.programme import Programme
from engagements.states import JobContract, NeedResult, NeedState, SkillStrength
from mentors.models import Skill
from mentors.states import EngagementKind, LanguageLevel, Modality, SkillLevel, WorkingLanguage


class Need(models.Model):
    """A request for expertise by an organisation. Its state changes only through ``engagements.actions.needs``.

    A job states pay, hours and contract and is free for the worker, or it does not open. ``is_pathway`` keeps a need
    out of lists and matches: coordinators mediate it. ``places_taken`` counts engagements that hold a place; the
    database keeps it within ``places``.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="needs")
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="needs")
    cohort = models.ForeignKey(Cohort, models.PROTECT, null=True, blank=True, related_name="needs", editable=False)
    focal_point = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("focal point")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=NeedState, default=NeedState.DRAFT, editable=False)
    title = models.CharField(_("what do you need done?"), max_length=140)
    context = models.TextField(_("context"), max_length=3000, blank=True)
    deliverable = models.TextField(_("result you want to hold in your hand"), max_length=1000, blank=True)
    knowledge_transfer = models.TextField(_("who learns, and how it stays"), max_length=1000, blank=True)
    kind = models.CharField(_("kind of help"), max_length=20, choices=EngagementKind, default=EngagementKind.ADVISORY)
    modality = models.CharField(_("how"), max_length=20, choices=Modality, default=Modality.REMOTE)
    hours = models.PositiveSmallIntegerField(
        _("hours in all"), default=8, validators=[MinValueValidator(1), MaxValueValidator(2000)]
    )
    starts_on = models.DateField(_("not before"), null=True, blank=True)
    closes_on = models.DateField(_("by when"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(
        _("places"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    places_taken = models.PositiveSmallIntegerField(default=0, editable=False)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    is_pathway = models.BooleanField(default=False, editable=False)
    is_job = models.BooleanField(_("it is a paid job"), default=False)
    job_pay = models.CharField(_("pay"), max_length=120, blank=True)
    job_hours = models.PositiveSmallIntegerField(
        _("hours a week"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    job_contract = models.CharField(_("contract"), max_length=16, choices=JobContract, blank=True)
    job_is_free = models.BooleanField(_("no fee to the worker"), default=False)
    result = models.CharField(max_length=8, choices=NeedResult, blank=True, editable=False)
    review_note = models.TextField(_("note of the coordinator"), max_length=1000, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    stale_at = models.DateTimeField(null=True, editable=False)
    renewed_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    skills = TaggableManager(through="engagements.NeedSkill", blank=True)

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=NeedState.values), name="need_state_known"),
            models.CheckConstraint(
                condition=models.Q(is_job=False)
                | ~models.Q(state__in=["published", "in_engagement", "filled"])
                | (
                    models.Q(job_is_free=True, job_hours__isnull=False)
                    & ~models.Q(job_pay="")
                    & ~models.Q(job_contract="")
                ),
                name="need_open_job_is_decent",
            ),
            models.CheckConstraint(
                condition=models.Q(job_contract__in=["", *JobContract.values]), name="need_job_contract_known"
            ),
            models.CheckConstraint(
                condition=models.Q(is_pathway=False) | models.Q(programme__isnull=False),
                name="need_pathway_has_programme",
            ),
            models.CheckConstraint(
                condition=models.Q(cohort__isnull=True) | models.Q(programme__isnull=False),
                name="need_cohort_has_programme",
            ),
            models.CheckConstraint(
                condition=models.Q(places__gte=1, places_taken__lte=models.F("places")), name="need_within_places"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["published", "in_engagement", "filled"])
                | models.Q(published_at__isnull=False),
                name="need_published_has_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="stale") | models.Q(published_at__isnull=False, stale_at__isnull=False),
                name="need_stale_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-published_at"], name="need_state_published"),
            models.Index(fields=["organisation", "state"], name="need_organisation_state"),
        ]

    def __str__(self) -> str:
        return self.title


class NeedSkill(ItemBase):
    """A skill a need asks for, and how much it depends on it. ``tag`` and ``content_object`` are taggit's names."""

    tag: Any = models.ForeignKey(Skill, models.PROTECT, related_name="need_items")
    content_object = models.ForeignKey(Need, models.CASCADE, related_name="skill_items")
    strength = models.CharField(_("strength"), max_length=10, choices=SkillStrength, default=SkillStrength.REQUIRED)
    level = models.PositiveSmallIntegerField(_("level"), choices=SkillLevel, null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("skill of a need")
        verbose_name_plural = _("skills of needs")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="need_skill_once"),
            models.CheckConstraint(
                condition=models.Q(strength__in=SkillStrength.values), name="need_skill_strength_known"
            ),
        ]


class NeedLanguage(models.Model):
    """A language the work is done in, with the least CEFR level that will do."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="languages")
    language = models.CharField(_("language"), max_length=8, choices=WorkingLanguage)
    level = models.PositiveSmallIntegerField(_("level"), choices=LanguageLevel, default=LanguageLevel.B2)

    class Meta:
        verbose_name = _("language of a need")
        verbose_name_plural = _("languages of needs")
        constraints = [models.UniqueConstraint(fields=["need", "language"], name="need_language_once")]

    def __str__(self) -> str:
        return f"{self.language} {self.level}"


class NeedTerm(models.Model):
    """One concept that counts for one wanted skill of a need: the skill itself, or one related to it.

    Derived data, written with the need, so that asking for matches reads nothing else of what is wanted. ``slot`` is
    the wanted skill's place, required skills first, and ``strength``, ``level``, ``facet`` and ``rarity`` are that
    skill's; ``relation`` is empty for the skill itself, else how this concept is related to it, and ``relatedness`` for
    how many hundredths of it. ``weight`` is rarity × strength × relatedness as a small integer; ``is_generating`` says
    whether candidates are drawn from it where the need's own country is asked, ``is_generating_anywhere`` where any
    is. Rows from before ``rarity`` was kept lack it until they are rewritten.
    """

    pk = models.CompositePrimaryKey("need_id", "slot", "skill_id")
    need = models.ForeignKey(Need, models.CASCADE, related_name="terms", db_index=False)
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+", db_index=False)
    slot = models.SmallIntegerField()
    weight = models.IntegerField()
    is_generating = models.BooleanField(default=True)
    is_generating_anywhere = models.BooleanField(default=True)
    strength = models.CharField(max_length=10, choices=SkillStrength, default=SkillStrength.REQUIRED)
    level = models.PositiveSmallIntegerField(null=True)
    facet = models.CharField(max_length=16, blank=True)
    rarity = models.FloatField(null=True)
    relation = models.CharField(max_length=16, blank=True)
    relatedness = models.PositiveSmallIntegerField(default=100)

    class Meta:
        verbose_name = _("term of a need")
        verbose_name_plural = _("terms of needs")
        indexes = [models.Index(fields=["skill", "need", "slot"], include=["weight"], name="need_term_match")]

    def __str__(self) -> str:
        return f"{self.need_id}/{self.slot}/{self.skill_id}"


class NeedReview(models.Model):
    """A coordinator's decision about a submitted need, with the readiness checklist as they ticked it."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="reviews")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decision = models.CharField(_("decision"), max_length=20, choices=NeedState)
    scope_is_clear = models.BooleanField(_("The scope is clear and fits the hours"), default=False)
    knowledge_stays = models.BooleanField(_("Knowledge transfer is planned"), default=False)
    staff_are_ready = models.BooleanField(_("Staff are ready to take part"), default=False)
    urgency_is_known = models.BooleanField(_("The urgency is known"), default=False)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    reviewed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("review of a need")
        verbose_name_plural = _("reviews of needs")
        ordering = ["-reviewed_at"]

    def __str__(self) -> str:
        return f"{self.need_id}: {self.decision}"
