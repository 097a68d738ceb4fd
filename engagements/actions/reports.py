"""Report what was said, and work on reports: take on, do something, close."""

import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import coordinators_of
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.models import Need, Report
from engagements.models.talk import MAX_NOTE
from engagements.queries.talks import need_of, reportable_messages, talkers_ever
from engagements.rules import talk as rules
from engagements.states import REPORT_TRANSITIONS, ReportReason, ReportState
from messaging.actions.notifications import notify
from messaging.actions.pauses import lift_pause, pause_conversation
from messaging.models import Conversation, Message


def digest_of(snapshot: Sequence[dict[str, Any]]) -> str:
    """Return the SHA-256 of a snapshot, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(snapshot, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def file_report(
    *,
    actor: User,
    conversation: Conversation,
    about: User,
    reason: str,
    seqs: Collection[int],
    note: str = "",
    stops: bool = False,
    blocks: bool = False,
) -> Report:
    """Report somebody to the country's coordinators, with exactly the messages ``seqs`` as ``actor`` sees them.

    ``stops`` pauses the conversation at once, ``blocks`` blocks the person. Raises Invalid for the reason, when there
    is neither message nor note, or for messages that are not the actor's to see; Conflict for a conversation that no
    coordinator looks after. Effects, in this order: block, pause, report with snapshot, audit entry with its hash, news
    to the coordinators. The other person is not told.
    """
    need = need_of(conversation)
    if need is None:
        raise Conflict(_("No coordinator looks after this conversation."))
    chosen = [message for message in reportable_messages(actor, conversation) if message.seq in set(seqs)]
    _check(actor, conversation, about, reason=reason, note=note, seqs=seqs, chosen=chosen)
    if blocks:
        block_person(actor=actor, person=about)
    if stops:
        pause_conversation(actor=actor, conversation=conversation, reason=str(ReportReason(reason).label))
    snapshot = [_quoted(message) for message in chosen]
    report = Report.objects.create(
        conversation=conversation,
        need=need,
        reporter=actor,
        about=about,
        reason=reason,
        note=note.strip(),
        snapshot=snapshot,
        digest=digest_of(snapshot),
    )
    audit.record(actor=actor, verb="engagements.report.filed", obj=report, reason=reason, digest=report.digest)
    _tell_coordinators(report, need)
    return report


def _check(
    actor: User,
    conversation: Conversation,
    about: User,
    *,
    reason: str,
    note: str,
    seqs: Collection[int],
    chosen: Sequence[Message],
) -> None:
    problems = {}
    if reason not in ReportReason.values:
        problems["reason"] = _("Choose what happened.")
    if about not in talkers_ever(conversation, actor):
        problems["about"] = _("Choose somebody of this conversation.")
    if len(chosen) != len(set(seqs)):
        problems["messages"] = _("Some of these messages are not there any more. Choose again.")
    if not seqs and not note.strip():
        problems["messages"] = _("Choose at least one message, or say in your words what happened.")
    if len(note.strip()) > MAX_NOTE:
        problems["note"] = _("Use up to %(limit)s characters.") % {"limit": MAX_NOTE}
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)


def _quoted(message: Message) -> dict[str, Any]:
    return {
        "seq": message.seq,
        "id": str(message.pk),
        "sender": str(message.sender.public_id) if message.sender else None,
        "name": str(message.sender),
        "at": message.created_at.isoformat(),
        "text": message.text,
        "files": [file.name for file in message.files.all()],
    }


def _tell_coordinators(report: Report, need: Need) -> None:
    for coordinator in coordinators_of(need.organisation.country.code):
        if rules.can_work_report(coordinator, report):
            notify(
                user=coordinator,
                verb="engagements.report.filed",
                text=gettext_noop("Somebody in your countries reports a conversation. Look at it today."),
                params={},
                url=reverse("engagements:report", args=[report.reference]),
                event_key=f"report:{report.pk}",
                is_urgent=True,
            )


@transaction.atomic
def take_report(*, actor: User, report: Report) -> Report:
    """Take a report on, or over from another coordinator: from now on one may read what was reported.

    Raises NotAllowed unless ``actor`` may work on it, Conflict when it is closed. Effects: state, owner, audit entry.
    """
    if not rules.can_work_report(actor, report):
        raise NotAllowed(_("Only a coordinator of its country who is no part of a report works on it."))
    present = lock(report)
    if present.state == ReportState.CLOSED:
        raise Conflict(_("This report is closed."))
    if present.state == ReportState.NEW:
        advance(report, ReportState.TRIAGED, REPORT_TRANSITIONS, owner=actor)
    else:
        Report.objects.filter(pk=report.pk).update(owner=actor)
        report.refresh_from_db()
    audit.record(actor=actor, verb="engagements.report.taken", obj=report, before=present.owner_id)
    return report


@transaction.atomic
def act_on_report(*, actor: User, report: Report, done: str) -> Report:
    """Write down what was done about a report. Raises NotAllowed unless ``actor`` owns it, Invalid without words.

    Effects: state, words, audit entry.
    """
    words = _words(actor, report, done, field="done")
    if lock(report).state == ReportState.ACTION:
        Report.objects.filter(pk=report.pk).update(done=words)
        report.refresh_from_db()
    else:
        advance(report, ReportState.ACTION, REPORT_TRANSITIONS, done=words)
    audit.record(actor=actor, verb="engagements.report.acted", obj=report)
    return report


@transaction.atomic
def close_report(*, actor: User, report: Report, outcome: str) -> Report:
    """Close a report with what came of it; the reporter is told that it is closed, not what was done.

    Raises NotAllowed unless ``actor`` owns it, Invalid without words, Conflict when it is closed. Effects: state,
    words, audit entry, news to the reporter.
    """
    words = _words(actor, report, outcome, field="outcome")
    advance(report, ReportState.CLOSED, REPORT_TRANSITIONS, outcome=words, closed_at=timezone.now())
    audit.record(actor=actor, verb="engagements.report.closed", obj=report)
    notify(
        user=report.reporter,
        verb="engagements.report.closed",
        text=gettext_noop("A coordinator has looked into what you reported. Thank you for speaking up."),
        params={},
        url=reverse("messaging:conversation", args=[report.conversation_id]),
        event_key=f"report-closed:{report.pk}",
    )
    return report


def _words(actor: User, report: Report, text: str, *, field: str) -> str:
    if not rules.can_read_snapshot(actor, lock(report)):
        raise NotAllowed(_("Take this report on first."))
    words = text.strip()
    if not words or len(words) > MAX_NOTE:
        problem = _("Write it down in up to %(limit)s characters.") % {"limit": MAX_NOTE}
        raise Invalid(problem, fields={field: problem})
    return words


@transaction.atomic
def pause_talk(*, actor: User, conversation: Conversation, reason: str) -> None:
    """Let nobody write in a conversation until it is lifted. Raises NotAllowed unless ``actor`` watches over it.

    Effects and further refusals: as ``messaging.actions.pauses.pause_conversation``.
    """
    _require_watcher(actor, conversation)
    pause_conversation(actor=actor, conversation=conversation, reason=reason)


@transaction.atomic
def lift_talk(*, actor: User, conversation: Conversation) -> None:
    """Let people write again. Raises NotAllowed unless ``actor`` watches over it. Effects: row, audit entry."""
    _require_watcher(actor, conversation)
    lift_pause(actor=actor, conversation=conversation)


def _require_watcher(actor: User, conversation: Conversation) -> None:
    need = need_of(conversation)
    if need is None or not rules.can_watch_talk(actor, need):
        raise NotAllowed(_("Only a coordinator of its country who takes no part in a conversation does this."))
