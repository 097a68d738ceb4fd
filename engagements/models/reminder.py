"""Who was reminded of what: one row for every reminder of a step that waits."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.states.clocks import WaitingKind


class Reminder(models.Model):
    """One reminder of a step that waits, at most once: ``kind`` and ``row`` name the step, ``since`` its present turn.

    ``number`` is 1 and 2 for the reminders, 3 for the word that its time is over. Written in the transaction that tells
    people, so that of several sweeps one tells them.
    """

    kind = models.CharField(max_length=12, choices=WaitingKind)
    row = models.BigIntegerField()
    since = models.DateTimeField()
    number = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["kind", "row", "since", "number"], name="reminder_once"),
            models.CheckConstraint(condition=Q(kind__in=WaitingKind.values), name="reminder_kind_known"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=3), name="reminder_number_range"),
        ]
        indexes = [models.Index(fields=["sent_at"], name="reminder_sent")]

    def __str__(self) -> str:
        return f"reminder {self.number} of {self.kind} {self.row}"
