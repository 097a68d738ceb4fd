"""What leaves for people's calendars: invitations by e-mail, and one private address for each person."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.mails import DueMail
from engagements.models.meeting import Meeting


class Invitation(DueMail):
    """What one person's calendar knows of an appointment.

    It owes a mail when that must learn something; ``sent_sequence`` is the change that was told last (0: none).
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sent_sequence = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [models.UniqueConstraint(fields=["meeting", "user"], name="invitation_once")]
        indexes = [models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="invitation_due")]

    def __str__(self) -> str:
        return f"invitation of {self.user_id} to {self.meeting_id}"


class CalendarFeed(models.Model):
    """The private address of a person's calendar. A new ``number`` makes every earlier address worthless."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(default=1)
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"
