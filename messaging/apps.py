"""App configuration of messaging."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """Conversations, messages, notifications and the live socket."""

    name = "messaging"
    verbose_name = _("Messages")
