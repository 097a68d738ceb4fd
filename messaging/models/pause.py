"""Conversations that rest by somebody's decision."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.models.conversation import Conversation

MAX_REASON = 500


class Pause(models.Model):
    """Nobody writes in a conversation until the pause is lifted; who paused it, why, and who lifted it.

    The people in it see a closed conversation. Written by ``actions.pauses`` with the conversation's ``stopped_at``.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="pauses")
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=MAX_REASON)
    paused_at = models.DateTimeField(default=timezone.now, editable=False)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(lifted_at__isnull=True), name="pause_open_once"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="pause_has_reason"),
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="pause_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"pause of {self.conversation_id}"
