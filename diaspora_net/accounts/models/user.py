"""The person."""

import uuid
import zoneinfo
from functools import cache
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.states import EmailChoice, JoinRole

_time_zones = cache(zoneinfo.available_timezones)


def validate_time_zone(name: str) -> None:
    """Refuse a name that the time-zone database does not hold."""
    if name not in _time_zones():
        raise ValidationError(_("“%(name)s” is not a time zone we know."), params={"name": name}, code="time_zone")


class UserManager(BaseUserManager["User"]):
    """Make people by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **values: object) -> "User":
        """Create a person who signs in with ``email``; without a password they sign in by mailed code."""
        user = self.model(email=self.normalize_email(email), **values)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: object) -> "User":
        """Create a person who may open the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **values)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in; the same person may be expert, member of organisations and coordinator at once.

    ``public_id`` is the person's name on the wire. ``auth_epoch`` rises when every open session must be checked anew.
    No e-mail leaves from hour ``quiet_from`` until hour ``quiet_until`` of the person's own clock.
    """

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    join_role = models.CharField(_("what brings you here"), max_length=20, choices=JoinRole, default=JoinRole.EXPERT)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    news_emails = models.CharField(
        _("e-mails about my news"), max_length=8, choices=EmailChoice, default=EmailChoice.NEUTRAL
    )
    message_emails = models.CharField(
        _("e-mails about unread messages"), max_length=8, choices=EmailChoice, default=EmailChoice.NEUTRAL
    )
    quiet_from = models.PositiveSmallIntegerField(_("no e-mails from"), null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField(_("until"), null=True, blank=True)
    shares_receipts = models.BooleanField(_("show others when I have read their messages"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    auth_epoch = models.PositiveIntegerField(_("session generation"), default=0, editable=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=models.Q(news_emails__in=EmailChoice.values, message_emails__in=EmailChoice.values),
                name="user_emails_known",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(
                    ~models.Q(quiet_from=models.F("quiet_until")),
                    quiet_from__isnull=False,
                    quiet_until__isnull=False,
                    quiet_from__lt=24,
                    quiet_until__lt=24,
                ),
                name="user_quiet_hours_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or str(_("Member"))

    def get_full_name(self) -> str:
        """Return the name to show others."""
        return str(self)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Return the person's time zone."""
        return zoneinfo.ZoneInfo(self.time_zone)
