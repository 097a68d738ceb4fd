"""The certificate of contribution: evidence of confirmed hours, never formal recognition."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.engagement import Engagement
from engagements.states import CertificateState


class Certificate(models.Model):
    """What an expert contributed, as both sides confirmed it; anyone with the code can check it.

    ``code`` is the public check code. ``facts`` holds what is printed, frozen at issue: holder, organisation,
    country, dates, confirmed minutes, skills with their ESCO addresses. At most one valid certificate per engagement.
    """

    code = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="certificates")
    state = models.CharField(max_length=8, choices=CertificateState, default=CertificateState.ISSUED, editable=False)
    facts = models.JSONField()
    issued_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoke_reason = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=CertificateState.values), name="certificate_state_known"
            ),
            models.UniqueConstraint(
                fields=["engagement"], condition=models.Q(state="issued"), name="certificate_valid_once"
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {self.code}"
