"""Long fault runs: ``make faults``.

    SEED=1 or several with commas   MESSAGES=10000   FAULTS=26   CONTROLS=yes adds everything that must fail

Prints what was broken when, what the checker found, and ends with an error when a promise was not kept: random faults
for each seed, two runs without Valkey, a storm of sockets. The controls are two random runs, two storms, and the scenes
of ``test_controls.py``.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

from tests.faults.checker import Report
from tests.faults.ground import Ground, made_ground
from tests.faults.nemesis import ACTS
from tests.faults.run import LONG, Plan, fault_run, run_without_valkey
from tests.faults.storm import Aftermath, storm

Found = TypeVar("Found", Report, Aftermath)

QUIET = Plan(seed=1, messages=1200, faults=0, rate=30, longest_fault=0)
# Commits that come late hold everybody up, so these runs are short, and late is less than a lock is waited for.
CONTROL_MESSAGES = 1_500
COMMIT_LATE = "0.3"
CONTROLS = "tests.faults.controls:application"
STORM_SOCKETS = 2_000


def number(variable: str, default: int) -> int:
    """Return the whole number that a variable holds. Ends the program for anything else."""
    text = os.environ.get(variable) or str(default)
    if not text.isdigit():
        sys.exit(f"{variable} is {text!r}; set it to a whole number like {default}.")
    return int(text)


def plans() -> list[Plan]:
    """Return the runs that the environment asks for."""
    seeds = (os.environ.get("SEED") or "1").split(",")
    if not all(seed.isdigit() for seed in seeds):
        sys.exit(f"SEED is {','.join(seeds)!r}; set it to whole numbers with commas, like 1,2.")
    amounts = {"messages": number("MESSAGES", LONG.messages), "faults": number("FAULTS", LONG.faults)}
    return [replace(LONG, seed=int(seed), **amounts) for seed in seeds]


def said(name: str, run: Awaitable[Found]) -> Found:
    """Make a run and print what was found."""

    async def made() -> Found:
        return await run

    began = time.monotonic()
    found = asyncio.run(made())
    load = "{:.1f}".format(*os.getloadavg())
    print(f"\n{name}: {time.monotonic() - began:.0f} s, load average {load}\n{found}", flush=True)
    return found


def promises(ground: Ground, wanted: list[Plan]) -> list[str]:
    """Run the product under every plan and without Valkey; return the runs in which a promise was broken."""
    failed = []
    for plan in wanted:
        print(f"\n{plan}\n" + "\n".join(str(fault) for fault in plan.schedule()))
        if said(f"faults, seed {plan.seed}", fault_run(ground, plan)).broken:
            failed.append(f"seed {plan.seed}")
    for share, name in ((0.0, "Valkey dead from the start"), (0.4, "Valkey dies for good")):
        report = said(name, run_without_valkey(ground, QUIET, from_share=share))
        if report.broken or report.figures["links"] != len(ground.cookies):
            failed.append(name)
    if said("storm", storm(ground, sockets=STORM_SOCKETS, seed=wanted[0].seed)).broken:
        failed.append("storm")
    return failed


def controls(ground: Ground, seed: int) -> list[str]:
    """Run every kind of fault, and the storm, with a guarantee taken away; return the controls that went unnoticed."""
    plan = replace(LONG, seed=seed, messages=CONTROL_MESSAGES, faults=len(ACTS))
    variant = {"application": CONTROLS, "COMMIT_LATE": COMMIT_LATE}
    unnoticed = [
        name
        for name in ("push", "early_ack")
        if not said(f"control {name}", fault_run(ground, plan, **(variant | {"CONTROL": name}))).broken
    ]
    unnoticed += [
        name
        for name, sockets in (("forgetful", 60), ("leftover", 400))
        if not said(f"control {name}", storm(ground, sockets=sockets, seed=seed, control=name)).broken
    ]
    return [f"control {name} went unnoticed" for name in unnoticed]


def scenes() -> list[str]:
    """Run the scenes, each beside its control; return what failed."""
    print("\nscenes and their controls", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/faults/test_controls.py"]
    return ["scenes"] if subprocess.run(command, check=False).returncode else []


def main() -> None:
    """Make the runs; end with an error when something was lost, doubled or not seen."""
    wanted = plans()
    with made_ground() as ground:
        failed = promises(ground, wanted)
        if os.environ.get("CONTROLS"):
            failed += controls(ground, wanted[0].seed)
    if os.environ.get("CONTROLS"):
        failed += scenes()
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'every promise was kept'}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
