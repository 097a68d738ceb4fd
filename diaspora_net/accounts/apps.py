"""App configuration of people and institutions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, organisations, memberships and remits."""

    name = "diaspora_net.accounts"
    label = "accounts"
    verbose_name = _("People and institutions")
