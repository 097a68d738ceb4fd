"""Files that something outside a conversation refers to: taken, checked and counted as those in messages are.

Whoever calls this keeps a key to the file, and alone says who may have it.
"""

import hashlib

from django.db import transaction

from diaspora_net.accounts.models import User
from diaspora_net.core import transitions
from diaspora_net.core.uploads.kinds import MOST_BYTES
from messaging.actions.file_collecting import empty_file
from messaging.actions.files import GOING_ON, Arrival, fill, judge, spend
from messaging.models import Conversation, File
from messaging.states import FileState


@transaction.atomic
def keep_file(*, actor: User, conversation: Conversation | None, arrival: Arrival) -> File:
    """Take a whole file that belongs to what the conversation is about, or to none; it is checked from now on.

    The same name and content from the same person in one conversation is the same file. The caller has asked whether
    ``actor`` may. Raises Invalid with the reason as its code (``not_allowed``, ``too_big``, ``empty``, ``no_name``),
    Conflict ``quota`` and SlowDown; nothing is written then. Effects: file; after commit the sweep. Locks the person.
    """
    kind, name = judge(arrival.name, arrival.size)
    pieces = list(arrival.pieces) if arrival.size <= MOST_BYTES else []
    total = hashlib.sha256()
    for piece in pieces:
        total.update(piece)
    transitions.lock(actor)
    if conversation is not None:
        kept = File.objects.filter(owner=actor, conversation=conversation, is_kept=True, state__in=GOING_ON)
        known = kept.filter(name=name, size=arrival.size, sha256=total.hexdigest()).first()
        if known is not None:
            return known
    spend(actor, arrival.size)
    file = File.objects.create(
        conversation=conversation,
        owner=actor,
        name=name,
        kind=kind.code,
        size=arrival.size,
        sha256=total.hexdigest(),
        is_kept=True,
    )
    fill(actor, file, pieces)
    return file


@transaction.atomic
def drop_file(*, file: File) -> None:
    """Remove what is kept of a file that nothing refers to any more; its size still counts for its sender.

    Effects: state, content gone after commit. Queries: 4.
    """
    present = transitions.lock(file)
    if present.is_kept and present.state != FileState.GONE:
        empty_file(present)
