"""The storm: thousands of sockets that go at any moment, and what they must not leave behind or take away.

Each writes texts that say where they belong, so that a word or an answer that reaches a stranger is seen. Valkey and
PostgreSQL answer late, so that much is under way when a socket goes. Afterwards everything that was not acknowledged is
written again under the same numbers, and the checker compares what everybody shows with the table.
"""

import asyncio
import json
import os
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
import redis

from messaging.queries.pool import SIZE
from tests.faults.abrupt import Abrupt
from tests.faults.checker import Report
from tests.faults.ground import Ground, Stage, set_stage
from tests.faults.run import clients_on, judge, settle

APPLICATION = "tests.faults.counting:application"
VALKEY_LATE, POSTGRES_LATE = 0.1, 0.01
# Below the bound of sockets of a person, so that they go by themselves and are not sent away.
AT_ONCE = 4
AFTERMATH_SECONDS = 15.0
# Nothing heals what the control leaves, so waiting longer changes nothing.
FORGETFUL_SECONDS = 4.0


@dataclass
class Aftermath:
    """What a storm has left; every list and ``left`` are empty when nothing went wrong."""

    foreign: list[str]
    lost: list[str]
    left: dict[str, Any]
    report: Report
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def broken(self) -> set[str]:
        """Return the names of the promises that were not kept."""
        own = {name for name in ("foreign", "lost", "left") if getattr(self, name)}
        return own | self.report.broken

    def __str__(self) -> str:
        return f"{self.figures}\nforeign {self.foreign[:3]}\nlost {self.lost[:3]}\nleft {self.left}\n{self.report}"


async def storm(ground: Ground, *, sockets: int, seed: int, control: str = "") -> Aftermath:
    """Let ``sockets`` come and go at two web processes, and return what is left when all have gone."""
    async with set_stage(ground, application=APPLICATION, CONTROL=control) as stage:
        stage.valkey_proxy.late, stage.postgres_proxy.late = VALKEY_LATE, POSTGRES_LATE
        chance = Random(seed)
        # Once before, so that what a process makes on first use is there to be compared with.
        await rain(stage, 50, chance)
        patience = FORGETFUL_SECONDS if control == "forgetful" else AFTERMATH_SECONDS
        before = await calm(stage, patience, lambda _now: True)
        gone = await rain(stage, sockets, chance)
        after = await calm(stage, patience, lambda now: not grown(before, now))
        stage.valkey_proxy.late = stage.postgres_proxy.late = 0.0
        lost = lost_acks(stage, gone)
        report = await write_again(stage, gone, seed)
    figures = {
        "sockets": len(gone),
        "sent": sum(len(one.sent) for one in gone),
        "acknowledged": sum(len(one.acks) for one in gone),
        "came to": dict(Counter(one.reached or "no hello" for one in gone)),
    }
    return Aftermath([line for one in gone for line in one.foreign], lost, grown(before, after), report, figures)


async def rain(stage: Stage, sockets: int, chance: Random) -> list[Abrupt]:
    """Let sockets of everybody come and go, some of each person at once; return them."""
    gates = {name: asyncio.Semaphore(AT_ONCE) for name in stage.ground.cookies}

    async def fall(name: str, one: Abrupt) -> Abrupt:
        async with gates[name]:
            await one.live(chance.choice(stage.webs).port)
        return one

    people = list(stage.ground.cookies)
    drops = []
    for number in range(sockets):
        name = people[number % len(people)]
        talks = sorted(talk for talk, members in stage.ground.members.items() if name in members)
        one = Abrupt(stage.ground.cookies[name], talks, Random(chance.getrandbits(64)))
        drops.append(asyncio.create_task(fall(name, one)))
    return list(await asyncio.gather(*drops))


# ── what is left ────────────────────────────────────────────────────────────────────────────────────────────────────
def left_behind(stage: Stage) -> dict[str, Any]:
    """Return how much there is of everything that a socket may leave: in the processes and in both services."""
    found: dict[str, Any] = {}
    for web in stage.webs:
        with urllib.request.urlopen(f"http://127.0.0.1:{web.port}/counts", timeout=10) as answer:
            found |= {f"{web.name} {name}": count for name, count in json.load(answer).items()}
        assert web.process is not None
        found[f"{web.name} open files"] = len(os.listdir(f"/proc/{web.process.pid}/fd"))
    with psycopg.connect(stage.ground.url_of(stage.database)) as connection:
        [(seats,)] = connection.execute("SELECT count(*) FROM messaging_seat").fetchall()
        [(links, busy)] = connection.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
            """
        ).fetchall()
    client = redis.Redis(unix_socket_path=str(stage.ground.valkey.socket), socket_timeout=5)
    valkey = len(client.client_list())
    client.close()
    services = {"seats": seats, "connections of PostgreSQL": links, "statements": busy, "clients of Valkey": valkey}
    return found | services


async def calm(stage: Stage, seconds: float, is_calm: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait until nobody is inside any more and ``is_calm``, but not for ever; return what there is then."""
    until = time.monotonic() + seconds
    while True:
        await asyncio.sleep(0.5)
        found = await asyncio.to_thread(left_behind, stage)
        is_empty = not any(count for name, count in found.items() if name.endswith(("inside", "seats", "statements")))
        if (is_empty and is_calm(found)) or time.monotonic() > until:
            return found


def grown(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """Return what a storm has left: all that should be nothing, and what there is more of than before.

    Connections to PostgreSQL may be as many as the pools allow; so may the files that they are.
    """
    pools = 2 * (SIZE + 1)
    left = {}
    for name, count in after.items():
        most = before[name]
        if name == "connections of PostgreSQL":
            most = max(most, pools)
        elif name.endswith("open files"):
            most += SIZE
        elif name.endswith(("tasks", "Valkey")):
            most += 2 if name.endswith("tasks") else 0  # two workers of a pool that has grown
        else:
            most = 0
        if count > most:
            left[name] = f"{count}, before {before[name]}"
    return left


def lost_acks(stage: Stage, gone: list[Abrupt]) -> list[str]:
    """Return the acknowledgements that somebody had and that the table does not keep."""
    table = {(row["client_id"], row["conversation"], row["seq"], row["text"]) for row in stage.rows()}
    return [
        f"{ack['client_id']} as number {ack['seq']}"
        for one in gone
        for client_id, ack in one.acks.items()
        if client_id in one.sent and (client_id, ack["conversation"], ack["seq"], one.sent[client_id].text) not in table
    ]


async def write_again(stage: Stage, gone: list[Abrupt], seed: int) -> Report:
    """Let everybody write again what was not acknowledged, and judge what they show in the end."""
    names = {cookie: name for name, cookie in stage.ground.cookies.items()}
    async with clients_on(stage, seed) as clients:
        by_name = {client.name: client for client in clients}
        for one in gone:
            for client_id, letter in one.sent.items():
                if client_id not in one.acks:
                    by_name[names[one.cookie]].write_again(letter)
        await settle(stage, clients)
    return judge(stage)
