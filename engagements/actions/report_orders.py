"""Make the large files of reports in the background. The row says that one is due; several sweeps may run at once.

waiting ──► working (leased, part after part counted) ──► done
                                                      ──► failed, after three tries
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.models import DonorReport, ReportOrder
from engagements.queries.donor_reports import document_of, orders_due
from engagements.reports.archive import archive_of, parts_of
from engagements.rules.reporting import can_report_on
from engagements.states.donor_reports import ORDER_TRANSITIONS, FileKind, OrderState, Readers
from messaging.actions.pokes import poke

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
TRIES = 3
SWEEP = "engagements.tasks.make_report_files"


@transaction.atomic
def order_archive(*, actor: User, report: DonorReport, readers: Readers, language: str) -> ReportOrder:
    """Order everything of a report in one archive; a worker makes it.

    Raises NotAllowed without the remit, Conflict for readers outside while no period is chosen. An order for the same
    readers that still waits is returned instead. Effects: the order, audit entry, a poke after commit.
    """
    if not can_report_on(actor, str(report.country)):
        raise NotAllowed(_("Only coordinators of the country have its reports."))
    if report.period_id is None and readers != Readers.COORDINATORS:
        raise Conflict(_("Close a period and choose it first: only numbers that stay as they are leave the house."))
    lock(report)
    waiting = report.orders.filter(readers=readers, language=language, state=OrderState.WAITING).first()
    if waiting is not None:
        return waiting
    order = ReportOrder.objects.create(
        report=report, readers=readers, kind=FileKind.ZIP, language=language, ordered_by=actor
    )
    audit.record(actor=actor, verb="engagements.donor_report.ordered", obj=report, order=order.pk, readers=readers)
    transaction.on_commit(lambda: poke(SWEEP))
    return order


def make_due_files() -> int:
    """Make the files that are due, one after the other; return how many are ready now. May run twice or at once."""
    count = 0
    while (order := _lease()) is not None:
        count += _make(order)
    return count


@transaction.atomic
def _lease() -> ReportOrder | None:
    """Take the order that has waited longest; those that another worker holds are passed over."""
    order = orders_due().select_for_update(skip_locked=True).first()
    if order is None:
        return None
    if order.tries >= TRIES:
        advance(order, OrderState.FAILED, ORDER_TRANSITIONS)
        return _lease()
    return advance(
        order, OrderState.WORKING, ORDER_TRANSITIONS, leased_until=timezone.now() + LEASE, tries=order.tries + 1
    )


def _make(order: ReportOrder) -> bool:
    """Make one archive, writing down after each part how far it is; say whether it is ready."""
    try:
        with translation.override(order.language):
            document = document_of(order.report, Readers(order.readers))
            parts = parts_of(document, language=order.language)
            _note(order, done_parts=0, all_parts=len(parts))
            content = None
            for content in archive_of(parts):
                if content is None:
                    _note(order, done_parts=F("done_parts") + 1)
    except Exception:
        # Whatever a report cannot be made for, the next try or the row says so; other orders go on.
        logger.exception("report file %s was not made", order.reference)
        return False
    with transaction.atomic():
        advance(order, OrderState.DONE, ORDER_TRANSITIONS, content=content, made_at=timezone.now(), leased_until=None)
    return True


def _note(order: ReportOrder, **values: object) -> None:
    ReportOrder.objects.filter(pk=order.pk).update(**values)
