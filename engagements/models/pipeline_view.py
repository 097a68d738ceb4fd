"""Views of the pipeline that coordinators keep under a name, and whom they tell of what is new in them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.states.pipeline_views import ViewAlertWhen, ViewAudience


class PipelineView(models.Model):
    """Filters of the pipeline under a name, for one person, their team or all coordinators.

    ``filters`` are those of ``PipelineFilters`` that are in use, ``look`` is how the rows are shown.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pipeline_views")
    name = models.CharField(_("name"), max_length=60)
    audience = models.CharField(_("who sees it"), max_length=4, choices=ViewAudience, default=ViewAudience.ME)
    filters = models.JSONField(default=dict)
    look = models.CharField(max_length=8, default="table")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("view of the pipeline")
        verbose_name_plural = _("views of the pipeline")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__in=ViewAudience.values), name="pipeline_view_audience_known"
            ),
            models.UniqueConstraint(fields=["owner", "name"], name="pipeline_view_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ViewAlert(models.Model):
    """One person is told what is new in a view. ``known`` are the ids that were in it at the last look.

    ``due_at`` is when the sweep looks next.
    """

    view = models.ForeignKey(PipelineView, models.CASCADE, related_name="alerts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    when = models.CharField(_("tell me what is new"), max_length=8, choices=ViewAlertWhen)
    known = ArrayField(models.BigIntegerField(), default=list, editable=False)
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("alert of a view")
        verbose_name_plural = _("alerts of views")
        constraints = [
            models.UniqueConstraint(fields=["view", "user"], name="view_alert_once"),
            models.CheckConstraint(condition=models.Q(when__in=["daily", "at_once"]), name="view_alert_when_known"),
        ]
        indexes = [models.Index(fields=["due_at"], name="view_alert_due")]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.view_id}"
