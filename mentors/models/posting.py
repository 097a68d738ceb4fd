"""The impact-ordered inverted index that matching reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mentors.models.profile import ExpertProfile
from mentors.models.skill import Skill


class Posting(models.Model):
    """One skill of one expert under one country of origin; only for experts who may be matched now.

    Derived data, rewritten in the transaction that changes the profile. ``origin`` is the ISO 3166-1 numeric country
    code. ``flags`` holds one bit per working language and modality, one for the main origin and one for experts whom
    only coordinators find (``mentors.states``). Whether the account is open stands in ``MatchFacts``, not here.
    The primary key serves rewriting by expert, the covering index the match statement.
    """

    pk = models.CompositePrimaryKey("expert_id", "skill_id", "origin")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="+", db_index=False)
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+", db_index=False)
    flags = models.IntegerField()
    origin = models.SmallIntegerField()
    weight = models.SmallIntegerField()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        indexes = [
            models.Index(fields=["skill", "origin", "-weight", "expert"], include=["flags"], name="posting_match")
        ]

    def __str__(self) -> str:
        return f"{self.expert_id}/{self.skill_id}/{self.origin}"
