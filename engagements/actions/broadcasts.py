"""Write a message to everybody in a view of the pipeline, send it, stop it, and want none."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import is_coordinator
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.mornings import now_or_next_morning
from engagements.models import Broadcast, BroadcastReader, BroadcastRefusal, BroadcastText, PipelineView
from engagements.payloads.placeholders import unknown_placeholders
from engagements.queries.broadcasts import audience_of, event_key
from engagements.queries.pipeline_views import visible_views
from engagements.states.broadcasts import (
    BROADCAST_TRANSITIONS,
    MANY_READERS,
    PAUSES,
    PLACEHOLDERS,
    BroadcastState,
    Readership,
    ReaderState,
)
from engagements.states.pipeline import PipelineOf
from messaging.actions.notifications import hold_back_emails
from messaging.actions.pokes import poke

SWEEP = "engagements.tasks.send_broadcasts"
LONGEST_SUBJECT, LONGEST_BODY = 120, 2000


@dataclass(frozen=True)
class BroadcastValues:
    """What a coordinator writes: ``texts`` are (subject, body) by language; ``fallback`` must be one of them."""

    readership: str
    fallback: str
    texts: Mapping[str, tuple[str, str]]
    pause_days: int = 14


@dataclass(frozen=True)
class Confirmed:
    """How many get a message and how many are left out."""

    broadcast: Broadcast
    ready: int
    left_out: int


@transaction.atomic
def write_broadcast(*, actor: User, view: PipelineView, values: BroadcastValues) -> Broadcast:
    """Write a message to a view as a draft.

    Raises NotAllowed without a remit or for a view that the actor does not see, Invalid with the problem of each field,
    and for a view of institutions, which is about no need.
    Effects: message with its texts, audit entry.
    """
    if not is_coordinator(actor) or not visible_views(actor).filter(pk=view.pk).exists():
        raise NotAllowed(_("This view is not yours."))
    if view.filters.get("of") == PipelineOf.ORGANISATIONS:
        raise Invalid(_("A message is about a need. Choose a view of needs or of work, filtered by the institutions."))
    _check(values)
    broadcast = Broadcast.objects.create(
        author=actor,
        view=view,
        view_name=view.name,
        filters=view.filters,
        readership=values.readership,
        fallback=values.fallback,
        pause_days=values.pause_days,
    )
    _write_texts(broadcast, values)
    audit.record(actor=actor, verb="engagements.broadcast.written", obj=broadcast, view=view.pk)
    return broadcast


@transaction.atomic
def change_broadcast(*, actor: User, broadcast: Broadcast, values: BroadcastValues) -> Broadcast:
    """Rewrite a draft. Raises NotAllowed unless it is the actor's, Conflict once it is sent, Invalid as for writing.

    Effects: message with its texts, audit entry.
    """
    present = _own(actor, broadcast)
    if present.state != BroadcastState.DRAFT:
        raise Conflict(_("This message is on its way, so its text stays as it is."))
    _check(values)
    for name in ("readership", "fallback", "pause_days"):
        setattr(present, name, getattr(values, name))
    present.save(update_fields=["readership", "fallback", "pause_days"])
    present.texts.all().delete()
    _write_texts(present, values)
    audit.record(actor=actor, verb="engagements.broadcast.changed", obj=present)
    return present


@transaction.atomic
def send_broadcast(*, actor: User, broadcast: Broadcast, is_many_meant: bool = False) -> Confirmed:
    """Send a message: who reads it is decided now, and each is told in their morning.

    Raises NotAllowed unless it is the actor's and they coordinate, Conflict when nobody gets it, Invalid for more than
    200 people unless ``is_many_meant``, InvalidTransition when it is sent already. Effects: a row for each reader and
    each who is left out, state, audit entry; after commit the sweep.
    """
    present = _own(actor, broadcast)
    advance(present, BroadcastState.SENDING, BROADCAST_TRANSITIONS, confirmed_at=timezone.now())
    audience = audience_of(actor, present)
    if not audience.ready:
        raise Conflict(_("Nobody would get this message. Choose a wider view, or fewer days."))
    if len(audience.ready) > MANY_READERS and not is_many_meant:
        problem = _("These are more than %(many)d people. Say that you mean them all.") % {"many": MANY_READERS}
        raise Invalid(problem, fields={"is_many_meant": problem})
    now = timezone.now()
    BroadcastReader.objects.bulk_create(
        BroadcastReader(
            broadcast=present,
            user=reader.user,
            need=reader.need,
            is_expert=reader.is_expert,
            language=reader.language,
            state=ReaderState.LEFT_OUT if reader.why else ReaderState.WAITING,
            why=reader.why,
            due_at=now_or_next_morning(now, reader.user.zone),
        )
        for reader in (*audience.ready, *audience.left_out)
    )
    ready, left_out = len(audience.ready), len(audience.left_out)
    audit.record(actor=actor, verb="engagements.broadcast.sent", obj=present, readers=ready, left_out=left_out)

    def begin() -> None:
        poke(SWEEP)

    transaction.on_commit(begin, robust=True)
    return Confirmed(present, ready, left_out)


@transaction.atomic
def stop_broadcast(*, actor: User, broadcast: Broadcast) -> Broadcast:
    """Send what is unsent to nobody more: neither news nor e-mails that wait.

    Raises NotAllowed unless it is the actor's, InvalidTransition unless it is on its way. Effects: state, readers, held
    back e-mails, audit entry.
    """
    present = _own(actor, broadcast)
    advance(present, BroadcastState.STOPPED, BROADCAST_TRANSITIONS, ended_at=timezone.now())
    stopped = present.readers.filter(state=ReaderState.WAITING).update(state=ReaderState.STOPPED)
    held = hold_back_emails(event_key=event_key(present))
    audit.record(actor=actor, verb="engagements.broadcast.stopped", obj=present, stopped=stopped, mails=held)
    return present


@transaction.atomic
def refuse_broadcasts(*, actor: User, is_refused: bool = True) -> None:
    """Want no more messages of this kind, or want them again; safe to repeat. Effects: row, audit entry."""
    if is_refused:
        _row, is_new = BroadcastRefusal.objects.get_or_create(user=actor)
    else:
        is_new = bool(BroadcastRefusal.objects.filter(user=actor).delete()[0])
    if is_new:
        audit.record(actor=actor, verb="engagements.broadcast.refused", obj=actor, is_refused=is_refused)


def _own(actor: User, broadcast: Broadcast) -> Broadcast:
    """Return the message, locked, when the actor wrote it and coordinates still."""
    if broadcast.author_id != actor.pk or not is_coordinator(actor):
        raise NotAllowed(_("Only the coordinator who wrote a message sends or changes it."))
    return lock(broadcast)


def _write_texts(broadcast: Broadcast, values: BroadcastValues) -> None:
    BroadcastText.objects.bulk_create(
        BroadcastText(broadcast=broadcast, language=language, subject=subject.strip(), body=body.strip())
        for language, (subject, body) in values.texts.items()
    )


def _check(values: BroadcastValues) -> None:
    problems: dict[str, str] = {}
    languages = {code for code, _name in settings.LANGUAGES}
    if values.readership not in Readership.values:
        problems["readership"] = _("Choose to whom you write.")
    if values.pause_days not in PAUSES:
        problems["pause_days"] = _("Choose a number of days.")
    if values.fallback not in values.texts or not set(values.texts) <= languages:
        problems["fallback"] = _("Write the text of the language that stands in for the others.")
    for language, (subject, body) in values.texts.items():
        problems |= _problems_of_text(f"subject_{language}", subject, LONGEST_SUBJECT)
        problems |= _problems_of_text(f"body_{language}", body, LONGEST_BODY)
    if problems:
        raise Invalid(_("Please look at the marked fields again."), fields=problems)


def _problems_of_text(field: str, text: str, longest: int) -> dict[str, str]:
    if not 0 < len(text.strip()) <= longest or "\0" in text:
        return {field: _("Write between 1 and %(limit)d characters.") % {"limit": longest}}
    if unknown := unknown_placeholders(text):
        known = get_text_list([f"{{{name}}}" for name in PLACEHOLDERS], _("and"))
        words = {"unknown": " ".join(unknown), "known": known}
        return {field: _("%(unknown)s means nothing here. You may write %(known)s.") % words}
    return {}
