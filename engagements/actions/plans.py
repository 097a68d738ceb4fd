"""The assignment of a cohort: asked for by a coordinator, computed by a worker, edited, and sent as nominations.

Rows say what is due: a plan that waits, one whose worker died, one that is being sent. Several sweeps may run at once.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.transitions import advance, lock
from engagements.actions.plan_solving import solve_plan
from engagements.actions.programmes import require_runner
from engagements.models import Cohort, Plan, PlanEdge
from engagements.queries.cohort_fit import experts_of_cohort, needs_of_cohort
from engagements.states import PLAN_TRANSITIONS, PlanState
from messaging.actions.pokes import poke

SWEEP = "engagements.tasks.work_plans"
MAX_MESSAGE = 1000


@transaction.atomic
def request_plan(*, actor: User, cohort: Cohort) -> Plan:
    """Ask for the assignment of a cohort; one that is there already is computed anew and keeps what was pinned.

    Raises NotAllowed outside the remit, Invalid when there is nobody or nothing to assign. Effects: row that waits,
    audit entry; after commit the sweep runs.
    """
    require_runner(actor, cohort.programme)
    lock(cohort)
    needs = len(needs_of_cohort(cohort))
    if not needs or not experts_of_cohort(cohort):
        raise Invalid(
            _("Nothing to assign: the cohort needs open needs with a free place, and members who can take one on.")
        )
    plan = Plan.objects.filter(cohort=cohort).exclude(state__in=[PlanState.SENDING, PlanState.SENT]).first()
    values = {"needs": needs, "done": 0, "tries": 0, "lease_until": None, "asked_at": timezone.now()}
    if plan is None:
        plan = Plan.objects.create(cohort=cohort, asked_by=actor, **values)
    elif plan.state in {PlanState.READY, PlanState.FAILED}:
        advance(plan, PlanState.WAITING, PLAN_TRANSITIONS, asked_by=actor, **values)
    audit.record(actor=actor, verb="engagements.plan.requested", obj=plan, needs=needs)
    transaction.on_commit(run_soon, robust=True)
    return plan


def run_soon() -> None:
    """Ask a worker to look at plans now."""
    poke(SWEEP)


@transaction.atomic
def pin_pair(*, actor: User, plan: Plan, need: str, expert: str) -> Plan:
    """Keep a pair whatever else changes; the others are assigned anew around it.

    Raises as ``_edit``; Conflict when the places do not suffice. Effects: as ``_edit``.
    """
    edge = _edit(actor, plan, need, expert)
    _pin(edge)
    return _solved(actor, plan, "pinned", edge)


@transaction.atomic
def bar_pair(*, actor: User, plan: Plan, need: str, expert: str) -> Plan:
    """Take a pair out for good; the others are assigned anew without it. Raises and effects: as ``_edit``."""
    edge = _edit(actor, plan, need, expert)
    _bar(edge)
    return _solved(actor, plan, "barred", edge)


@transaction.atomic
def release_pair(*, actor: User, plan: Plan, need: str, expert: str) -> Plan:
    """Forget that a pair was pinned or taken out. Raises and effects: as ``_edit``."""
    edge = _edit(actor, plan, need, expert)
    PlanEdge.objects.filter(pk=edge.pk).update(is_pinned=False, is_barred=False)
    return _solved(actor, plan, "released", edge)


@transaction.atomic
def swap_pair(*, actor: User, plan: Plan, need: str, expert: str, instead: str) -> Plan:
    """Give a need to another expert instead: the first pair is taken out, the second pinned.

    Raises as ``_edit``; Conflict when the other expert's places do not suffice. Effects: as ``_edit``.
    """
    edge, other = _edit(actor, plan, need, expert), _edit(actor, plan, need, instead)
    if edge.pk == other.pk:
        raise Conflict(_("Choose somebody else."))
    _bar(edge)
    _pin(other)
    return _solved(actor, plan, "swapped", edge, instead=other.expert_id)


def _edit(actor: User, plan: Plan, need: str, expert: str) -> PlanEdge:
    """Lock the plan and return the pair. Raises NotAllowed outside the remit, Conflict unless the plan can be changed,
    or when it holds no such pair. Effects of edits: pairs chosen anew, audit entry.
    """
    require_runner(actor, plan.cohort.programme)
    if lock(plan).state != PlanState.READY:
        raise Conflict(_("This assignment cannot be changed now."))
    found = PlanEdge.objects.filter(plan=plan, need__reference=need, expert__reference=expert)
    edge = found.select_related("need", "expert").first() if need.isalnum() and expert.isalnum() else None
    if edge is None:
        raise Conflict(_("This pair is not part of the assignment."))
    return edge


def _pin(edge: PlanEdge) -> None:
    pinned = PlanEdge.objects.filter(plan=edge.plan_id, is_pinned=True).exclude(pk=edge.pk)
    if pinned.filter(need=edge.need_id).count() >= edge.need.places - edge.need.places_taken:
        raise Conflict(_("All places of this need are given to pinned experts. Release one first."))
    if pinned.filter(expert=edge.expert_id).count() >= edge.expert.capacity - edge.expert.open_engagements:
        raise Conflict(_("This expert has no further free place. Release another of their pins first."))
    PlanEdge.objects.filter(pk=edge.pk).update(is_pinned=True, is_barred=False, is_chosen=True)


def _bar(edge: PlanEdge) -> None:
    PlanEdge.objects.filter(pk=edge.pk).update(is_pinned=False, is_barred=True, is_chosen=False)


def _solved(actor: User, plan: Plan, verb: str, edge: PlanEdge, **more: int) -> Plan:
    before, after = solve_plan(plan)
    audit.record(
        actor=actor,
        verb=f"engagements.plan.{verb}",
        obj=plan,
        need=edge.need_id,
        expert=edge.expert_id,
        before=before,
        after=after,
        **more,
    )
    plan.refresh_from_db()
    return plan


@transaction.atomic
def send_plan(*, actor: User, plan: Plan, message: str) -> Plan:
    """Send what is assigned as nominations; each expert is asked first, then the institution.

    A worker sends them one by one. Raises NotAllowed outside the remit, Invalid for the message, Conflict when nothing
    is assigned, InvalidTransition when it was sent before: so pressing twice sends once. Effects: state, audit entry;
    after commit the sweep runs.
    """
    require_runner(actor, plan.cohort.programme)
    text = message.strip()
    if not text or len(text) > MAX_MESSAGE:
        problem = _("Write a message of up to %(limit)s characters.") % {"limit": MAX_MESSAGE}
        raise Invalid(problem, fields={"message": problem})
    lock(plan)
    count = PlanEdge.objects.filter(plan=plan, is_chosen=True).count()
    if not count:
        raise Conflict(_("Nobody is assigned, so there is nothing to send."))
    advance(plan, PlanState.SENDING, PLAN_TRANSITIONS, message=text, sent_by=actor, lease_until=None)
    audit.record(actor=actor, verb="engagements.plan.sent", obj=plan, pairs=count)
    transaction.on_commit(run_soon, robust=True)
    return plan


@transaction.atomic
def send_again(*, actor: User, plan: Plan) -> Plan:
    """Try again those nominations that could not be sent. Those that were sent are not sent again.

    Raises NotAllowed outside the remit, Conflict when all were sent, InvalidTransition unless it was sent. Effects:
    state, problems cleared, audit entry; after commit the sweep runs.
    """
    require_runner(actor, plan.cohort.programme)
    lock(plan)
    failed = PlanEdge.objects.filter(plan=plan, is_chosen=True, proposal__isnull=True).exclude(problem="")
    if not failed.exists():
        raise Conflict(_("All of them were sent."))
    advance(plan, PlanState.SENDING, PLAN_TRANSITIONS, sent_by=actor, lease_until=None)
    count = failed.update(problem="")
    audit.record(actor=actor, verb="engagements.plan.sent_again", obj=plan, pairs=count)
    transaction.on_commit(run_soon, robust=True)
    return plan
