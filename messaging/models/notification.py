"""News for one person, in the app and by e-mail."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    """One piece of news for one person; in-app exactly once by ``event_key``, by e-mail when the sweep comes round.

    ``text`` is an untranslated message with named placeholders, filled from ``params`` in the reader's language.
    ``ask`` names what it asks of its reader, in the words of the package that wrote it (``proposal:k3x…``); that one
    offers the answers as buttons when the e-mail leaves. ``email_due_at`` empty means no e-mail; the sweep leases the
    row by ``email_lease_until`` and writes ``emailed_at``, or ``email_failed_at`` when it gave up. What ``is_urgent``
    is mailed at once, all else once a day.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    event_key = models.CharField(max_length=120)
    verb = models.CharField(_("what happened"), max_length=80)
    text = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300)
    ask = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    is_urgent = models.BooleanField(default=False)
    email_due_at = models.DateTimeField(null=True)
    email_lease_until = models.DateTimeField(null=True)
    email_attempts = models.PositiveSmallIntegerField(default=0)
    emailed_at = models.DateTimeField(null=True)
    email_failed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["user", "event_key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_of_user"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="notification_unread"),
            models.Index(
                fields=["email_due_at"],
                condition=models.Q(emailed_at__isnull=True, email_due_at__isnull=False),
                name="notification_email_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} for {self.user_id}"


class DailyMail(models.Model):
    """The one e-mail of a day about a person's news; ``day`` is theirs, on their own clock.

    Its id is part of the Message-ID, so a mail that was lost half-way comes again as the same one. The sweep leases it
    by ``lease_until`` and writes ``sent_at``.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("e-mail of a day")
        verbose_name_plural = _("e-mails of days")
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="daily_mail_once")]

    def __str__(self) -> str:
        return f"mail of {self.day} for {self.user_id}"
