"""Take files in: start, part after part, finish; tie them to the message that speaks of them.

    start_file ──► receive_part … receive_part ──► finish_file ──► (file_checks) ──► ready or rejected
                                                        └──► post_message_with_files, before or after the verdict

Each step can be repeated after a lost answer. A form without script does all of it in the transaction of its message.
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import User
from diaspora_net.core import transitions
from diaspora_net.core.errors import Conflict, Invalid, SlowDown
from diaspora_net.core.uploads.kinds import MOST_BYTES, Kind, kind_of
from diaspora_net.core.uploads.names import clean_name
from diaspora_net.core.uploads.words import reason_in_words, size_in_words
from messaging.actions.file_collecting import QUOTA_DAYS, empty_file
from messaging.actions.messages import Posted, post_message
from messaging.actions.pokes import poke
from messaging.models import FILES_PER_MESSAGE, Conversation, File, FilePart, Message
from messaging.rules import can_write
from messaging.states import FILE_TRANSITIONS, FileState

CHECK_SWEEP = "messaging.tasks.check_files"
QUOTA_BYTES = 200_000_000
# Each file costs a process that looks into it, however small it is.
FILES_PER_HOUR = 60
MOST_PART = 512 * 1024
GOING_ON = (FileState.RECEIVING, FileState.CHECKING, FileState.READY)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as a form brings it: its name, its size, and its content in pieces."""

    name: str
    size: int
    pieces: Iterable[bytes]


def start_file(*, actor: User, conversation: Conversation, name: str, size: int, sha256: str) -> File:
    """Announce a file, or find the unsent one with the same name and content again, to go on where it stands.

    ``sha256`` is the sum of the whole content in 64 hexadecimal digits. Raises Conflict (``closed``, ``quota``),
    Invalid with the reason as its code (``not_allowed``, ``too_big``, ``empty``, ``no_name``) and SlowDown above
    FILES_PER_HOUR. Locks the person, so that simultaneous starts cannot pass the quota together. Queries: 5 and a
    savepoint.
    """
    kind, name = judge(name, size)
    if not can_write(actor, conversation):
        raise Conflict(_("Nobody can write in this conversation at the moment."), code="closed")
    with transaction.atomic():
        transitions.lock(actor)
        unsent = File.objects.filter(owner=actor, conversation=conversation, message__isnull=True, is_kept=False)
        known = unsent.filter(name=name, size=size, sha256=sha256.lower(), state__in=GOING_ON).first()
        if known is not None:
            return known
        spend(actor, size)
        return File.objects.create(
            conversation=conversation, owner=actor, name=name, kind=kind.code, size=size, sha256=sha256.lower()
        )


def judge(name: str, size: int) -> tuple[Kind, str]:
    """Return what a file is by its name, and the name as it is stored. Raises Invalid with the reason as its code."""
    cleaned = clean_name(name)
    if not cleaned:
        raise _refused("no_name")
    kind = kind_of(cleaned)
    if kind is None:
        raise _refused("not_allowed", cleaned)
    if size <= 0:
        raise _refused("empty", cleaned)
    if size > MOST_BYTES:
        raise _refused("too_big", cleaned)
    return kind, cleaned


def _refused(reason: str, name: str = "") -> Invalid:
    sentence = reason_in_words(reason)
    if name:
        sentence = _("“%(name)s”: %(reason)s") % {"name": name, "reason": sentence}
    return Invalid(sentence, fields={"files": sentence}, code=reason)


def spend(actor: User, size: int) -> None:
    """Refuse what passes the quota of a person whom the caller has locked. Raises Conflict and SlowDown. Queries: 1.

    Whatever was announced counts, also what was rejected or is gone again.
    """
    now = timezone.now()
    recent = File.objects.filter(owner=actor, started_at__gt=now - timedelta(days=QUOTA_DAYS)).aggregate(
        size=Sum("size", default=0), lately=Count("pk", filter=Q(started_at__gt=now - timedelta(hours=1)))
    )
    if recent["lately"] >= FILES_PER_HOUR:
        raise SlowDown(
            _("You have sent many files within an hour. Wait a while before you send more."), retry_after=600
        )
    if recent["size"] + size > QUOTA_BYTES:
        sentence = _(
            "You can send %(most)s of files within %(days)d days, and %(left)s of that are left. Send a smaller file, "
            "or wait some days."
        ) % {
            "most": size_in_words(QUOTA_BYTES),
            "days": QUOTA_DAYS,
            "left": size_in_words(QUOTA_BYTES - recent["size"]),
        }
        raise Conflict(sentence, code="quota")


def receive_part(*, actor: User, file: File, begins: int, data: bytes) -> File:
    """Take the piece of ``file`` that begins at ``begins``, which has to be where the file stands.

    Raises Conflict: ``wrong_offset`` when it is not (look where it stands and go on from there), ``closed``, ``whole``;
    Invalid when the piece is empty, above MOST_PART or longer than the file. Queries: 4 and a savepoint.
    """
    if not 0 < len(data) <= MOST_PART:
        raise Invalid(_("A piece has to hold from 1 to %(most)d bytes.") % {"most": MOST_PART})
    if file.conversation is None or not can_write(actor, file.conversation):
        raise Conflict(_("Nobody can write in this conversation at the moment."), code="closed")
    with transaction.atomic():
        present = transitions.lock(file)
        if present.state != FileState.RECEIVING:
            raise Conflict(_("This file has arrived as a whole already."), code="whole")
        if begins != present.received:
            raise Conflict(_("This is not the next piece of the file."), code="wrong_offset")
        if begins + len(data) > present.size:
            raise Invalid(_("The file is longer than announced. Send it anew."))
        FilePart.objects.create(file=present, begins=begins, data=data)
        present.received += len(data)
        File.objects.filter(pk=present.pk).update(received=present.received)
    return present


def finish_file(*, actor: User, file: File) -> File:
    """Say that all of ``file`` was sent; from now on it is checked. Nothing happens when this was said before.

    Raises Conflict: ``incomplete``, or ``broken`` when the content is not what was announced; then it begins anew.
    Effects: state; after commit the sweep. Queries: 4 and a savepoint.
    """
    with transaction.atomic():
        present = transitions.lock(file)
        if present.owner_id != actor.pk or present.state != FileState.RECEIVING:
            return present
        if present.received != present.size:
            raise Conflict(_("The file has not arrived as a whole yet."), code="incomplete")
        is_right = _sum_of(present) == present.sha256
        if is_right:
            transitions.advance(present, FileState.CHECKING, FILE_TRANSITIONS, check_due_at=timezone.now())
            transaction.on_commit(_poke, robust=True)
        else:
            present.parts.all().delete()
            File.objects.filter(pk=present.pk).update(received=0)
    if not is_right:
        raise Conflict(_("The file did not arrive as it was sent. Send it again."), code="broken")
    return present


def _sum_of(file: File) -> str:
    total = hashlib.sha256()
    for data in file.parts.order_by("begins").values_list("data", flat=True).iterator(chunk_size=4):
        total.update(data)
    return total.hexdigest()


def _poke() -> None:
    # Somebody waits for each of them, and nobody sends many.
    poke(CHECK_SWEEP, every=0)


def discard_file(*, actor: User, file: File) -> None:
    """Take a file back that no message speaks of; its size still counts. Raises Conflict ``sent`` when one does.

    Effects: state, and nothing is kept of its content. Queries: 4 and a savepoint.
    """
    with transaction.atomic():
        present = transitions.lock(file)
        if present.owner_id != actor.pk or present.message_id is not None:
            raise Conflict(_("This file has been sent. Delete its message instead."), code="sent")
        empty_file(present)


@transaction.atomic
def post_message_with_files(
    *, actor: User, conversation: Conversation, client_id: uuid.UUID, text: str, files: Sequence[uuid.UUID]
) -> Posted:
    """Write a message that speaks of ``files``, which ``actor`` has sent to this conversation; its text may be empty.

    The same ``client_id`` with the same text and files is the same message, for ever. Raises what ``post_message``
    raises, Conflict (``idempotency_mismatch``, ``incomplete``, ``gone``) and Invalid (too many, or one was rejected).
    Nothing is written then. Queries: 1 to 5 and savepoints.
    """
    _judge_count(len(files))
    posted = post_message(
        actor=actor, conversation=conversation, client_id=client_id, text=text, may_be_empty=bool(files)
    )
    if posted.is_duplicate:
        known = set(File.objects.filter(message_id=posted.id).values_list("pk", flat=True))
        if known != set(files):
            raise Conflict(
                _("Another message was sent under this number. Write it again."), code="idempotency_mismatch"
            )
    elif files:
        _tie(actor, conversation, posted.id, files)
    return posted


def _judge_count(count: int) -> None:
    if count > FILES_PER_MESSAGE:
        sentence = ngettext(
            "A message can hold %(most)d file.", "A message can hold %(most)d files.", FILES_PER_MESSAGE
        ) % {"most": FILES_PER_MESSAGE}
        raise Invalid(sentence, fields={"files": sentence}, code="too_many")


def _tie(actor: User, conversation: Conversation, message: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
    mine = File.objects.filter(owner=actor, conversation=conversation, is_kept=False, pk__in=ids)
    unsent = mine.filter(message__isnull=True).exclude(state=FileState.GONE)
    # In one order, so that two messages with the same files do not wait for each other in a circle.
    found = {file.pk: file for file in unsent.select_for_update(no_key=True).order_by("pk")}
    for position, id_ in enumerate(ids):
        file = found.pop(id_, None)
        if file is None:
            raise Conflict(_("A file is gone or was sent already. Add it again."), code="gone")
        if file.state == FileState.REJECTED:
            raise _refused(file.reason, file.name)
        if file.state == FileState.RECEIVING:
            raise Conflict(_("A file has not arrived as a whole yet."), code="incomplete")
        File.objects.filter(pk=file.pk).update(message=message, position=position)
    Message.objects.filter(pk=message).update(file_count=len(ids))


@transaction.atomic
def post_form(
    *, actor: User, conversation: Conversation, client_id: uuid.UUID, text: str, arrivals: Sequence[Arrival]
) -> Posted:
    """Write a message with files that a form brings whole, all or nothing; sent twice, it is written once.

    Raises what ``start_file`` and ``post_message_with_files`` raise. Queries: 1, and some for each file.
    """
    _judge_count(len(arrivals))
    known = Message.objects.filter(conversation=conversation, sender=actor, client_id=client_id).first()
    if known is not None and known.file_count:
        ids = list(known.files.values_list("pk", flat=True))
    else:
        ids = [_take(actor, conversation, arrival) for arrival in arrivals]
    return post_message_with_files(actor=actor, conversation=conversation, client_id=client_id, text=text, files=ids)


def _take(actor: User, conversation: Conversation, arrival: Arrival) -> uuid.UUID:
    pieces = list(arrival.pieces) if arrival.size <= MOST_BYTES else []
    total = hashlib.sha256()
    for piece in pieces:
        total.update(piece)
    file = start_file(
        actor=actor, conversation=conversation, name=arrival.name, size=arrival.size, sha256=total.hexdigest()
    )
    # An unsent file of the same content may stand somewhere in the middle; what is here is all of it.
    if file.state == FileState.RECEIVING:
        fill(actor, file, pieces)
    return file.pk


def fill(actor: User, file: File, pieces: Iterable[bytes]) -> None:
    """Put the whole content into a file that is being sent and have it checked. Raises what ``finish_file`` raises."""
    file.parts.all().delete()
    begins = 0
    for piece in pieces:
        FilePart.objects.create(file=file, begins=begins, data=piece)
        begins += len(piece)
    File.objects.filter(pk=file.pk).update(received=begins)
    finish_file(actor=actor, file=file)
