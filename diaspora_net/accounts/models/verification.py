"""The word of two coordinators about an organisation."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models.organisation import Organisation
from diaspora_net.accounts.states import VerificationState


class Verification(models.Model):
    """One coordinator recommends an organisation, another decides; written by ``accounts.actions.verification`` only.

    Triggers of the database hold what two people mean: it begins with a recommendation and is decided once; both
    coordinate when they say so and belong to no team of the organisation, and who confirms is not who recommended.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="verifications")
    state = models.CharField(
        max_length=12, choices=VerificationState, default=VerificationState.RECOMMENDED, editable=False
    )
    recommended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recommendation = models.TextField(_("recommendation"), max_length=1000)
    recommended_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-recommended_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VerificationState.values), name="verification_state_known"),
            models.CheckConstraint(condition=~Q(recommendation=""), name="verification_has_recommendation"),
            models.CheckConstraint(
                condition=Q(state="recommended", decided_by__isnull=True, decided_at__isnull=True)
                | Q(~Q(state="recommended"), decided_by__isnull=False, decided_at__isnull=False),
                name="verification_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(decided_by=F("recommended_by")), name="verification_by_two"
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="recommended"), name="verification_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.state}"
