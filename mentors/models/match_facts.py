"""All that the score of a pair reads of a profile, in one row."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from mentors.models.profile import ExpertProfile


class MatchFacts(models.Model):
    """What a profile says to matching; only for experts who may be matched now, as their postings.

    Derived data, rewritten with the postings in the transaction that changes the profile, so that ranking hundreds of
    people reads one row for each instead of thirty. ``user_id`` is whose profile it is; a trigger keeps ``is_active``
    and ``time_zone`` those of the account, whoever changes it. ``skills`` holds a number for each accepted skill, of
    which ``mentors.queries.facts`` says the places, ``languages`` code and CEFR level in one (``fr5``). The other lists
    are words with commas, as an array takes longer to read and to write: ``modalities``, ``kinds``, ``origins`` with
    the main one first, ``hours`` with weekday, start and end of each weekly slot one after the other.
    """

    expert = models.OneToOneField(ExpertProfile, models.CASCADE, primary_key=True, related_name="+")
    user_id = models.BigIntegerField()
    is_active = models.BooleanField()
    is_hidden = models.BooleanField()
    hours_per_month = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()
    open_engagements = models.PositiveSmallIntegerField()
    refreshed_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    modalities = models.TextField()
    kinds = models.TextField()
    languages = ArrayField(models.CharField(max_length=9))
    origins = models.TextField()
    hours = models.TextField()
    skills = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("facts for matching")
        verbose_name_plural = _("facts for matching")

    def __str__(self) -> str:
        return str(self.expert_id)
