"""Which country a coordinator looks after."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


class Remit(models.Model):
    """A coordinator's charge over one country of origin; ended, never deleted.

    ``mediates_pathways`` adds the right to complementary labour pathways, which most coordinators do without.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="remits")
    country = CountryField(_("country"))
    mediates_pathways = models.BooleanField(_("mediates labour pathways"), default=False)
    granted_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("remit")
        verbose_name_plural = _("remits")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "country"], condition=models.Q(ended_at__isnull=True), name="remit_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.country}"
