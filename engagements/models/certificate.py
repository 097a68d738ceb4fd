"""Certificates: evidence of confirmed hours, never formal recognition, and the keys they are signed with."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.engagement import Engagement
from engagements.models.participant import Participant
from engagements.states import CertificateKind, CertificatePart, CertificateState


def every_part() -> list[str]:
    """Return what the check page tells unless the holder says otherwise: everything on the certificate."""
    return list(CertificatePart.values)


class Certificate(models.Model):
    """What somebody contributed or took part in, as both sides confirmed it; anyone with the code can check it.

    ``code`` is the public check code. ``facts`` holds what is printed, frozen at issue; ``token`` the same as a signed
    Open Badge and ``status_index`` its place in the published list of what was withdrawn, both missing on those from
    before certificates were signed. ``shown`` are the parts that its check page tells. At most one valid certificate
    per engagement for the expert, and one per participant.
    """

    code = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="certificates")
    participant = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="certificates")
    kind = models.CharField(
        max_length=13, choices=CertificateKind, default=CertificateKind.CONTRIBUTION, editable=False
    )
    state = models.CharField(max_length=8, choices=CertificateState, default=CertificateState.ISSUED, editable=False)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en", editable=False)
    facts = models.JSONField()
    token = models.TextField(blank=True, editable=False)
    status_index = models.PositiveIntegerField(null=True, unique=True, editable=False)
    shown = ArrayField(models.CharField(max_length=12, choices=CertificatePart), default=every_part, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by", editable=False)
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
            models.CheckConstraint(
                condition=models.Q(kind="contribution", participant__isnull=True)
                | models.Q(kind="participation", participant__isnull=False),
                name="certificate_kind_has_holder",
            ),
            models.UniqueConstraint(
                fields=["engagement"],
                condition=models.Q(state="issued", participant__isnull=True),
                name="certificate_valid_once",
            ),
            models.UniqueConstraint(
                fields=["participant"], condition=models.Q(state="issued"), name="certificate_participant_valid_once"
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {self.code}"

    @property
    def is_open(self) -> bool:
        """Say whether the check page tells everything, so that the file and the badge may be had with the code."""
        return set(self.shown) >= set(CertificatePart.values)


class SigningKey(models.Model):
    """A public key that certificates were signed with; kept for ever, so that old ones can be checked."""

    key_id = models.CharField(max_length=43, primary_key=True)
    public = models.CharField(max_length=43)
    first_used_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")

    def __str__(self) -> str:
        return self.key_id
