"""Which files a person may have, and which are due for the sweeps."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.leases import LONGEST_LEASE
from diaspora_net.core.references import first_or_404
from messaging.models import File, Message
from messaging.queries.conversations import visible_conversations
from messaging.queries.messages import visible_messages
from messaging.states import FileState

logger = logging.getLogger(__name__)


def visible_files(viewer: User) -> QuerySet[File]:
    """Return the files of messages the viewer may read now, and those that the viewer is sending."""
    is_said = Q(message__in=visible_messages(viewer).filter(deleted_at__isnull=True).values("pk"))
    is_mine = Q(message__isnull=True, is_kept=False, owner=viewer, conversation__in=visible_conversations(viewer))
    found = File.objects.filter(is_said | is_mine)
    return found.exclude(state=FileState.GONE)


def get_file(viewer: User, id: uuid.UUID) -> File:  # noqa: A002 - mirrors get_conversation
    """Return a file that the viewer may have now, whatever its state. Raises Http404 for all else. Queries: 1."""
    file = visible_files(viewer).filter(pk=id).select_related("conversation").first() if viewer.is_active else None
    if file is None:
        raise Http404
    return file


def get_own_file(viewer: User, id: uuid.UUID) -> File:  # noqa: A002 - mirrors get_conversation
    """Return a file that the viewer is sending or has sent. Raises Http404 for everything else. Queries: 1."""
    return first_or_404(visible_files(viewer).filter(pk=id, owner=viewer).select_related("conversation"))


def file_content(file: File, *, is_small: bool = False) -> bytes:
    """Return what is stored of ``file``. Raises Http404 without a verdict, and when the storage has lost it."""
    name = file.small_name if is_small else file.stored_name
    if file.state != FileState.READY or not name:
        raise Http404
    try:
        with default_storage.open(name) as stored:
            content: bytes = stored.read()
    except FileNotFoundError:
        logger.error("the content of file %s is missing", file.pk)
        raise Http404 from None
    return content


def files_of(messages: Sequence[Message]) -> dict[uuid.UUID, list[File]]:
    """Return the files of each message that has any and still stands. Queries: 0, or 1 when there are files."""
    ids = [message.pk for message in messages if message.file_count and message.deleted_at is None]
    found: dict[uuid.UUID, list[File]] = defaultdict(list)
    if ids:
        for file in File.objects.filter(message__in=ids).order_by("position"):
            if file.message_id is not None:
                found[file.message_id].append(file)
    return found


def checks_due() -> QuerySet[File]:
    """Return the files that should be looked into now, the longest waiting first."""
    now = timezone.now()
    # One that is put off for longer was so on a clock that was ahead.
    is_due = Q(check_due_at__lte=now) | Q(check_due_at__gt=now + LONGEST_LEASE)
    return File.objects.filter(is_due, state=FileState.CHECKING).order_by("check_due_at", "pk")


def unreachable_files(before: datetime) -> QuerySet[File]:
    """Return what was started before a moment and is in no message, or whose message was deleted before it."""
    is_unsent = Q(message__isnull=True, is_kept=False, started_at__lt=before)
    is_deleted = Q(message__deleted_at__lt=before)
    return File.objects.filter(is_unsent | is_deleted).exclude(state=FileState.GONE)


def known_names(names: Sequence[str]) -> set[str]:
    """Return those of ``names`` that a row speaks of. Queries: 1."""
    rows = File.objects.filter(Q(stored_name__in=names) | Q(small_name__in=names))
    return {name for row in rows.values_list("stored_name", "small_name") for name in row}
