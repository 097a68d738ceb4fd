"""Who has recognised a skill of an expert: attested, assessed or formally recognised, with what, until when."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from mentors.models.profile import ExpertProfile
from mentors.models.skill import Skill
from mentors.states import RECOGNISED_BY_OTHERS, ClaimState, Recognition


class RecognitionClaim(models.Model):
    """An expert's word that somebody has recognised a skill, and what a coordinator found.

    A step is moved when it is confirmed: from ``status_before`` to ``status``. Its state changes only through
    ``mentors.actions.recognition``. At most one claim per skill is being checked or holds.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    profile = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="recognition_claims")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.CLAIMED, editable=False)
    status = models.CharField(_("how it was recognised"), max_length=20, choices=Recognition)
    status_before = models.CharField(max_length=20, choices=Recognition, editable=False)
    recognised_by = models.CharField(_("who recognised it"), max_length=200)
    recognised_on = models.DateField(_("on which day"))
    document = models.CharField(_("which document says so"), max_length=300)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    claimed_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    decision_note = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("recognition of a skill")
        verbose_name_plural = _("recognitions of skills")
        ordering = ["-claimed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ClaimState.values), name="claim_state_known"),
            models.CheckConstraint(
                condition=models.Q(status__in=sorted(RECOGNISED_BY_OTHERS)), name="claim_status_by_others"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["confirmed", "declined"]) | models.Q(decided_by__isnull=False),
                name="claim_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True) | models.Q(expires_on__gt=models.F("recognised_on")),
                name="claim_expires_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["profile", "skill"],
                condition=models.Q(state__in=["claimed", "confirmed"]),
                name="claim_live_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_on"], name="claim_state_expires")]

    def __str__(self) -> str:
        return f"recognition {self.reference}"
