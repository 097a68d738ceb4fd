"""App configuration of mentors."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MentorsConfig(AppConfig):
    """Skills, expert profiles and the recommender's arithmetic."""

    name = "mentors"
    verbose_name = _("Experts and skills")
