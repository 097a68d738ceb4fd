"""Work on the assignments that are due: compute those that wait, and send the nominations of those on their way."""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from diaspora_net.core import audit
from diaspora_net.core.errors import DomainError, InvalidTransition
from diaspora_net.core.leases import is_free
from diaspora_net.core.transitions import advance, lock
from engagements.actions.nominations import nominate_expert
from engagements.actions.plan_solving import best_total, solve_plan
from engagements.models import Plan, PlanEdge
from engagements.queries.cohort_fit import Fit, experts_of_cohort, fits_in_cohort, needs_of_cohort
from engagements.states import PLAN_TRANSITIONS, PlanState
from messaging.actions.notifications import notify

logger = logging.getLogger(__name__)

# Longer than the longest step between two notes of progress.
LEASE = timedelta(minutes=2)
TRIES = 3
# A sweep ends before Celery's soft limit; what is left is done by the next.
SWEEP_SECONDS = 40.0
_FLAGS = ("is_pinned", "is_barred")


def work_due_plans() -> int:
    """Compute and send what is due; return how many assignments were worked on."""
    worked, until = 0, time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < until and (plan := _lease()) is not None:
        worked += 1
        if plan.state == PlanState.SENDING:
            _send(plan, until)
        else:
            _compute(plan)
    return worked


@transaction.atomic
def _lease() -> Plan | None:
    """Take the plan that has waited longest; those that another sweep holds are passed over."""
    now = timezone.now()
    due = Plan.objects.filter(is_free(now), state__in=[PlanState.WAITING, PlanState.COMPUTING, PlanState.SENDING])
    plan = due.select_for_update(skip_locked=True, of=("self",)).order_by("asked_at").first()
    if plan is None:
        return None
    values = {"lease_until": now + LEASE, "tries": F("tries") + 1}
    if plan.state == PlanState.COMPUTING:  # its worker died
        advance(plan, PlanState.WAITING if plan.tries < TRIES else PlanState.FAILED, PLAN_TRANSITIONS, lease_until=None)
        return _lease()
    if plan.state == PlanState.WAITING:
        advance(plan, PlanState.COMPUTING, PLAN_TRANSITIONS, done=0, **values)
    else:
        Plan.objects.filter(pk=plan.pk).update(**values)
    return plan


def _compute(plan: Plan) -> None:
    """Score all pairs, noting how far it is, then choose the best assignment. A crash leaves the plan due."""
    needs, experts = needs_of_cohort(plan.cohort), experts_of_cohort(plan.cohort)
    Plan.objects.filter(pk=plan.pk).update(needs=len(needs))
    found: list[Fit] = []
    for done, fits in fits_in_cohort(plan.asked_by, needs, experts):
        found += fits
        Plan.objects.filter(pk=plan.pk).update(done=done, lease_until=timezone.now() + LEASE)
    try:
        _keep(plan, found)
    except InvalidTransition:
        logger.info("plan %d was finished by another worker", plan.pk)


@transaction.atomic
def _keep(plan: Plan, found: list[Fit]) -> None:
    """Write the pairs and choose; what was pinned or taken out before stays so where the pair is still there."""
    advance(plan, PlanState.READY, PLAN_TRANSITIONS, computed_at=timezone.now(), lease_until=None)
    flags = {
        (edge.need_id, edge.expert_id): {name: getattr(edge, name) for name in _FLAGS}
        for edge in PlanEdge.objects.filter(plan=plan).exclude(is_pinned=False, is_barred=False)
    }
    PlanEdge.objects.filter(plan=plan).delete()
    PlanEdge.objects.bulk_create((_edge(plan, fit, flags.get((fit.need, fit.expert), {})) for fit in found), 1000)
    edges = list(PlanEdge.objects.filter(plan=plan).select_related("need", "expert"))
    Plan.objects.filter(pk=plan.pk).update(best_total=best_total(edges))
    _before, after = solve_plan(plan)
    audit.record(actor=None, verb="engagements.plan.computed", obj=plan, pairs=len(edges), total=after)
    _tell(plan, "computed", gettext_noop("The assignment for “%(programme)s” is ready to look at."))


def _edge(plan: Plan, fit: Fit, kept: dict[str, bool]) -> PlanEdge:
    return PlanEdge(
        plan=plan,
        need_id=fit.need,
        expert_id=fit.expert,
        score=fit.score,
        match=fit.told.to_dict(),
        is_chosen=kept.get("is_pinned", False),
        **kept,
    )


def _send(plan: Plan, until: float) -> None:
    """Send nominations one by one, each in a transaction of its own; what cannot be sent says why."""
    while time.monotonic() < until:
        if not _send_next(plan):
            _finish(plan)
            return
    Plan.objects.filter(pk=plan.pk).update(lease_until=None)


@transaction.atomic
def _send_next(plan: Plan) -> bool:
    """Send one nomination that has neither been sent nor failed; say whether there was one."""
    waiting = PlanEdge.objects.filter(plan=plan, is_chosen=True, proposal__isnull=True, problem="")
    edge = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
    if edge is None or plan.sent_by is None:
        return False
    try:
        with transaction.atomic(), translation.override(plan.sent_by.language):
            sent = nominate_expert(actor=plan.sent_by, need=edge.need, expert=edge.expert, message=plan.message)
    except DomainError as error:
        PlanEdge.objects.filter(pk=edge.pk).update(problem=error.message[:300])
    else:
        PlanEdge.objects.filter(pk=edge.pk).update(proposal=sent)
    return True


@transaction.atomic
def _finish(plan: Plan) -> None:
    """Note that all were tried, unless another sweep is at some of them; the last one notes it."""
    if lock(plan).state != PlanState.SENDING:
        return
    if PlanEdge.objects.filter(plan=plan, is_chosen=True, proposal__isnull=True, problem="").exists():
        return
    advance(plan, PlanState.SENT, PLAN_TRANSITIONS, sent_at=timezone.now(), lease_until=None)
    failed = PlanEdge.objects.filter(plan=plan, is_chosen=True, proposal__isnull=True).count()
    audit.record(actor=None, verb="engagements.plan.delivered", obj=plan, failed=failed)
    text = (
        gettext_noop("Some nominations for “%(programme)s” could not be sent. The page says which, and why.")
        if failed
        else gettext_noop("All nominations for “%(programme)s” are sent.")
    )
    _tell(plan, "delivered", text)


def _tell(plan: Plan, verb: str, text: str) -> None:
    notify(
        user=plan.sent_by or plan.asked_by,
        verb=f"engagements.plan.{verb}",
        text=text,
        params={"programme": plan.cohort.programme.name},
        url=reverse("engagements:plan", args=[plan.reference]),
        event_key=f"plan:{plan.pk}:{verb}:{timezone.now().isoformat()}",
    )
