"""The programme: a frame around needs, experts and institutions, with its own rules, dates and targets."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.core.references import new_reference
from engagements.states import (
    BeneficiaryType,
    CountrySide,
    Joining,
    ProgrammeComponent,
    ProgrammeKind,
    ProgrammeState,
    SkillFocus,
    SurveyPoint,
)
from messaging.models import Conversation


class Programme(models.Model):
    """A programme that the coordinators of one country run.

    Its state changes only through ``engagements.actions.programmes``. ``country`` is the remit it belongs to;
    ``countries`` are all that take part. ``waits`` overrides the network's waiting times: a whole number of days by
    the name of the wait, and nothing for those that stay as they are. ``conversation`` only holds its documents.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=140)
    summary = models.TextField(_("what it is"), max_length=1000, blank=True)
    kind = models.CharField(_("kind of programme"), max_length=16, choices=ProgrammeKind)
    country = CountryField(_("run by the coordinators of"))
    state = models.CharField(max_length=8, choices=ProgrammeState, default=ProgrammeState.DRAFT, editable=False)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    component = models.CharField(_("component"), max_length=12, choices=ProgrammeComponent, blank=True)
    skill_focus = models.CharField(_("skill focus"), max_length=10, choices=SkillFocus, blank=True)
    beneficiary_types = ArrayField(
        models.CharField(max_length=20, choices=BeneficiaryType),
        verbose_name=_("whom it serves"),
        default=list,
        blank=True,
    )
    joining = models.CharField(_("how to join"), max_length=6, choices=Joining, default=Joining.APPLY)
    applies_from = models.DateField(_("applications from"), null=True, blank=True)
    applies_until = models.DateField(_("applications until"), null=True, blank=True)
    survey_points = ArrayField(
        models.CharField(max_length=16, choices=SurveyPoint),
        verbose_name=_("asked what came of it"),
        default=list,
        blank=True,
    )
    conversation = models.OneToOneField(Conversation, models.PROTECT, null=True, related_name="+", editable=False)
    waits = models.JSONField(default=dict, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ProgrammeState.values), name="programme_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ProgrammeKind.values), name="programme_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="programme_has_name"),
            models.CheckConstraint(
                condition=Q(component__in=["", *ProgrammeComponent.values]), name="programme_component_known"
            ),
            models.CheckConstraint(condition=Q(skill_focus__in=["", *SkillFocus.values]), name="programme_focus_known"),
            models.CheckConstraint(
                condition=Q(beneficiary_types__contained_by=BeneficiaryType.values),
                name="programme_beneficiaries_known",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="programme_ends_after_start"),
            models.CheckConstraint(
                condition=Q(applies_until__gte=F("applies_from")), name="programme_applications_end_after_start"
            ),
            models.CheckConstraint(condition=Q(joining__in=Joining.values), name="programme_joining_known"),
            models.CheckConstraint(
                condition=Q(survey_points__contained_by=SurveyPoint.values), name="programme_survey_points_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=ProgrammeState.RUNNING)
                | Q(started_at__isnull=False, starts_on__isnull=False, ends_on__isnull=False),
                name="programme_running_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(state=ProgrammeState.CLOSED, closed_at__isnull=False)
                | (~Q(state=ProgrammeState.CLOSED) & Q(closed_at__isnull=True)),
                name="programme_closed_has_date",
            ),
        ]
        indexes = [models.Index(fields=["country", "state"], name="programme_country_state")]

    def __str__(self) -> str:
        return self.name


class ProgrammeCountry(models.Model):
    """A country that takes part in a programme, and on which side."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="countries")
    country = CountryField(_("country"))
    side = models.CharField(_("side"), max_length=12, choices=CountrySide, default=CountrySide.ORIGIN)

    class Meta:
        verbose_name = _("country of a programme")
        verbose_name_plural = _("countries of programmes")
        ordering = ["side", "country"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "country"], name="programme_country_once"),
            models.CheckConstraint(condition=Q(side__in=CountrySide.values), name="programme_country_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.country}"


class ProgrammeTarget(models.Model):
    """What a programme wants to reach by one indicator, over all its time.

    ``indicator`` is the indicator's code. ``dimension`` and ``value`` narrow it to one group ("beneficiary_type",
    "refugee"), both empty for everybody.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="targets")
    indicator = models.CharField(_("indicator"), max_length=40)
    dimension = models.CharField(max_length=20, blank=True)
    value = models.CharField(max_length=20, blank=True)
    number = models.DecimalField(_("target"), max_digits=10, decimal_places=1)

    class Meta:
        verbose_name = _("target of a programme")
        verbose_name_plural = _("targets of programmes")
        ordering = ["indicator", "dimension", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "indicator", "dimension", "value"], name="programme_target_once"
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="programme_target_above_zero"),
            models.CheckConstraint(
                condition=Q(dimension="", value="") | (~Q(dimension="") & ~Q(value="")),
                name="programme_target_group_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.indicator}"
