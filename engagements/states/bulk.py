"""What coordinators do with many rows of the pipeline at once, and how far each has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from engagements.states.pipeline import PipelineOf


class BulkAct(models.TextChoices):
    """What is done with every chosen row."""

    REMIND = "remind", _("Remind")
    ASSIGN = "assign", _("Give to a coordinator")
    REST = "rest", _("Let rest")
    HOLD = "hold", _("Put on hold")
    END = "end", _("End early")
    CLOSE = "close", _("Close, nobody answers")
    PAUSE = "pause", _("Pause")


WORK_ACTS = (BulkAct.REMIND, BulkAct.ASSIGN, BulkAct.REST, BulkAct.HOLD, BulkAct.END, BulkAct.CLOSE)
NEED_ACTS = (BulkAct.ASSIGN, BulkAct.REST, BulkAct.PAUSE)
ORGANISATION_ACTS = (BulkAct.ASSIGN, BulkAct.REST)
ACTS_OF: dict[str, tuple[BulkAct, ...]] = {
    PipelineOf.WORK: WORK_ACTS,
    PipelineOf.NEEDS: NEED_ACTS,
    PipelineOf.ORGANISATIONS: ORGANISATION_ACTS,
}


class BulkState(models.TextChoices):
    """What came of one row."""

    WAITING = "waiting", _("Waits its turn")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Not done")
