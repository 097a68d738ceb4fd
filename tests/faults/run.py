"""One fault run: twelve people write through two web processes while the nemesis works; a checker judges afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

from tests.chat_client.client import ChatClient
from tests.chat_client.history import read_histories
from tests.faults.checker import Report, check
from tests.faults.ground import ORIGIN, Ground, Stage, set_stage, start
from tests.faults.nemesis import Fault, schedule, unleash

# Longer than the safety poll, the longest back-off and the slowest start of a process together.
SETTLE_SECONDS = 45.0
# Nobody writes on for ever while nothing is acknowledged.
MOST_UNSENT = 60


@dataclass(frozen=True)
class Plan:
    """How much is written and broken; ``rate`` is messages a second of all clients together."""

    seed: int
    messages: int
    faults: int
    rate: float
    longest_fault: float

    def schedule(self) -> list[Fault]:
        """Return the faults."""
        return schedule(self.seed, self.faults, self.longest_fault)


SHORT = Plan(seed=1, messages=900, faults=7, rate=90, longest_fault=2.0)
LONG = Plan(seed=1, messages=10_000, faults=26, rate=110, longest_fault=5.0)


async def fault_run(ground: Ground, plan: Plan, **variant: str) -> Report:
    """Run a plan on a stage of its own and return what the checker found."""
    async with set_stage(ground, **variant) as stage, clients_on(stage, plan.seed) as clients:
        writers = asyncio.gather(*(write_all(stage, plan, client, place) for place, client in enumerate(clients)))
        nemesis = asyncio.create_task(unleash(stage, plan.schedule(), lambda: written(clients) / plan.messages))
        await asyncio.gather(writers, nemesis)
        await settle(stage, clients)
    return judge(stage)


async def run_without_valkey(ground: Ground, plan: Plan, *, from_share: float, **variant: str) -> Report:
    """Run a plan whose only fault is that Valkey dies for good at ``from_share`` of the messages; 0: it never lives."""
    try:
        if not from_share:
            ground.valkey.kill9()
        async with set_stage(ground, **variant) as stage, clients_on(stage, plan.seed) as clients:
            writers = asyncio.gather(*(write_all(stage, plan, client, place) for place, client in enumerate(clients)))
            while written(clients) < from_share * plan.messages:  # noqa: ASYNC110 - progress has no event
                await asyncio.sleep(0.05)
            ground.valkey.kill9()
            await writers
            await settle(stage, clients)
        return judge(stage)
    finally:
        await start(ground.valkey)


@asynccontextmanager
async def clients_on(
    stage: Stage, seed: int = 0, names: Sequence[str] = (), *, apart: bool = False
) -> AsyncIterator[list[ChatClient]]:
    """Let people connect, everybody unless ``names`` says who.

    Each begins with a server of chance and goes to the next when it fails; ``apart`` gives each one server for good.
    """
    clients = [
        ChatClient(
            name,
            [stage.bases[place % len(stage.bases)]] if apart else stage.bases,
            cookie=stage.ground.cookies[name],
            origin=ORIGIN,
            directory=stage.directory,
            seed=place + seed,
        )
        for place, name in enumerate(names or stage.ground.cookies)
    ]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        await asyncio.gather(*(client.stop() for client in clients))


async def write_all(stage: Stage, plan: Plan, client: ChatClient, place: int) -> None:
    """Write one person's share of the messages at an uneven pace, in any conversation of theirs."""
    chance = Random(f"{plan.seed} {place}")
    talks = sorted(talk for talk, people in stage.ground.members.items() if client.name in people)
    people = len(stage.ground.cookies)
    for number in range(plan.messages // people + (place < plan.messages % people)):
        await asyncio.sleep(chance.expovariate(plan.rate / people))
        while len(client.outbox) > MOST_UNSENT:  # noqa: ASYNC110 - an outbox has no event
            await asyncio.sleep(0.1)
        client.write(chance.choice(talks), f"{client.name} says {number}")


def written(clients: Sequence[ChatClient]) -> int:
    """Return how many messages were written so far."""
    return sum(client.written for client in clients)


async def settle(stage: Stage, clients: Sequence[ChatClient], seconds: float = SETTLE_SECONDS) -> bool:
    """Wait until every outbox is empty and everybody shows all there is; say whether it came to that in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(client.outbox for client in clients):
            heads = await asyncio.to_thread(stage.heads)
            if heads and all(shows_all(stage, client, heads) for client in clients):
                return True
        await asyncio.sleep(0.2)
    return False


def shows_all(stage: Stage, client: ChatClient, heads: dict[str, int]) -> bool:
    """Say whether a client has come to the newest number of each of its conversations."""
    return all(
        head == (client.threads[talk].cursor if talk in client.threads else 0)
        for talk, head in heads.items()
        if client.name in stage.ground.members[talk]
    )


def judge(stage: Stage, names: Sequence[str] = ()) -> Report:
    """Return the checker's report on the clients of a stage, everybody unless ``names`` says who was there."""
    here = set(names or stage.ground.cookies)
    members = {talk: [name for name in people if name in here] for talk, people in stage.ground.members.items()}
    return check(read_histories(stage.directory), stage.rows(), members)


def told(plan: Plan, report: Report) -> str:
    """Return a run in words: the plan, the schedule, the report."""
    lines = [str(plan), *(str(fault) for fault in plan.schedule()), str(report)]
    return "\n".join(lines)
