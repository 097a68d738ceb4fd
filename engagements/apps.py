"""App configuration of engagements."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngagementsConfig(AppConfig):
    """Needs, matches, proposals, engagements, sessions, outcomes and coordination."""

    name = "engagements"
    verbose_name = _("Needs and engagements")
