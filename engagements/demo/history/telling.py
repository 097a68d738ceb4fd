"""Tell the history: plan it, play it in one transaction, and leave everything as people would find it today."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from diaspora_net.accounts.actions.people import allow_pathways
from diaspora_net.accounts.queries.people import person_by_email
from engagements.demo.cast import COORDINATOR, SECOND_COORDINATOR, World
from engagements.demo.clock import Calendar, at
from engagements.demo.history.frames import FRAMES
from engagements.demo.history.plan import make_plans
from engagements.demo.history.play import Running, play, projects, sweeps
from engagements.demo.history.portfolio import make_portfolio
from engagements.demo.renewing import renew
from engagements.demo.story import Told, settle
from engagements.models import Programme
from engagements.states import ProgrammeKind
from mentors.actions.skills import refresh_skill_counts
from mentors.models import Skill

MONTHS, SEED = 24, 1


def is_told() -> bool:
    """Say whether the history is there. Queries: 1."""
    return Programme.objects.filter(name__in=[frame.name for frame in FRAMES]).exists()


@transaction.atomic
def tell_history(
    *,
    months: int = MONTHS,
    seed: int = SEED,
    now: datetime | None = None,
    say: Callable[[str], object] = print,
) -> int:
    """Make the history of the last ``months``, all of it or nothing, beside the demo network; return how many acts.

    The same for the same arguments, apart from references; its days are counted back from ``now``. ``say`` hears
    every step. Raises LookupError without the demo's coordinators. Effects: those of every action played, except that
    nobody is written an e-mail about the past.
    """
    coordinator, second = person_by_email(COORDINATOR), person_by_email(SECOND_COORDINATOR)
    if coordinator is None or second is None:
        raise LookupError("The demo network comes first.")
    told = Told.so_far()
    world = World(Calendar(now or timezone.now()), people={COORDINATOR: coordinator, SECOND_COORDINATOR: second})
    world.skills = {skill.slug: skill for skill in Skill.objects.all()}
    plans = make_plans(months=months, seed=seed)
    span = plans[0].span
    for frame in FRAMES:
        for country in frame.hosts if frame.kind == ProgrammeKind.PATHWAY else ():
            with at(world.calendar.ago(span + 4)):
                allow_pathways(actor=None, user=coordinator, country=country)
    portfolio = make_portfolio(span=span, seed=seed)
    say(f"{sum(len(plan.cases) for plan in plans)} needs in {len(plans)} programmes are planned")
    dated = [one for plan in plans for one in Running(world, plan).acts()]
    count = play([*dated, *projects(world, portfolio), *sweeps(world, span)], say)
    renew(world)
    refresh_skill_counts()
    settle(world, told)
    say("The history is told")
    return count
