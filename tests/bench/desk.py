"""How fast the coordinator's desk and pipeline are with many open things: ``python -m tests.bench.desk``.

``ITEMS`` is how many things wait, a third each of needs to check, open needs that nobody answers, and proposals without
an answer. PostgreSQL is our own, started for the measurement and thrown away. A page is asked through Django's test
client, middleware and rendering included, and garbage is collected as in a web process; what is left out is the network
and the server in front of Django. The time of the statements is told beside the time of the page.
"""

import os
import statistics
import time
from datetime import timedelta
from importlib import import_module

from tests.bench.ground import own_services

ROUNDS = 30
PAGES = (
    "/desk/",
    "/desk/?only=reply",
    "/desk/pipeline/",
    "/desk/pipeline/?of=needs",
    "/desk/pipeline/?as=board",
    "/desk/news/",
)


def main() -> None:
    """Measure with services and a database of our own, and print a table."""
    with own_services():
        measure(int(os.environ.get("ITEMS", "5000")))


def measure(items: int) -> None:
    """Load ``items`` waiting things and ask each page ``ROUNDS`` times."""
    import_module("diaspora_net.asgi")  # sets the collector of garbage
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    call_command("migrate", verbosity=0)
    chidi = load(items)
    client = Client()
    client.force_login(chidi, backend="django.contrib.auth.backends.ModelBackend")
    print(f"{items} waiting things, {ROUNDS} rounds, load average {os.getloadavg()[0]:.1f}")
    print("| page | queries | kB | page: median / 95th ms | processor ms | statements: median ms |")
    for page in PAGES:
        assert client.get(page).status_code in {200, 204}
        walls, works, sqls, size, count = [], [], [], 0, 0
        for _round in range(ROUNDS):
            began, worked = time.perf_counter(), time.process_time()
            answer = client.get(page)
            walls.append((time.perf_counter() - began) * 1000)
            works.append((time.process_time() - worked) * 1000)
            with CaptureQueriesContext(connection) as captured:
                client.get(page)
            count, size = len(captured), len(answer.content)
            sqls.append(sum(float(query["time"]) for query in captured) * 1000)
        middle, late = statistics.median(walls), sorted(walls)[int(ROUNDS * 0.95) - 1]
        work, sql = statistics.median(works), statistics.median(sqls)
        print(f"| {page} | {count} | {size / 1000:.0f} | {middle:.0f} / {late:.0f} | {work:.0f} | {sql:.0f} |")


def load(items: int) -> object:
    """Write the waiting things, of 200 institutions in one country, straight into the tables."""
    from django.db import connection
    from django.utils import timezone

    from diaspora_net.accounts.models import Organisation
    from engagements.models import Need, Proposal
    from messaging.models import Conversation
    from tests.factories import stamp_verified
    from tests.world import make_world

    world, now = make_world(), timezone.now()
    third = items // 3
    places = Organisation.objects.bulk_create(
        Organisation(
            name=f"Institution {number}",
            kind="hospital",
            country="TN",
            city="Tunis",
            time_zone="Africa/Tunis",
        )
        for number in range(200)
    )
    stamp_verified(places)

    def need(number: int, state: str) -> Need:
        since = now - timedelta(hours=7 * (number % 150))
        return Need(
            organisation=places[number % 200],
            focal_point=world.bereket,
            created_by=world.bereket,
            state=state,
            title=f"Need {number} of an institution",
            submitted_at=since,
            published_at=None if state == "submitted" else since,
        )

    Need.objects.bulk_create(need(number, "submitted") for number in range(third))
    Need.objects.bulk_create(need(number, "published") for number in range(third))
    asked = Need.objects.bulk_create(need(number, "published") for number in range(items - 2 * third))
    talks = Conversation.objects.bulk_create(Conversation(topic=one.title, state="proposed") for one in asked)
    Proposal.objects.bulk_create(
        Proposal(
            need=one,
            expert=world.profile,
            origin="application",
            sent_by=world.amina,
            message="I can help.",
            conversation=talk,
            sent_at=one.published_at,
            waiting_since=one.published_at,
            expires_at=now + timedelta(days=9),
        )
        for one, talk in zip(asked, talks, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return world.chidi


if __name__ == "__main__":
    main()
