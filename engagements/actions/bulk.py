"""Do one thing with many rows of the pipeline: write down what is asked for, and work it row by row.

Rows say what is due; several sweeps may run at once, and a row that one holds is passed over by the others. Each row's
act and its result are one transaction, so that a row is worked once, whenever a sweep dies.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.rules import is_coordinator
from diaspora_net.core import audit
from diaspora_net.core.errors import DomainError, Invalid, NotAllowed
from diaspora_net.core.sweeps import in_turns
from engagements.actions.casework import assign_case, rest_case
from engagements.actions.coordination import remind_both_sides, remind_receiver
from engagements.actions.moves import move_need, move_work
from engagements.models import BulkItem, BulkRun, Engagement, Need, Proposal
from engagements.queries.bulk import MOST_ROWS, waiting_items
from engagements.states.bulk import NEED_ACTS, ORGANISATION_ACTS, WORK_ACTS, BulkAct, BulkState
from messaging.actions.pokes import poke

logger = logging.getLogger(__name__)

SWEEP = "engagements.tasks.work_bulk"
Thing = Proposal | Need | Organisation
KNOWN_ACTS: dict[type, tuple[BulkAct, ...]] = {Need: NEED_ACTS, Organisation: ORGANISATION_ACTS}
LONGEST_RESULT = 300


@transaction.atomic
def ask_bulk(*, actor: User, act: str, rows: Sequence[Thing], values: dict[str, Any]) -> BulkRun:
    """Ask for one act on many rows; the sweep works them. ``values`` are the act's own: owner, until, reason.

    Raises NotAllowed without a remit, Invalid for an act that these rows do not have, for none or too many of them.
    Effects: run with its items, audit entry; after commit the sweep runs.
    """
    if not is_coordinator(actor):
        raise NotAllowed(_("Only coordinators do this."))
    known = KNOWN_ACTS.get(type(rows[0]), WORK_ACTS) if rows else WORK_ACTS
    if act not in known:
        raise Invalid(_("Choose what to do with them."))
    if not 0 < len(rows) <= MOST_ROWS:
        raise Invalid(_("Choose between 1 and %(limit)d rows.") % {"limit": MOST_ROWS})
    run = BulkRun.objects.create(actor=actor, act=act, values=values)
    BulkItem.objects.bulk_create([_item(run, row) for row in rows])
    audit.record(actor=actor, verb="engagements.bulk.asked", obj=run, act=act, count=len(rows), values=values)

    def begin() -> None:
        poke(SWEEP)

    transaction.on_commit(begin, robust=True)
    return run


def _item(run: BulkRun, row: Thing) -> BulkItem:
    if isinstance(row, Need):
        return BulkItem(run=run, need=row, seen=row.state)
    if isinstance(row, Organisation):
        return BulkItem(run=run, organisation=row, seen=row.state)
    return BulkItem(run=run, proposal=row, seen=(getattr(row, "engagement", None) or row).state)


def work_due_bulk() -> int:
    """Work the rows that wait; return how many were done. Effects: those of each act, and its result."""
    return in_turns(_work_next)


@transaction.atomic
def _work_next() -> bool | None:
    """Work one row; say whether it was done, None when none waits."""
    item = waiting_items().select_for_update(skip_locked=True, of=("self",)).select_related("run__actor").first()
    if item is None:
        return None
    state, result = BulkState.DONE, ""
    with translation.override(item.run.actor.language):
        try:
            with transaction.atomic():
                ACTS[BulkAct(item.run.act)](item)
        except DomainError as error:
            state, result = BulkState.REFUSED, error.message
        except Exception:
            # Whatever it was, the other rows go on, and this one is not tried for ever.
            logger.exception("row %d of an act on many failed", item.pk)
            state, result = BulkState.REFUSED, _("Something went wrong. Try this one by itself.")
    BulkItem.objects.filter(pk=item.pk).update(state=state, result=result[:LONGEST_RESULT], done_at=timezone.now())
    return state == BulkState.DONE


def _thing(item: BulkItem) -> Thing:
    if item.organisation_id:
        return Organisation.objects.get(pk=item.organisation_id)
    if item.need_id:
        return Need.objects.select_related("organisation").get(pk=item.need_id)
    return Proposal.objects.select_related("need__organisation", "expert__user").get(pk=item.proposal_id or 0)


def _remind(item: BulkItem) -> None:
    with_people = ("need__organisation", "expert__user")
    engagement = Engagement.objects.filter(proposal=item.proposal_id).select_related(*with_people).first()
    if engagement:
        remind_both_sides(actor=item.run.actor, engagement=engagement)
    else:
        proposal = Proposal.objects.select_related(*with_people).get(pk=item.proposal_id or 0)
        remind_receiver(actor=item.run.actor, proposal=proposal)


def _assign(item: BulkItem) -> None:
    owner = User.objects.filter(pk=item.run.values.get("owner")).first()
    assign_case(actor=item.run.actor, thing=_thing(item), owner=owner)


def _rest(item: BulkItem) -> None:
    values = item.run.values
    until = date.fromisoformat(values["until"])
    rest_case(actor=item.run.actor, thing=_thing(item), until=until, reason=values["reason"])


def _move(item: BulkItem) -> None:
    thing, run = _thing(item), item.run
    if isinstance(thing, Need):
        move_need(actor=run.actor, need=thing, move=run.act, seen=item.seen)
    elif isinstance(thing, Proposal):
        reason = run.values.get("reason", "")
        move_work(actor=run.actor, proposal=thing, move=run.act, seen=item.seen, reason=reason)


ACTS: dict[BulkAct, Callable[[BulkItem], None]] = {
    BulkAct.REMIND: _remind,
    BulkAct.ASSIGN: _assign,
    BulkAct.REST: _rest,
    BulkAct.HOLD: _move,
    BulkAct.END: _move,
    BulkAct.CLOSE: _move,
    BulkAct.PAUSE: _move,
}
