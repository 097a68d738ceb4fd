"""What is measured: each part takes the ground and gives figures by server."""

import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.chat.ground import Ground
from tests.bench.chat.servers import Load, Running, Server, loaded, running
from tests.processes import cpu_seconds

Figures = dict[str, Any]


@dataclass
class Options:
    """How much is measured."""

    sockets: int = 1000
    many: int = 5000
    few: int = 100
    seconds: float = 5.0
    rounds: int = 3
    outage_seconds: float = 60.0
    idle_seconds: float = 120.0
    flight: int = 64
    rate: float = 50.0
    missed: int = 20


@dataclass
class Bench:
    """One run: the servers that can be measured, and what was found so far, by part and server."""

    ground: Ground
    servers: list[Server]
    options: Options
    found: dict[str, dict[str, list[Figures]]] = field(default_factory=dict)

    def keep(self, part: str, server: Server, figures: Figures) -> None:
        """Keep the figures of one round, and say them."""
        self.found.setdefault(part, {}).setdefault(server.name, []).append(figures)
        print(f"{part:9} {server.name:10} {told(figures)}", flush=True)

    def costs(self, run: Running) -> Callable[[], Figures]:
        """Return a function that gives processor seconds spent since now, by who spent them."""

        def read() -> dict[str, float]:
            postgres, valkey = self.ground.postgres.process, self.ground.valkey.process
            return {
                "server": run.cpu(),
                "postgres": cpu_seconds(postgres.pid) if postgres else 0.0,
                "valkey": cpu_seconds(valkey.pid) if valkey else 0.0,
            }

        before = read()
        return lambda: {name: value - before[name] for name, value in read().items()}


def told(figures: Figures) -> str:
    """Return figures in one line."""

    def short(value: Any) -> str:
        if isinstance(value, float):
            return f"{value:.4g}"
        if isinstance(value, dict):
            return "/".join(short(one) for one in value.values()) or "-"
        return str(value)

    return "  ".join(f"{name} {short(value)}" for name, value in figures.items() if value not in ({}, 0))


def measure_speed(bench: Bench) -> None:
    """Measure with many sockets: memory, times at a moderate rate, saturation, everybody back at once; in rounds."""
    for round_ in range(bench.options.rounds):
        for server in bench.servers:
            with running(server, bench.ground) as run, loaded(run, bench.ground, round_) as load:
                speed_of(bench, run, load)


def speed_of(bench: Bench, run: Running, load: Load) -> None:
    """Measure one round of one server."""
    options = bench.options
    load.do("open", count=2)
    bare = run.memory()
    opened = load.do("open", count=options.sockets)
    kib = (run.memory() - bare) / (options.sockets - 2)
    bench.keep("open", run.server, {"kib_per_socket": kib, "bare_mib": bare / 1024, **opened})
    bench.keep("steady", run.server, load.do("steady", rate=options.rate, seconds=2 * options.seconds))
    load.do("saturate", flight=options.flight, seconds=1)
    costs = bench.costs(run)
    result = load.do("saturate", flight=options.flight, seconds=options.seconds)
    micro = {f"{who}_us": spent * 1e6 / max(1, result["acked"]) for who, spent in costs().items()}
    if run.server.name == "ours":
        # What search needs is written by the worker, later; the others have no search.
        costs = bench.costs(run)
        bench.ground.index()
        micro["index_postgres_us"] = costs()["postgres"] * 1e6 / max(1, result["acked"])
    bench.keep("saturate", run.server, {**result, **micro})
    load.do("drop")
    bench.ground.miss(options.missed, options.sockets)
    load.do("hold", seconds=2)
    bench.keep("storm", run.server, load.do("come_back", missed=options.missed))


def measure_growth(bench: Bench) -> None:
    """Measure the same rate with few and with very many sockets, and idle memory: ours and the tutorial."""
    options = bench.options
    for server in [one for one in bench.servers if one.name in {"ours", "tutorial"}]:
        with running(server, bench.ground) as run, loaded(run, bench.ground, 17) as load:
            load.do("open", count=options.few)
            few = load.do("steady", rate=options.rate, seconds=2 * options.seconds)
            bare = run.memory()
            load.do("open", count=options.many)
            kib = (run.memory() - bare) / (options.many - options.few)
            many = load.do("steady", rate=options.rate, seconds=2 * options.seconds)
        figures = {"few": few["receive"], "many": many["receive"], "kib_per_socket": kib, "errors": many["errors"]}
        bench.keep("growth", server, figures)


def measure_outage(bench: Bench) -> None:
    """Kill Valkey for a minute under two web processes of ours, with both people of a pair on different ones."""
    options = bench.options
    server = bench.servers[0]
    with running(server, bench.ground, processes=2) as run, loaded(run, bench.ground, 29) as load:
        load.do("open", count=options.sockets)
        bench.keep("outage", server, {"valkey": "up", **load.do("steady", rate=options.rate, seconds=options.seconds)})
        bench.ground.valkey.kill9()
        try:
            down = load.do("steady", rate=options.rate, seconds=options.outage_seconds)
        finally:
            bench.ground.valkey.start()
        bench.keep("outage", server, {"valkey": "dead", **down})
        load.do("hold", seconds=5)
        bench.keep(
            "outage", server, {"valkey": "back", **load.do("steady", rate=options.rate, seconds=options.seconds)}
        )


def measure_idle(bench: Bench) -> None:
    """Measure what very many sockets cost that say nothing."""
    options = bench.options
    server = bench.servers[0]
    with running(server, bench.ground) as run, loaded(run, bench.ground, 31) as load:
        load.do("open", count=options.many)
        load.do("hold", seconds=20)
        costs = bench.costs(run)
        held = load.do("hold", seconds=options.idle_seconds)
        shares = {f"{who}_percent": 100 * spent / options.idle_seconds for who, spent in costs().items()}
    bench.keep("idle", server, {**shares, **held})


PARTS: dict[str, Callable[[Bench], None]] = {
    "speed": measure_speed,
    "growth": measure_growth,
    "outage": measure_outage,
    "idle": measure_idle,
}


def median(rounds: list[Figures], *path: str) -> float | None:
    """Return the median over the rounds of a figure; None when no round has it."""
    values = []
    for figures in rounds:
        value: Any = figures
        for name in path:
            value = value.get(name, {}) if isinstance(value, dict) else {}
        if isinstance(value, int | float):
            values.append(float(value))
    return statistics.median(values) if values else None


def loads() -> str:
    """Return how busy the machine is."""
    return "{:.1f} {:.1f} {:.1f}".format(*os.getloadavg())
