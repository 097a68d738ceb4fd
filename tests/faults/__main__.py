"""Long fault runs: ``make faults``.

    SEED=1 or several with commas   MESSAGES=10000   FAULTS=26   CONTROLS=yes adds two random runs that must fail

Prints what was broken when, what the checker found, and ends with an error when a promise was not kept.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable
from dataclasses import replace

from tests.faults.checker import Report
from tests.faults.ground import Ground, made_ground
from tests.faults.nemesis import ACTS
from tests.faults.run import LONG, Plan, fault_run, run_without_valkey, told

QUIET = Plan(seed=1, messages=1200, faults=0, rate=30, longest_fault=0)
# Commits that come late hold everybody up, so these runs are short, and late is less than a lock is waited for.
CONTROL_MESSAGES = 1_500
COMMIT_LATE = "0.3"
CONTROLS = "tests.faults.controls:application"


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


def say(name: str, run: Awaitable[Report], plan: Plan) -> Report:
    """Make a run and print what was found."""

    async def made() -> Report:
        return await run

    began = time.monotonic()
    report = asyncio.run(made())
    load = "{:.1f}".format(*os.getloadavg())
    print(f"\n{name}: {time.monotonic() - began:.0f} s, load average {load}\n{told(plan, report)}", flush=True)
    return report


def promises(ground: Ground, wanted: list[Plan]) -> list[str]:
    """Run the product under every plan and without Valkey; return the runs in which a promise was broken."""
    failed = [
        f"seed {plan.seed}" for plan in wanted if say(f"faults, seed {plan.seed}", fault_run(ground, plan), plan).broken
    ]
    for share, name in ((0.0, "Valkey dead from the start"), (0.4, "Valkey dies for good")):
        report = say(name, run_without_valkey(ground, QUIET, from_share=share), QUIET)
        if report.broken or report.figures["links"] != len(ground.cookies):
            failed.append(name)
    return failed


def controls(ground: Ground, seed: int) -> list[str]:
    """Run every kind of fault once with a guarantee taken away; return the controls that went unnoticed."""
    plan = replace(LONG, seed=seed, messages=CONTROL_MESSAGES, faults=len(ACTS))
    variant = {"application": CONTROLS, "COMMIT_LATE": COMMIT_LATE}
    return [
        f"control {name} went unnoticed"
        for name in ("push", "early_ack")
        if not say(f"control {name}", fault_run(ground, plan, **(variant | {"CONTROL": name})), plan).broken
    ]


def main() -> None:
    """Make the runs; end with an error when something was lost, doubled or not seen."""
    wanted = plans()
    with made_ground() as ground:
        failed = promises(ground, wanted)
        if os.environ.get("CONTROLS"):
            failed += controls(ground, wanted[0].seed)
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'every promise was kept'}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
