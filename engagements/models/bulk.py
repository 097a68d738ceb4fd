"""One act on many rows of the pipeline: what was asked for, and what came of each row."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import Organisation
from diaspora_net.core.references import new_reference
from engagements.models.need import Need
from engagements.models.proposal import Proposal
from engagements.states.bulk import BulkAct, BulkState


class BulkRun(models.Model):
    """What a coordinator does with many rows; the sweep works its items one by one. ``values`` are those of the act."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    act = models.CharField(max_length=8, choices=BulkAct)
    values = models.JSONField(default=dict)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("act on many rows")
        verbose_name_plural = _("acts on many rows")
        constraints = [models.CheckConstraint(condition=models.Q(act__in=BulkAct.values), name="bulk_run_act_known")]

    def __str__(self) -> str:
        return f"{self.act} {self.reference}"


class BulkItem(models.Model):
    """One row of a run. Its act and its result are written in one transaction, so it is done once.

    ``seen`` is the state in which the row was chosen, ``result`` why it was not done, in the actor's language.
    """

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="items")
    need = models.ForeignKey(Need, models.CASCADE, null=True, related_name="+")
    proposal = models.ForeignKey(Proposal, models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    seen = models.CharField(max_length=24)
    state = models.CharField(max_length=8, choices=BulkState, default=BulkState.WAITING, editable=False)
    result = models.CharField(max_length=300, blank=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("row of an act on many")
        verbose_name_plural = _("rows of acts on many")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(need__isnull=True, proposal__isnull=False, organisation__isnull=True)
                | models.Q(need__isnull=False, proposal__isnull=True, organisation__isnull=True)
                | models.Q(need__isnull=True, proposal__isnull=True, organisation__isnull=False),
                name="bulk_item_about_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", done_at__isnull=True)
                | (models.Q(state__in=["done", "refused"]) & models.Q(done_at__isnull=False)),
                name="bulk_item_done_has_time",
            ),
            models.UniqueConstraint(fields=["run", "need"], name="bulk_item_need_once"),
            models.UniqueConstraint(fields=["run", "proposal"], name="bulk_item_proposal_once"),
            models.UniqueConstraint(fields=["run", "organisation"], name="bulk_item_organisation_once"),
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(state="waiting"), name="bulk_item_waiting")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.state}"
