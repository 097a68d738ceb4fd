"""App configuration of the foundation."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Errors, transitions, audit, references: what every other package stands on."""

    name = "diaspora_net.core"
    label = "core"
