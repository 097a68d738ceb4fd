"""What an expert said about a suggestion without proposing: not for me."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.models.need import Need
from engagements.states import DeclineReason
from mentors.models import ExpertProfile


class Dismissal(models.Model):
    """A need the expert does not want to see again, with why; it can be taken back."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="dismissals")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="dismissals")
    reason = models.CharField(_("reason"), max_length=20, choices=DeclineReason)
    dismissed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("hidden suggestion")
        verbose_name_plural = _("hidden suggestions")
        constraints = [models.UniqueConstraint(fields=["need", "expert"], name="dismissal_once")]

    def __str__(self) -> str:
        return f"{self.expert_id} hides {self.need_id}"
