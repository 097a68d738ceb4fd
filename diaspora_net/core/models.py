"""The audit trail, and nothing else: the foundation owns no business noun."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """Hold one act with its meaning: who did what to which object, and what changed.

    Written by ``core.audit.record`` in the transaction of the act. The database refuses updates and deletes.
    ``actor`` is empty for acts of a sweep. ``verb`` is ``app.noun.verbed``. ``changes`` holds ids and codes, never
    names.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("actor")
    )
    verb = models.CharField(_("verb"), max_length=80)
    noun = models.CharField(_("kind of object"), max_length=60)
    object_id = models.CharField(_("object"), max_length=40)
    changes = models.JSONField(_("changes"), default=dict)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["noun", "object_id", "-created_at"], name="audit_object"),
            models.Index(fields=["-created_at"], name="audit_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.noun}:{self.object_id}"
