"""States and vocabularies of imports: files of other people's rows that coordinators bring."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions

# How long an import can be taken back; then its file and everything that was read from it are deleted.
KEPT_FOR = timedelta(days=30)
# How long somebody who was listed has to say yes; then what the list said of them is deleted.
ASKED_FOR = timedelta(days=30)
REMIND_AFTER = timedelta(days=14)


class ImportNoun(models.TextChoices):
    """What the rows of a file are."""

    EXPERTS = "experts", _("Experts")
    ORGANISATIONS = "organisations", _("Institutions")
    NEEDS = "needs", _("Needs")
    PROGRAMMES = "programmes", _("Programmes")


class ImportState(models.TextChoices):
    """How far an import is."""

    MAPPING = "mapping", _("Columns to be named")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked, nothing imported yet")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")
    FAILED = "failed", _("Stopped")
    DISCARDED = "discarded", _("Thrown away")


IMPORT_TRANSITIONS: Transitions = {
    "mapping": {"checking", "discarded"},
    "checking": {"checked", "mapping", "failed"},
    "checked": {"mapping", "checking", "running", "discarded"},
    "running": {"done", "failed"},
    "done": {"undoing"},
    "undoing": {"undone", "failed"},
    "failed": {"mapping", "running", "undoing", "discarded"},
}
# A sweep has something to do with them.
WORKED_STATES = frozenset({ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING})


class RowState(models.TextChoices):
    """What came of one row."""

    READ = "read", _("Not looked at yet")
    READY = "ready", _("Ready")
    TWIN = "twin", _("Here already")
    FAULTY = "faulty", _("To be corrected")
    MADE = "made", _("Imported")
    CHANGED = "changed", _("Changed what was here")
    SKIPPED = "skipped", _("Left as it was")
    UNDONE = "undone", _("Taken back")
    KEPT = "kept", _("Kept, as people have gone on with it")


class Twins(models.TextChoices):
    """What happens to rows that are here already."""

    SKIP = "skip", _("Leave what is here as it is")
    UPDATE = "update", _("Write the file's values over it, where nobody has taken it over yet")


class DayOrder(models.TextChoices):
    """How days are written where the numbers alone do not tell."""

    DAY_FIRST = "dmy", _("Day first: 03/04 is 3 April")
    MONTH_FIRST = "mdy", _("Month first: 03/04 is 4 March")


class LegalBasis(models.TextChoices):
    """On which ground personal data may be brought here (Article 6 of the GDPR)."""

    CONSENT = "consent", _("They agreed to it")
    PUBLIC_TASK = "public_task", _("A public task given by law")
    LEGITIMATE_INTEREST = "legitimate_interest", _("A legitimate interest, weighed against theirs")


class ListedState(models.TextChoices):
    """Where somebody stands whom a list named."""

    WAITING = "waiting", _("Has not answered yet")
    CONFIRMED = "confirmed", _("Has confirmed")
