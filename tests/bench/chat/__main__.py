"""Measure the chat beside others: ``make bench-chat``.

    PARTS=speed,growth,outage,idle   what is measured          SERVERS=ours,tutorial,floor,socketio   beside what
    SOCKETS=1000  MANY=5000  SECONDS=5  ROUNDS=3  IDLE=120  OUTAGE=60  how much     JSON=file   the figures

PostgreSQL and Valkey are our own, everything durable, filled for the measurement and thrown away.
"""

import json
import os
import sys
import time
from pathlib import Path

from tests.bench.chat.ground import Ground, made_ground
from tests.bench.chat.parts import PARTS, Bench, Options, loads
from tests.bench.chat.servers import SERVERS, Missing, Server
from tests.bench.chat.tables import goals, table


def chosen(variable: str, known: list[str]) -> list[str]:
    """Return the names that a variable lists, or all. Ends the program for one that is not known."""
    names = [name for name in os.environ.get(variable, "").split(",") if name] or known
    if unknown := set(names) - set(known):
        sys.exit(f"{variable} names {', '.join(sorted(unknown))}; there are {','.join(known)}.")
    return names


def number(variable: str, default: float) -> float:
    """Return the number that a variable holds. Ends the program for anything else."""
    text = os.environ.get(variable) or str(default)
    try:
        return float(text)
    except ValueError:
        sys.exit(f"{variable} is {text!r}; set it to a number like {default:g}.")


def options() -> Options:
    """Read how much is measured."""
    known = Options()
    return Options(
        sockets=int(number("SOCKETS", known.sockets)) // 2 * 2,
        many=int(number("MANY", known.many)) // 2 * 2,
        seconds=number("SECONDS", known.seconds),
        rounds=int(number("ROUNDS", known.rounds)),
        outage_seconds=number("OUTAGE", known.outage_seconds),
        idle_seconds=number("IDLE", known.idle_seconds),
    )


def servers(ground: Ground, names: list[str]) -> list[Server]:
    """Return the servers that can be measured; say which cannot."""
    found = []
    for name in names:
        try:
            found.append(SERVERS[name](ground))
        except Missing as missing:
            print(f"{name} is not measured: {missing}", flush=True)
    return found


def main() -> None:
    """Measure, and print and write what was found."""
    parts = chosen("PARTS", list(PARTS))
    names = ["ours", *(name for name in chosen("SERVERS", list(SERVERS)) if name != "ours")]
    began = time.monotonic()
    bench = None
    try:
        with made_ground() as ground:
            bench = Bench(ground, servers(ground, names), options())
            print(f"filled in {time.monotonic() - began:.0f} s; load average {loads()}", flush=True)
            for part in parts:
                PARTS[part](bench)
    finally:
        # Who stops it half-way still gets what was found.
        if bench is not None:
            tell(bench, time.monotonic() - began)


def tell(bench: Bench, seconds: float) -> None:
    """Print the tables, and write the figures where JSON says."""
    print(f"\n{bench.options}\nload average {loads()}, {seconds:.0f} s\n")
    print(f"{table(bench)}\n\n{goals(bench)}")
    if target := os.environ.get("JSON"):
        Path(target).write_text(json.dumps({"options": vars(bench.options), "found": bench.found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
