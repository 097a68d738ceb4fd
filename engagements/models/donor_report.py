"""Closed periods, whose figures never change again, and the reports that are written from them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.core.references import new_reference
from engagements.models.programme import Programme
from engagements.states.donor_reports import FileKind, OrderState, PictureKind, Readers


class ClosedPeriod(models.Model):
    """The figures of a country or a programme in a period, as they were counted when it was closed.

    ``figures`` are what ``queries.indicators.count_figures`` returned, ``definitions`` the words of every indicator
    with its version. The database refuses to change or delete a row, and periods of one country or programme that
    overlap: whoever could subtract them would learn of a few days.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    country = CountryField(_("country"))
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, related_name="closed_periods")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    figures = models.JSONField(editable=False)
    targets = models.JSONField(default=list, editable=False)
    definitions = models.JSONField(editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        ordering = ["-ends_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="closed_period_ends_after_start"),
            models.UniqueConstraint(
                fields=["country", "programme", "starts_on"], name="closed_period_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}/{self.ends_on}"


class DonorReport(models.Model):
    """A report in ordered blocks about a country or a programme.

    ``blocks`` is a list of ``{"id", "kind", "heading", "text", "chart"}``, as ``actions.donor_reports`` writes them; a
    story has the reference of its ``picture``, too.
    Without a ``period`` it shows today's figures, which nobody outside may have.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=140)
    country = CountryField(_("country"))
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="donor_reports")
    period = models.ForeignKey(ClosedPeriod, models.PROTECT, null=True, blank=True, related_name="reports")
    blocks = models.JSONField(default=list, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("report for donors")
        verbose_name_plural = _("reports for donors")
        ordering = ["-changed_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="donor_report_has_title")]

    def __str__(self) -> str:
        return self.title


class ReportPicture(models.Model):
    """A picture of a report, drawn anew when it was checked, and never changed after that.

    A photo says what it shows (``alt``), what the people in it agreed to, who said so, and when.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    report = models.ForeignKey(DonorReport, models.CASCADE, related_name="pictures")
    kind = models.CharField(max_length=5, choices=PictureKind)
    content = models.BinaryField(editable=False)
    media_type = models.CharField(max_length=20, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(_("what it shows"), max_length=250)
    consent = models.TextField(_("what the people in it agreed to"), max_length=1500, blank=True)
    consent_by = models.CharField(_("who agreed"), max_length=200, blank=True)
    consent_on = models.DateField(_("on which day"), null=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("picture of a report")
        verbose_name_plural = _("pictures of reports")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PictureKind.values), name="report_picture_kind_known"),
            models.CheckConstraint(condition=~Q(alt=""), name="report_picture_is_described"),
            models.CheckConstraint(
                condition=~Q(kind="photo") | (~Q(consent="") & ~Q(consent_by="") & Q(consent_on__isnull=False)),
                name="report_photo_has_consent",
            ),
        ]

    def __str__(self) -> str:
        return self.alt


class ReportOrder(models.Model):
    """A file of a report that is made in the background; the row says that it is due, and how far it is.

    ``leased_until`` belongs to the worker that makes it; after that another may.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    report = models.ForeignKey(DonorReport, models.CASCADE, related_name="orders")
    readers = models.CharField(max_length=14, choices=Readers)
    kind = models.CharField(max_length=4, choices=FileKind)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    state = models.CharField(max_length=8, choices=OrderState, default=OrderState.WAITING, editable=False)
    done_parts = models.PositiveSmallIntegerField(default=0, editable=False)
    all_parts = models.PositiveSmallIntegerField(default=1, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    content = models.BinaryField(null=True, editable=False)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("ordered file")
        verbose_name_plural = _("ordered files")
        ordering = ["-ordered_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="report_order_state_known"),
            models.CheckConstraint(condition=Q(done_parts__lte=F("all_parts")), name="report_order_within_parts"),
            models.CheckConstraint(
                condition=~Q(state=OrderState.DONE) | Q(content__isnull=False, made_at__isnull=False),
                name="report_order_done_has_file",
            ),
        ]
        indexes = [
            models.Index(fields=["ordered_at"], condition=Q(state__in=["waiting", "working"]), name="report_order_due")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.report_id}"
