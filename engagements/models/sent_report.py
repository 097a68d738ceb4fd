"""A report that was sent to somebody outside: the file as it left, and the address at which it can be opened."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.mails import DueMail
from diaspora_net.core.references import new_reference
from engagements.models.donor_report import DonorReport
from engagements.states.donor_reports import Readers


class SentReport(DueMail):
    """A report as it was sent to one address, changed only by ``actions.report_sending``.

    ``content`` is the PDF as it left, so that later changes of the report reach nobody by this link. The link is
    signed, not stored. ``mailed_at`` is when its e-mail left.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    report = models.ForeignKey(DonorReport, models.PROTECT, related_name="sent")
    title = models.CharField(max_length=140, editable=False)
    email = models.EmailField(_("e-mail address"))
    message = models.TextField(_("a word to them"), max_length=1000, blank=True)
    readers = models.CharField(_("numbers for"), max_length=14, choices=Readers)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    content = models.BinaryField(editable=False)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("sent report")
        verbose_name_plural = _("sent reports")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            # Numbers that give single people away leave the house for nobody.
            models.CheckConstraint(
                condition=Q(readers__in=[Readers.DONORS, Readers.PUBLIC]), name="sent_report_for_outsiders"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="sent_report_ends_later"),
            models.CheckConstraint(condition=~Q(email=""), name="sent_report_has_address"),
        ]
        indexes = [models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="sent_report_mail_due")]

    def __str__(self) -> str:
        return f"{self.title} ({self.reference})"

    @property
    def works(self) -> bool:
        """Say whether its link opens something."""
        return self.revoked_at is None and self.expires_at > timezone.now()
