"""Figures as tables: medians by server, and our ratios beside the goals."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.chat.parts import Bench, median

Cell = float | None
ROWS: list[tuple[str, str, tuple[str, ...]]] = [
    ("messages a second, 64 under way", "saturate", ("messages_per_second",)),
    ("send→receive then, p50 ms", "saturate", ("receive", "p50")),
    ("send→receive then, p99 ms", "saturate", ("receive", "p99")),
    ("server µs a message", "saturate", ("server_us",)),
    ("PostgreSQL µs a message", "saturate", ("postgres_us",)),
    ("Valkey µs a message", "saturate", ("valkey_us",)),
    ("client µs a message", "saturate", ("client_us",)),
    ("send→receive at the steady rate, p50 ms", "steady", ("receive", "p50")),
    ("send→receive at the steady rate, p99 ms", "steady", ("receive", "p99")),
    ("KiB per idle socket", "open", ("kib_per_socket",)),
    ("the same, very many sockets", "growth", ("kib_per_socket",)),
    ("p99 ms with few sockets", "growth", ("few", "p99")),
    ("p99 ms with very many sockets", "growth", ("many", "p99")),
    ("everybody back at once, s", "storm", ("seconds",)),
    ("failed connects then", "storm", ("failed",)),
    ("not caught up then", "storm", ("short",)),
]


@dataclass(frozen=True)
class Goal:
    """A ratio that is promised: what over what, and the bound."""

    name: str
    value: Callable[[Bench], Cell]
    bound: float
    is_least: bool = False

    def line(self, bench: Bench) -> str:
        """Return the row of a table."""
        value = self.value(bench)
        sign = "≥" if self.is_least else "≤"
        if value is None:
            return f"| {self.name} | not measured | {sign} {self.bound:g} | |"
        is_met = value >= self.bound if self.is_least else value <= self.bound
        return f"| {self.name} | {value:.3g} | {sign} {self.bound:g} | {'met' if is_met else 'missed'} |"


def of(part: str, server: str, *path: str) -> Callable[[Bench], Cell]:
    """Return a function that reads a median."""
    return lambda bench: median(bench.found.get(part, {}).get(server, []), *path)


def over(upper: Callable[[Bench], Cell], lower: Callable[[Bench], Cell]) -> Callable[[Bench], Cell]:
    """Return a function that divides two figures."""

    def ratio(bench: Bench) -> Cell:
        top, bottom = upper(bench), lower(bench)
        return None if top is None or not bottom else top / bottom

    return ratio


def against(part: str, other: str, *path: str) -> Callable[[Bench], Cell]:
    """Return our figure over that of another server."""
    return over(of(part, "ours", *path), of(part, other, *path))


def outage(*path: str) -> Callable[[Bench], Cell]:
    """Return a figure of the time in which Valkey was dead."""

    def read(bench: Bench) -> Cell:
        rounds = [one for one in bench.found.get("outage", {}).get("ours", []) if one["valkey"] == "dead"]
        return median(rounds, *path)

    return read


def not_acknowledged(bench: Bench) -> Cell:
    """Return how many sends stayed without an answer while Valkey was dead."""
    sent, acked = outage("sent")(bench), outage("acked")(bench)
    return None if sent is None or acked is None else sent - acked


GOALS = [
    Goal("messages a second ÷ tutorial", against("saturate", "tutorial", "messages_per_second"), 20, True),
    Goal("messages a second ÷ socket.io", against("saturate", "socket.io", "messages_per_second"), 1.5, True),
    Goal("messages a second ÷ raw floor", against("saturate", "raw floor", "messages_per_second"), 0.75, True),
    Goal("send→receive p50 at the steady rate ÷ raw floor", against("steady", "raw floor", "receive", "p50"), 1.5),
    Goal("send→receive p99 at the steady rate ÷ raw floor", against("steady", "raw floor", "receive", "p99"), 1.5),
    Goal(
        "p99 with very many ÷ with few sockets",
        over(of("growth", "ours", "many", "p99"), of("growth", "ours", "few", "p99")),
        2,
    ),
    Goal("KiB per idle socket ÷ tutorial", against("open", "tutorial", "kib_per_socket"), 0.8),
    Goal("the same, very many sockets", against("growth", "tutorial", "kib_per_socket"), 0.8),
    Goal("everybody back at once ÷ tutorial", against("storm", "tutorial", "seconds"), 0.25),
    Goal("errors of ours then", of("storm", "ours", "failed"), 0),
    Goal("server CPU a message ÷ tutorial", against("saturate", "tutorial", "server_us"), 0.05),
    Goal("server CPU a message ÷ socket.io", against("saturate", "socket.io", "server_us"), 0.8),
    Goal("PostgreSQL CPU a message ÷ socket.io", against("saturate", "socket.io", "postgres_us"), 0.5),
    Goal("Valkey dead: sends not acknowledged", not_acknowledged, 0),
    Goal("Valkey dead: slowest delivery between processes, ms", outage("receive", "max"), 15_000),
    Goal("Valkey dead: links lost", outage("lost_links"), 0),
    Goal("idle with very many sockets, % of a core", of("idle", "ours", "server_percent"), 2),
]


def table(bench: Bench) -> str:
    """Return the medians by server."""
    names = [server.name for server in bench.servers]
    lines = [f"| median of {bench.options.rounds} rounds | {' | '.join(names)} |", "| --- " * (len(names) + 1) + "|"]
    for title, part, path in ROWS:
        cells = [of(part, name, *path)(bench) for name in names]
        if any(cell is not None for cell in cells):
            lines.append(f"| {title} | {' | '.join('–' if cell is None else number(cell) for cell in cells)} |")
    return "\n".join(lines)


def number(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def goals(bench: Bench) -> str:
    """Return our ratios beside the goals."""
    return "\n".join(
        ["| goal | measured | bound | |", "| --- | --- | --- | --- |", *(goal.line(bench) for goal in GOALS)]
    )
