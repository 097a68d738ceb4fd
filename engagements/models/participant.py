"""The people of the institution's side who take part in an engagement, with or without an account."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.engagement import Engagement, Session
from engagements.states import ParticipantRole


class Participant(models.Model):
    """A counterpart or mentee of one engagement, known by name; few of them have accounts.

    ``language`` is the one their certificate and their e-mails are written in. ``email`` is there only where they
    agreed (``consented_at``) to be asked what comes of the work. ``left_at`` keeps those who no longer take part.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="participants")
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("part"), max_length=12, choices=ParticipantRole, default=ParticipantRole.COUNTERPART)
    language = models.CharField(_("language of the certificate"), max_length=8, choices=settings.LANGUAGES)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    consented_at = models.DateTimeField(null=True, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("engagement", Lower("name"), name="engagement_participant_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=ParticipantRole.values), name="engagement_participant_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(email="", consented_at__isnull=True)
                | ~models.Q(email="") & models.Q(consented_at__isnull=False),
                name="engagement_participant_email_agreed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """Return the clock of the institution, where they are. Queries: 0 when loaded with the organisation."""
        return ZoneInfo(self.engagement.need.organisation.time_zone)


class Attendance(models.Model):
    """A participant was present at a session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendance")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="attendance")

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [models.UniqueConstraint(fields=["session", "participant"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.participant_id} at {self.session_id}"
