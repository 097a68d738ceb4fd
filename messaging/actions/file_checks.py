"""Check what was sent, before anybody else can have it. Rows say what is due; several sweeps may run at once.

    lease ──► content into a directory of its own ──► inspected in a process of its own ──► virus scanner ──► stored
          ──► ready or rejected, the parts go, everyone in the conversation is told

What cannot be decided now stays in ``checking`` and is tried again: nothing passes because something of ours is broken.
"""

import logging
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from diaspora_net.core import transitions
from diaspora_net.core.errors import InvalidTransition
from diaspora_net.core.uploads.sandbox import Inspection, Uninspected, inspect
from diaspora_net.core.uploads.scanner import ScannerSilent, is_infected
from messaging.models import File, Participant
from messaging.queries.files import checks_due
from messaging.realtime import Wake, publish_after_commit
from messaging.states import FILE_TRANSITIONS, FileState

logger = logging.getLogger(__name__)

# Longer than inspection and scanner together may take.
LEASE = timedelta(minutes=3)
SILENT_PAUSE = timedelta(minutes=1)
# A scanner that is away is waited for; a file on which our own process fails this often is not asked about again.
TRIES = 5
# With the last file it begins, a sweep ends before Celery's soft limit of a minute; the next follows at once.
SWEEP_SECONDS = 8.0
PAUSE_SECONDS = 0.1


def check_files() -> int:
    """Check the files that are due, for SWEEP_SECONDS; return how many have a verdict now."""
    count = 0
    until = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < until:
        file = _lease()
        if file is not None:
            count += _check(file)
        elif checks_due().exists():
            # Somebody ties it to a message at this moment.
            time.sleep(PAUSE_SECONDS)
        else:
            break
    return count


@transaction.atomic
def _lease() -> File | None:
    """Take the file that has waited longest; those that another sweep holds are passed over."""
    file = checks_due().select_for_update(skip_locked=True).first()
    if file is not None:
        File.objects.filter(pk=file.pk).update(
            check_due_at=timezone.now() + LEASE, check_attempts=F("check_attempts") + 1
        )
        file.refresh_from_db()
    return file


def _check(file: File) -> bool:
    """Come to a verdict; say whether there is one."""
    with tempfile.TemporaryDirectory(prefix="diaspora-net-file-") as name:
        place = Path(name)
        source = place / "source"
        _write_out(file, source)
        try:
            found = inspect(source, file.kind, place)
            if not found.reason and is_infected(source):
                found = Inspection("virus")
        except (Uninspected, ScannerSilent) as error:
            return _put_off(file, error)
        return _settle(file, found, place)


def _write_out(file: File, source: Path) -> None:
    with source.open("wb") as out:
        for data in file.parts.order_by("begins").values_list("data", flat=True).iterator(chunk_size=4):
            out.write(data)


def _put_off(file: File, error: Exception) -> bool:
    if isinstance(error, Uninspected) and file.check_attempts >= TRIES:
        logger.error("file %s could not be inspected: %s", file.pk, error)
        return _settle(file, Inspection("unchecked"), Path())
    logger.warning("file %s waits: %s %s", file.pk, type(error).__name__, error)
    File.objects.filter(pk=file.pk, state=FileState.CHECKING).update(check_due_at=timezone.now() + SILENT_PAUSE)
    return False


def _settle(file: File, found: Inspection, place: Path) -> bool:
    """Store what may pass, write the verdict, tell people. What was stored in vain goes again."""
    stored: dict[str, object] = {}
    if not found.reason:
        content = (place / ("content" if found.is_remade else "source")).read_bytes()
        stored["stored_name"], stored["stored_size"] = _store(content), len(content)
        if found.has_small:
            stored["small_name"] = _store((place / "small").read_bytes())
    to = FileState.REJECTED if found.reason else FileState.READY
    try:
        with transaction.atomic():
            values = {"reason": found.reason, "checked_at": timezone.now(), "check_due_at": None, **stored}
            transitions.advance(file, to, FILE_TRANSITIONS, **values)
            file.parts.all().delete()
            _tell(file)
    except (InvalidTransition, File.DoesNotExist):
        # Another sweep was quicker, or nobody wants the file any more.
        for name in ("stored_name", "small_name"):
            if name in stored:
                default_storage.delete(str(stored[name]))
        return False
    return True


def _store(content: bytes) -> str:
    """Store ``content`` under a name that says nothing and cannot be guessed; return the name."""
    name = uuid.uuid4().hex
    return default_storage.save(f"messages/{name[:2]}/{name}", ContentFile(content))


def _tell(file: File) -> None:
    """Say after commit that the message looks different now."""
    if file.message is None:
        return
    people = Participant.objects.filter(conversation=file.conversation_id, left_at__isnull=True)
    wake = Wake("changed", list(people.values_list("user_id", flat=True)), str(file.conversation_id), file.message.seq)
    publish_after_commit([wake])
