"""The vocabulary: concepts, their labels in many languages, and how concepts are related."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase

from mentors.states import LabelKind, RelationKind, SkillKind, SkillStatus


class Skill(TagBase):
    """A concept that experts have and needs ask for; people type labels, concepts are what is matched.

    ``name`` is the English preferred label and a fallback for display. ``expert_count`` is how many published experts
    have it, refreshed by a sweep. A merged concept points to the one that took its place.
    """

    name = models.CharField(_("name"), max_length=300, db_index=True)
    slug = models.SlugField(_("slug"), max_length=120, unique=True, allow_unicode=True)
    kind = models.CharField(_("kind"), max_length=12, choices=SkillKind, default=SkillKind.SKILL)
    status = models.CharField(_("status"), max_length=10, choices=SkillStatus, default=SkillStatus.ACCEPTED)
    esco_uri = models.URLField(_("ESCO address"), max_length=200, null=True, blank=True, unique=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    broader = models.ManyToManyField("self", through="SkillBroader", symmetrical=False, related_name="narrower")
    expert_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=SkillKind.values), name="skill_kind_known"),
            models.CheckConstraint(
                condition=models.Q(status="merged", merged_into__isnull=False)
                | (models.Q(status__in=["accepted", "suggested"]) & models.Q(merged_into__isnull=True)),
                name="skill_merged_points_somewhere",
            ),
        ]


class SkillLabel(models.Model):
    """A name of a concept in one language.

    ``search`` is the label folded by ``mentors.labels.fold``, ``stem`` the stems of its words without those that say
    nothing ("of", "the"), in the five languages of the product.
    """

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="labels")
    language = models.CharField(_("language"), max_length=8)
    kind = models.CharField(_("kind"), max_length=12, choices=LabelKind)
    text = models.CharField(_("label"), max_length=300)
    search = models.CharField(max_length=300, editable=False)
    stem = models.GeneratedField(
        expression=models.Func(models.F("language"), models.F("search"), function="mentors_stem"),
        output_field=models.CharField(max_length=300),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        constraints = [
            models.UniqueConstraint(fields=["skill", "language", "text"], name="label_once"),
            models.UniqueConstraint(
                fields=["skill", "language"], condition=models.Q(kind="preferred"), name="label_one_preferred"
            ),
        ]
        indexes = [
            models.Index(fields=["search"], name="label_search_prefix", opclasses=["varchar_pattern_ops"]),
            GinIndex(SearchVector("search", config="simple"), name="label_search_words"),
            models.Index(fields=["language", "stem"], name="label_stem"),
        ]

    def __str__(self) -> str:
        return self.text


class SkillBroader(models.Model):
    """``skill`` is narrower than ``broader``; a concept may have several broader ones."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="broader_links")
    broader = models.ForeignKey(Skill, models.CASCADE, related_name="narrower_links")

    class Meta:
        verbose_name = _("broader concept")
        verbose_name_plural = _("broader concepts")
        constraints = [
            models.UniqueConstraint(fields=["skill", "broader"], name="broader_once"),
            models.CheckConstraint(condition=~models.Q(skill=models.F("broader")), name="broader_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} < {self.broader_id}"


class SkillRelation(models.Model):
    """Two concepts that go together; ``weight`` is 1 to 60 hundredths of an exact match."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="relations")
    related = models.ForeignKey(Skill, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=RelationKind)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("related concept")
        verbose_name_plural = _("related concepts")
        constraints = [
            models.UniqueConstraint(fields=["skill", "related", "kind"], name="relation_once"),
            models.CheckConstraint(condition=models.Q(weight__gte=1, weight__lte=60), name="relation_weight_range"),
            models.CheckConstraint(condition=~models.Q(skill=models.F("related")), name="relation_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} ~ {self.related_id}"
