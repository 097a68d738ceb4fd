"""What coordinators say beside the fields of a need, and of two needs that look alike."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.models.need import Need, NeedReview
from engagements.states.readiness import NeedField, TwinVerdict


class NeedNote(models.Model):
    """A coordinator's note beside one field of a need that was sent back; ``seen`` is what stood there then.

    It is open until the need is sent again; then ``is_changed`` says whether the field had become another, and the row
    stays as history. Written by ``actions.need_notes`` only.
    """

    need = models.ForeignKey(Need, models.CASCADE, related_name="notes")
    review = models.ForeignKey(NeedReview, models.CASCADE, related_name="notes")
    field = models.CharField(max_length=20, choices=NeedField)
    text = models.TextField(_("note"), max_length=500)
    seen = models.TextField(blank=True)
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    resolved_at = models.DateTimeField(null=True, editable=False)
    is_changed = models.BooleanField(null=True, editable=False)

    class Meta:
        verbose_name = _("note beside a field")
        verbose_name_plural = _("notes beside fields")
        ordering = ["-written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(field__in=NeedField.values), name="need_note_field_known"),
            models.CheckConstraint(condition=~Q(text=""), name="need_note_says_something"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, is_changed__isnull=True)
                | Q(resolved_at__isnull=False, is_changed__isnull=False),
                name="need_note_resolved_says_how",
            ),
            models.UniqueConstraint(
                fields=["need", "field"], condition=Q(resolved_at__isnull=True), name="need_note_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id}: {self.field}"


class NeedTwin(models.Model):
    """What somebody decided of two needs that look alike: ``need`` is the same as ``other``, or both are kept."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="twins")
    other = models.ForeignKey(Need, models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=4, choices=TwinVerdict)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("needs that look alike")
        verbose_name_plural = _("needs that look alike")
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=TwinVerdict.values), name="need_twin_verdict_known"),
            models.CheckConstraint(condition=~Q(need=F("other")), name="need_twin_is_another"),
            models.UniqueConstraint(fields=["need", "other"], name="need_twin_decided_once"),
            models.UniqueConstraint(fields=["need"], condition=Q(verdict="same"), name="need_is_the_same_as_one"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} and {self.other_id}: {self.verdict}"
