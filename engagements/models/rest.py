"""When engagements rested: nothing waits for anybody during that time."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from engagements.models.engagement import Engagement


class Rest(models.Model):
    """One time in which an engagement was paused or on hold; ``during`` has no end while it lasts.

    Written by ``engagements.actions.rests`` with the state, and for the time of a suspension of its organisation once
    that is over. Rests of one engagement never overlap, and a trigger holds that one lasts exactly while the state is
    one of ``RESTING_STATES``.
    """

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="rests", db_index=False)
    during = DateTimeRangeField()

    class Meta:
        verbose_name = _("rest")
        verbose_name_plural = _("rests")
        constraints = [
            ExclusionConstraint(
                name="rest_once_at_a_time",
                expressions=[("engagement", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__lower_inc=True),
                name="rest_has_begun",
            ),
        ]

    def __str__(self) -> str:
        return f"rest of {self.engagement_id}"
