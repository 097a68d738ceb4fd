"""How fast matching is, beside other ways, on synthetic networks: ``make bench-matching``.

``SIZE`` is one number of experts or several with commas, ``JSON`` a file for the figures. PostgreSQL is our own,
started for the measurement and thrown away; with ``STATE``, a directory, the loaded networks stay there, and the next
run starts measuring at once. Garbage is collected as in a web process. Every need is asked of all engines in random
order, once. Times are what the caller waits, and beside them what processors worked, which says more on a machine that
is shared.
"""

import json
import os
import pickle
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from diaspora_net import embedded
from tests.bench.goals import BASE, OWN, SAME_SCORE, STATEMENT, print_goals, print_growth
from tests.services import SETTINGS

NEEDS = {10_000: 300, 100_000: 150, 1_000_000: 60}
POSTGRES = {
    "shared_buffers": "4GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "effective_cache_size": "12GB",
}
LOADED = "loaded.pickle"
_asking: dict[str, Any] = {}


def main() -> None:
    """Measure each size with services and a database of its own, print the tables and write the figures."""
    sizes = [int(size.replace("_", "")) for size in os.environ.get("SIZE", "10000,100000,1000000").split(",")]
    figures = []
    for size in sizes:
        directory = place_of(size)
        try:
            with (
                embedded.held_state(directory) as state,
                embedded.running_services(state, postgres_settings=POSTGRES) as services,
            ):
                os.environ.update(SETTINGS, MAIL_DIR=str(directory / "mail"), **services.environment())
                figures.append(in_child(size, directory))
        finally:
            if "STATE" not in os.environ:
                shutil.rmtree(directory, ignore_errors=True)
    print_growth(figures)
    if target := os.environ.get("JSON"):
        Path(target).write_text(json.dumps(figures, indent=1) + "\n")


def place_of(size: int) -> Path:
    """Return the directory for a network of ``size`` experts: under ``STATE``, else one for this run."""
    if state := os.environ.get("STATE"):
        directory = Path(state).absolute() / str(size)
        directory.mkdir(parents=True, exist_ok=True)
    else:
        directory = Path(tempfile.mkdtemp(prefix="diaspora-net-bench-"))
    directory.chmod(0o755)
    return directory


def in_child(size: int, directory: Path) -> dict[str, Any]:
    """Measure one size in a process of its own: the settings are read once in each."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reading)
            found = measured(size, directory)
            os.write(writing, json.dumps(found).encode())
            status = 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _pid, status = os.waitpid(child, 0)
    if status:
        sys.exit("The measurement failed.")
    found: dict[str, Any] = json.loads(told)
    return found


def measured(size: int, directory: Path) -> dict[str, Any]:
    """Load a network of ``size`` experts, unless that was done before, and measure everything."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "diaspora_net.settings"
    import django

    django.setup()
    from django.db import connection

    from diaspora_net.core.garbage import settle
    from tests.bench import engines

    began = time.monotonic()
    network, needs = load(size, directory)
    ways = engines.make_engines(network, needs)
    settle()
    loaded = time.monotonic() - began
    load_average = os.getloadavg()[0]
    print(
        f"\n{size:,} experts, {len(needs)} needs, ready in {loaded:.0f} s, load average {load_average:.1f}", flush=True
    )
    times, found = ask(ways, needs)
    rows = {name: row(values, times[BASE]) for name, values in times.items()}
    for name, one in sorted(rows.items(), key=lambda pair: pair[1]["p50"]):
        print(
            f"{name:34} p50 {one['p50']:9.2f}  p95 {one['p95']:9.2f}  p99 {one['p99']:9.2f} ms  × {one['ratio']:7.2f}"
            f"   processors: p50 {one['cpu_p50']:9.2f}  p95 {one['cpu_p95']:9.2f} ms  × {one['cpu_ratio']:7.2f}"
        )
    agreed = engines.scores_agree(needs, ways[OWN], ways[SAME_SCORE]) if SAME_SCORE in ways else None
    result = {
        "size": size,
        "needs": len(needs),
        "ready_seconds": round(loaded),
        "load_average": [round(load_average, 1), round(os.getloadavg()[0], 1)],
        "engines": rows,
        "hits_p50": statistics.median(found),
        "terms_p50": statistics.median(asked.need.terms.count() for asked in needs),
        "same_points_as_tantivy": agreed,
        "pruning": engines.pruning(needs),
        "throughput_per_second": throughput(ways[BASE], needs),
        "throughput_statement_per_second": throughput(ways[STATEMENT], needs),
        "throughput_wanted_only_per_second": throughput(ways[OWN], needs),
        "megabytes": sizes(connection),
        "save_to_visible_ms": save_to_visible(size),
    }
    print(json.dumps({key: value for key, value in result.items() if key != "engines"}), flush=True)
    print_goals(result)
    return result


def load(size: int, directory: Path) -> tuple[Any, list[Any]]:
    """Return the network and its needs, written to the database now or by an earlier run with the same ``STATE``."""
    from django.core.management import call_command
    from django.db import connection

    from engagements.actions.terms import rewrite_open_terms
    from tests.bench import engines, synthetic

    call_command("migrate", verbosity=0)
    network, kept = synthetic.Network(size), directory / LOADED
    if kept.exists():
        network.read_skills()
        rewrite_open_terms()
        needs = pickle.loads(kept.read_bytes())  # written by ourselves, below
    else:
        network.make_skills()
        network.make_experts()
        analyse(connection)
        needs = network.make_needs(NEEDS.get(size, 100))
        engines.make_probes(needs)
        engines.make_tables()
        kept.write_bytes(pickle.dumps(needs))
    analyse(connection)
    return network, needs[: NEEDS.get(size, 100)]


def analyse(connection: Any) -> None:
    """Vacuum and analyse everything, as autovacuum would have by then."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


class Times(NamedTuple):
    """Milliseconds of one engine, need by need: what the caller waited, and what processors worked for it."""

    waited: list[float]
    worked: list[float]


class Spent:
    """Tells what processors have worked for this process and for its PostgreSQL connection, on Linux.

    It is what a wait would be on a machine with nothing else to do, so it can be compared when others are at work.
    """

    def __init__(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.backend = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def seconds(self) -> float:
        """Return seconds of both since they started; of this process alone where there is no such file."""
        backend = int(self.backend.read_text().split()[0]) / 1e9 if self.backend.exists() else 0.0
        return time.process_time() + backend


def ask(ways: dict[str, Callable[..., object]], needs: list[Any]) -> tuple[dict[str, Times], list[int]]:
    """Ask every need of every engine, in random order; return milliseconds by engine and how many ours found."""
    chance, spent = Random(5), Spent()
    times = {name: Times([], []) for name in ways}
    for asked in needs[:8]:
        for way in ways.values():
            way(asked)
    found = []
    for asked in needs:
        for name in chance.sample(sorted(ways), len(ways)):
            worked, began = spent.seconds(), time.perf_counter()
            answer = ways[name](asked)
            times[name].waited.append((time.perf_counter() - began) * 1000)
            times[name].worked.append((spent.seconds() - worked) * 1000)
            if name == STATEMENT:
                found.append(len(answer))  # type: ignore[arg-type]
    return times, found


def row(values: Times, base: Times) -> dict[str, float]:
    """Return percentiles in milliseconds and the ratio of medians to our whole answer, waited and worked."""
    found = {}
    for prefix, one, other in (("", values.waited, base.waited), ("cpu_", values.worked, base.worked)):
        cuts = statistics.quantiles(one, n=100, method="inclusive")
        found |= {f"{prefix}p{cut}": cuts[cut - 1] for cut in (50, 95, 99)}
        found[f"{prefix}ratio"] = statistics.median(one) / max(statistics.median(other), 0.001)
    return {name: round(value, 3) for name, value in found.items()}


def throughput(way: Callable[..., object], needs: list[Any], seconds: float = 6.0) -> float:
    """Return needs answered a second by two processes with a connection each, as a site runs them."""
    from django.db import connection

    connection.close()  # a child must not talk on its parent's
    with ProcessPoolExecutor(2, get_context("fork"), _answer_with, (way, needs)) as pool:
        counts = list(pool.map(_answered, range(2), [seconds] * 2))
    return round(sum(counts) / seconds, 1)


def _answer_with(way: Callable[..., object], needs: list[Any]) -> None:
    """Keep what a child asks; it is inherited, not sent."""
    _asking.update(way=way, needs=needs)


def _answered(place: int, seconds: float) -> int:
    """Answer needs for some time, after a few that warm the connection; return how many."""
    chance, count = Random(place), 0
    for asked in _asking["needs"][:8]:
        _asking["way"](asked)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        _asking["way"](chance.choice(_asking["needs"]))
        count += 1
    return count


def sizes(connection: Any) -> dict[str, float]:
    """Return the sizes of what matching reads, in MB."""
    names = ["mentors_posting", "posting_match", "mentors_posting_pkey", "engagements_needterm", "bench_skills"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname = ANY(%s)", [names])
        return {name: round(octets / 1e6, 1) for name, octets in cursor.fetchall()}


def save_to_visible(size: int) -> dict[str, float]:
    """Measure from the start of saving twelve skills until a committed row is there for the next query."""
    from mentors.actions import profiles
    from mentors.actions.postings import rewrite_postings
    from mentors.models import ExpertProfile, ProfileSkill

    chance = Random(9)
    times: dict[str, list[float]] = {"whole_action": [], "postings": []}
    for _ in range(200):
        profile = ExpertProfile.objects.select_related("user").get(pk=chance.randint(1, size))
        items = list(ProfileSkill.objects.filter(content_object=profile).select_related("tag"))
        entries = [profiles.SkillEntry(item.tag, chance.randint(1, 4), item.years) for item in items]
        began = time.perf_counter()
        profiles.save_skills(actor=profile.user, profile=profile, skills=entries)
        times["whole_action"].append((time.perf_counter() - began) * 1000)
        for item in items[:3]:
            ProfileSkill.objects.filter(pk=item.pk).update(level=5 - entries[0].level)
        began = time.perf_counter()
        rewrite_postings(profile)
        times["postings"].append((time.perf_counter() - began) * 1000)
    return {
        f"{name}_{cut}": round(statistics.quantiles(values, n=100)[int(cut[1:]) - 1], 2)
        for name, values in times.items()
        for cut in ("p50", "p95")
    }


if __name__ == "__main__":
    main()
