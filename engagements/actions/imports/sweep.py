"""Work on the imports that are due: check them, import them, take them back, one batch of rows a transaction."""

import logging
import time

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from diaspora_net.core import audit
from diaspora_net.core.transitions import advance
from engagements.actions.imports.checking import Stopped, check_some
from engagements.actions.imports.files import SWEEP
from engagements.actions.imports.undoing import undo_some
from engagements.actions.imports.writing import NoLongerAllowed, write_some
from engagements.models import Import, ImportRow
from engagements.rules.imports import can_import
from engagements.states import IMPORT_TRANSITIONS, ImportState
from engagements.states.imports import WORKED_STATES, RowState, Twins
from messaging.actions.notifications import notify
from messaging.actions.pokes import poke

logger = logging.getLogger(__name__)

# A sweep ends well before Celery's soft limit, as a batch on a busy machine may take 20 s, and asks for the next.
SWEEP_SECONDS = 25.0
TRIES = 3
_STEPS = {ImportState.CHECKING: check_some, ImportState.RUNNING: write_some, ImportState.UNDOING: undo_some}
_ENDS = {
    ImportState.CHECKING: ImportState.CHECKED,
    ImportState.RUNNING: ImportState.DONE,
    ImportState.UNDOING: ImportState.UNDONE,
}
_NEWS = {
    ImportState.CHECKED: gettext_noop("“%(file)s” is checked. Read what it says before anything is imported."),
    ImportState.DONE: gettext_noop("“%(file)s” is imported. See what came of each row."),
    ImportState.UNDONE: gettext_noop("“%(file)s” is taken back. See what was kept, and why."),
    ImportState.FAILED: gettext_noop("“%(file)s” was stopped. The page says why, and how to go on."),
    ImportState.MAPPING: gettext_noop("“%(file)s” cannot be checked yet: one question is open."),
}


def work_due_imports() -> int:
    """Work on what is due until time is up; return how many batches were worked. Effects: those of each batch."""
    worked, until = 0, time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < until:
        if (run := _next()) is None:
            return worked
        worked += 1
        try:
            _work(run)
        except Exception:
            # Whatever it was, the batch is as if it had not begun; other imports go on, and this one not for ever.
            logger.exception("import %s did not get on", run.reference)
            _note_failure(run)
    poke(SWEEP, every=0.0)
    return worked


def _next() -> Import | None:
    """Return the import that has waited longest and is not another worker's at this moment."""
    due = Import.objects.filter(state__in=sorted(WORKED_STATES))
    with transaction.atomic():
        return due.select_for_update(skip_locked=True, no_key=True).order_by("tries", "pk").first()


@transaction.atomic
def _work(run: Import) -> None:
    """Work one batch under the import's lock, or leave it to the worker that holds it."""
    due = Import.objects.filter(pk=run.pk, state__in=sorted(WORKED_STATES)).select_related("brought_by")
    present = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if present is None:
        return
    state = ImportState(present.state)
    try:
        if not can_import(present.brought_by, str(present.country)):
            raise NoLongerAllowed
        with transaction.atomic():
            is_finished = _STEPS[state](present)
    except Stopped as stopped:
        _end(present, ImportState.MAPPING, stopped.problem)
    except NoLongerAllowed:
        _end(present, ImportState.FAILED, "no_longer_allowed")
    else:
        if present.tries:
            Import.objects.filter(pk=present.pk).update(tries=0)
        if is_finished:
            _end(present, _ENDS[state])


def _end(run: Import, to: ImportState, problem: str = "") -> None:
    """Move the import on, note it in the trail and tell whoever brought it."""
    values = {"problem": problem}
    if to == ImportState.DONE:
        left = ImportRow.objects.filter(run=run, state=RowState.TWIN)
        left.filter(reason="").update(reason="twin" if run.twins == Twins.SKIP else "taken_over")
        left.update(state=RowState.SKIPPED)
        advance(run, to, IMPORT_TRANSITIONS, **values, done_at=timezone.now())
    else:
        advance(run, to, IMPORT_TRANSITIONS, **values)
    entry = audit.record(actor=None, verb=f"engagements.import.{to}", obj=run, problem=problem)
    notify(
        user=run.brought_by,
        verb=f"engagements.import.{to}",
        text=_NEWS[to],
        params={"file": run.file_name},
        url=reverse("engagements:import", args=[run.reference]),
        event_key=f"import:{run.pk}:{entry.pk}",
    )


@transaction.atomic
def _note_failure(run: Import) -> None:
    """Count one more try; stop after the third, with what was done kept."""
    Import.objects.filter(pk=run.pk).update(tries=F("tries") + 1)
    present = Import.objects.select_related("brought_by").get(pk=run.pk)
    if present.tries >= TRIES and present.state in WORKED_STATES:
        _end(present, ImportState.FAILED, "broken")
