"""Who belongs to which organisation, and as what."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models.organisation import Organisation
from diaspora_net.accounts.states import MemberRole


class Membership(models.Model):
    """A person's place in an organisation; kept with its end date when they leave."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=MemberRole)
    position = models.CharField(_("position"), max_length=120, blank=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=models.Q(left_at__isnull=True), name="membership_open_once"
            ),
            models.CheckConstraint(condition=models.Q(role__in=MemberRole.values), name="membership_role_known"),
        ]
        indexes = [
            models.Index(fields=["user"], condition=models.Q(left_at__isnull=True), name="membership_open_of_user")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organisation_id} ({self.role})"
