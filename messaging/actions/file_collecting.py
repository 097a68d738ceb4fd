"""Remove what nobody can reach any more: files that no message speaks of, and stored content that no row speaks of.

A row says first that its file is gone, the content goes after the commit; whatever is interrupted in between is found
by the next round. Nothing younger than GRACE is touched, so what is just being written is never taken for a leftover.
Rows of files that are gone stay while they count for their sender's quota.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from diaspora_net.core import transitions
from messaging.models import File
from messaging.queries.files import known_names, unreachable_files
from messaging.states import FILE_TRANSITIONS, FileState

logger = logging.getLogger(__name__)

GRACE = timedelta(hours=24)
QUOTA_DAYS = 30
AT_ONCE = 100


def collect_files(*, is_rehearsal: bool = False) -> list[str]:
    """Remove leftovers older than GRACE; return what was removed, one line each. A rehearsal removes nothing."""
    now = timezone.now()
    if is_rehearsal:
        rows = [f"file {id_}" for id_ in unreachable_files(now - GRACE).values_list("pk", flat=True)]
    else:
        rows = [f"file {id_}" for id_ in _collect_rows()]
        counted = File.objects.filter(state=FileState.GONE, started_at__lt=now - timedelta(days=QUOTA_DAYS))
        counted.filter(message__isnull=True).delete()
    return [*rows, *_collect_content(is_rehearsal)]


def _collect_rows() -> Iterator[object]:
    """Empty the files that no message speaks of.

    Whoever is tying a file to a message holds its row: either it is passed over here, or it is gone there.
    """
    while True:
        with transaction.atomic():
            due = unreachable_files(timezone.now() - GRACE)
            files = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:AT_ONCE])
            for file in files:
                empty_file(file)
        if not files:
            return
        yield from (file.pk for file in files)


def empty_file(file: File) -> None:
    """Say that ``file`` is gone and remove what is kept of it, in the caller's transaction, which holds its row.

    Queries: 3.
    """
    names = [name for name in (file.stored_name, file.small_name) if name]
    values = {"stored_name": "", "small_name": "", "reason": "", "check_due_at": None}
    transitions.advance(file, FileState.GONE, FILE_TRANSITIONS, **values)
    file.parts.all().delete()

    def delete() -> None:
        for name in names:
            default_storage.delete(name)

    transaction.on_commit(delete, robust=True)


def _collect_content(is_rehearsal: bool) -> Iterator[str]:
    """Remove stored content that no row names, as a crash or a restored backup leaves it."""
    oldest = timezone.now() - GRACE
    for directory in _directories():
        names = [f"{directory}/{name}" for name in default_storage.listdir(directory)[1]]
        for name in set(names) - known_names(names):
            if default_storage.get_modified_time(name) < oldest:
                yield f"content {name}"
                if not is_rehearsal:
                    default_storage.delete(name)


def _directories() -> list[str]:
    if not default_storage.exists("messages"):
        return []
    return [f"messages/{name}" for name in default_storage.listdir("messages")[0]]
