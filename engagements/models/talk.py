"""What work has to do with conversations besides its own: groups around it, and reports from them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.engagement import Engagement
from engagements.models.need import Need
from engagements.states import ReportReason, ReportState
from messaging.models import Conversation

MAX_NOTE = 1000


class Group(models.Model):
    """A group conversation around an engagement; who is in it stands with the conversation."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="groups")
    conversation = models.OneToOneField(Conversation, models.PROTECT, related_name="group")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("group conversation")
        verbose_name_plural = _("group conversations")

    def __str__(self) -> str:
        return f"group of {self.engagement_id}"


class Report(models.Model):
    """What somebody reports from a conversation, with exactly the messages that they chose.

    ``snapshot`` is those messages as the reporter saw them and ``digest`` its SHA-256, which the audit trail holds,
    too; nobody sees more of the conversation. Its state changes only through ``engagements.actions.reports``.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="reports")
    need = models.ForeignKey(Need, models.PROTECT, related_name="+")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=ReportReason)
    note = models.TextField(max_length=MAX_NOTE, blank=True)
    snapshot = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ReportState, default=ReportState.NEW, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done = models.TextField(max_length=MAX_NOTE, blank=True)
    outcome = models.TextField(max_length=MAX_NOTE, blank=True)
    reported_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ReportState.values), name="report_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="new", owner__isnull=True)
                | models.Q(~models.Q(state="new"), owner__isnull=False),
                name="report_owned_once_taken",
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | models.Q(~models.Q(state="closed"), closed_at__isnull=True),
                name="report_closed_has_date",
            ),
            models.CheckConstraint(condition=~models.Q(reporter=models.F("about")), name="report_is_about_another"),
        ]
        indexes = [models.Index(fields=["need"], condition=~models.Q(state="closed"), name="report_waiting_of_need")]

    def __str__(self) -> str:
        return f"report {self.reference}"
