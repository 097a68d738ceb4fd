"""How completed work is spread over the experts of the network."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ONLY = 1


class WorkSpread(models.Model):
    """One number that a sweep counts and matching reads; there is one row, or none before the first sweep.

    ``evenness`` is the shape of the gamma distribution that the experts' numbers of completed engagements follow: near
    0 where few people do most of the work, 1 and more where everybody does about as much as everybody else.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    evenness = models.FloatField()
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("spread of work")
        verbose_name_plural = _("spread of work")
        constraints = (
            models.CheckConstraint(condition=models.Q(id=ONLY), name="workspread_is_one_row"),
            models.CheckConstraint(condition=models.Q(evenness__gt=0), name="workspread_is_positive"),
        )

    def __str__(self) -> str:
        return f"{self.evenness:.3f}"
