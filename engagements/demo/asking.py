"""How the needs of the story are written, checked, opened and, in the end, put to rest."""

from django.db import transaction

from diaspora_net.core.transitions import lock
from engagements.actions import closing
from engagements.actions import needs as need_actions
from engagements.actions.staleness import expire_need, let_stale
from engagements.demo.cast import World
from engagements.demo.clock import at
from engagements.demo.shapes import Request
from engagements.models import Need

READY = need_actions.Readiness(scope_is_clear=True, knowledge_stays=True, staff_are_ready=True, urgency_is_known=True)
SENT_BACK = {"changes_requested": need_actions.request_changes, "rejected": need_actions.reject_need}

RESTING = frozenset({"closed", "withdrawn", "paused", "stale", "expired"})
# So many days nobody opened a hidden need again.
HIDDEN_DAYS = 14


def ask(world: World, request: Request) -> None:
    """Write a need, submit it unless it stays a draft, and let the coordinator decide when they have."""
    focal_point = world.focal_points[request.organisation]
    with at(world.calendar.ago(request.drafted, "09:40")):
        need = need_actions.draft_need(
            actor=focal_point,
            organisation=world.organisations[request.organisation],
            values=_values(world, request),
        )
    world.needs[request.key] = need
    if request.fate == "draft":
        return
    with at(world.calendar.ago(request.drafted, "11:10")):
        need_actions.submit_need(actor=focal_point, need=need)
    if request.fate in SENT_BACK:
        with at(world.calendar.ago(request.decided, "13:20")):
            SENT_BACK[request.fate](actor=world.coordinator, need=need, note=request.note)
    elif request.published is not None:
        with at(world.calendar.ago(request.published, "13:20")):
            need_actions.publish_need(actor=world.coordinator, need=need, checklist=READY)


def _values(world: World, request: Request) -> need_actions.NeedValues:
    job = request.job
    return need_actions.NeedValues(
        is_job=job is not None,
        job_pay=job.pay if job else "",
        job_hours=job.hours if job else None,
        job_contract=job.contract if job else "",
        job_is_free=job is not None,
        title=request.title,
        focal_point=world.focal_points[request.organisation],
        context=request.context,
        deliverable=request.deliverable,
        knowledge_transfer=request.transfer,
        kind=request.kind,
        modality=request.modality,
        hours=request.hours,
        starts_on=world.calendar.ahead(request.starts),
        closes_on=world.calendar.ahead(request.closes),
        places=request.places,
        is_urgent=request.is_urgent,
        skills=[
            need_actions.NeedSkillEntry(world.skills[key], strength, level) for key, strength, level in request.skills
        ],
        languages=request.languages,
    )


def put_to_rest(world: World, request: Request) -> None:
    """Close, pause or withdraw a need that has had its time; others stay as they are."""
    if request.fate not in RESTING:
        return
    focal_point, need = world.focal_points[request.organisation], world.needs[request.key]
    if request.fate in {"stale", "expired"}:
        _let_run_out(world, request, need)
        return
    with at(world.calendar.ago(request.decided, "14:30")):
        if request.fate == "closed":
            closing.close_need(actor=focal_point, need=need, result=request.note)
        elif request.fate == "withdrawn":
            closing.withdraw_need(actor=focal_point, need=need)
        else:
            need_actions.pause_need(actor=focal_point, need=need)


def _let_run_out(world: World, request: Request, need: Need) -> None:
    """Hide a need that nobody came for, and end it two weeks later unless it is only hidden."""
    is_over = request.fate == "expired"
    with at(world.calendar.ago(request.decided + (HIDDEN_DAYS if is_over else 0), "14:30")), transaction.atomic():
        let_stale(lock(need))
    if is_over:
        with at(world.calendar.ago(request.decided, "14:30")), transaction.atomic():
            expire_need(lock(need))


def open_need(world: World, key: str) -> Need:
    """Return a need of the story as it is in the database now."""
    need = world.needs[key]
    need.refresh_from_db()
    return need
