"""What the two sides of an engagement agree on: every wording of it, and who accepted which."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.models.engagement import Engagement
from engagements.states import Side
from mentors.states import Modality, WorkingLanguage


class CompensationType(models.TextChoices):
    """What the expert is given for the work."""

    UNPAID = "unpaid", _("Unpaid")
    EXPENSES = "expenses", _("Expenses are paid back")
    ALLOWANCE = "allowance", _("An allowance")
    FEE = "fee", _("A fee")


class AgreementVersion(models.Model):
    """One wording of an agreement, numbered from 1. A change is a new version, never a new wording of an old one.

    Rows are append-only, and only the newest can be accepted: triggers see to both. The terms in force stand on the
    engagement, too.
    """

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    goal = models.TextField(_("goal"), max_length=1000)
    terms_of_reference = models.TextField(_("terms of reference"), max_length=3000, blank=True)
    hours_planned = models.PositiveSmallIntegerField(_("hours in all"))
    modality = models.CharField(_("how"), max_length=20, choices=Modality)
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    languages = ArrayField(
        models.CharField(max_length=8, choices=WorkingLanguage),
        verbose_name=_("working languages"),
        default=list,
        blank=True,
    )
    compensation = models.CharField(
        _("compensation"), max_length=12, choices=CompensationType, default=CompensationType.UNPAID
    )
    compensation_note = models.CharField(_("how much, and who pays"), max_length=300, blank=True)
    confidentiality = models.TextField(_("what stays between you"), max_length=1000, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="agreement_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="agreement_number_from_one"),
            models.CheckConstraint(condition=Q(hours_planned__range=(1, 2000)), name="agreement_hours_range"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="agreement_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(compensation__in=CompensationType.values), name="agreement_compensation_known"
            ),
            models.CheckConstraint(
                condition=Q(compensation=CompensationType.UNPAID) | ~Q(compensation_note=""),
                name="agreement_compensation_explained",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.engagement_id} version {self.number}"


class AgreementAcceptance(models.Model):
    """One side's yes to one version, once and for good; a newer version leaves it behind."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="acceptances")
    side = models.CharField(max_length=12, choices=Side)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("acceptance of an agreement")
        verbose_name_plural = _("acceptances of agreements")
        constraints = [
            models.UniqueConstraint(fields=["version", "side"], name="agreement_accepted_once_per_side"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="agreement_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.side}"
