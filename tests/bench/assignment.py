"""How long a worker takes to assign a large cohort: ``python -m tests.bench.assignment``.

``PAIRED`` is how many needs and how many experts the cohort has. PostgreSQL is our own, started for the measurement and
thrown away; the sweep runs in this process, as the worker runs it. Each round forgets the plan and asks for it anew.
"""

import os
import time

from tests.bench.ground import own_services

ROUNDS = 3


def main() -> None:
    """Measure with services and a database of our own, and print a table."""
    with own_services():
        measure(int(os.environ.get("PAIRED", "1000")))


def measure(count: int) -> None:
    """Load a cohort of ``count`` needs and ``count`` experts, and compute its assignment ``ROUNDS`` times."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.models import F
    from django.test.utils import CaptureQueriesContext

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from engagements.actions.plan_sweep import work_due_plans
    from engagements.actions.plans import request_plan
    from engagements.models import Member, Need, Plan, PlanEdge
    from mentors.models import ExpertProfile
    from tests.bench.synthetic import Network
    from tests.engagements.programmes import story
    from tests.world import make_world

    network = Network(count * 3 // 2)
    network.make_skills()
    network.make_experts()
    needs = [asked.need.pk for asked in network.make_needs(count)]
    world = make_world()
    cohort = story.after_started(world).cohorts.get()
    Need.objects.filter(pk__in=needs).update(cohort=cohort, programme=cohort.programme)
    free = ExpertProfile.objects.filter(state="published", open_engagements__lt=F("capacity")).order_by("pk")[:count]
    Member.objects.bulk_create(
        Member(programme=cohort.programme, cohort=cohort, expert=expert, state="member") for expert in free
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum would have done long ago
    print(f"{len(needs)} needs, {len(free)} experts, load average {os.getloadavg()[0]:.1f}")
    print("| seconds | processor, s | statements | pairs | chosen |")
    for _round in range(ROUNDS):
        PlanEdge.objects.all().delete()
        Plan.objects.all().delete()
        request_plan(actor=world.chidi, cohort=cohort)
        with CaptureQueriesContext(connection) as captured:
            began, worked = time.perf_counter(), time.process_time()
            assert work_due_plans() == 1
            wall, work = time.perf_counter() - began, time.process_time() - worked
        pairs, chosen = PlanEdge.objects.count(), PlanEdge.objects.filter(is_chosen=True).count()
        print(f"| {wall:.1f} | {work:.1f} | {len(captured)} | {pairs} | {chosen} |")


if __name__ == "__main__":
    main()
