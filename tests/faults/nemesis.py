"""The nemesis: a seeded list of faults, and what each does to a stage."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

import psycopg
import redis

from diaspora_net import embedded
from tests.faults.ground import Stage, start
from tests.faults.proxy import Proxy
from tests.processes import signal_family


@dataclass(frozen=True)
class Fault:
    """At ``share`` of the messages written, do ``kind`` for ``seconds``; ``place`` chooses among web processes."""

    share: float
    kind: str
    seconds: float
    place: int

    def __str__(self) -> str:
        return f"{self.share:5.0%} {self.kind} {self.seconds:.1f} s" + (
            f" web {self.place}" if "web" in self.kind else ""
        )


async def kill(server: embedded.Server, seconds: float) -> None:
    """Kill a server as a power cut would, and start it again after a while."""
    server.kill9()
    await asyncio.sleep(seconds)
    await start(server)


async def pause(server: embedded.Server, seconds: float) -> None:
    """Stop a server in its tracks, and let it go on."""
    if server.process is None:
        return
    signal_family(server.process.pid, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    signal_family(server.process.pid, signal.SIGCONT)


async def deafen(proxy: Proxy, way: str, seconds: float) -> None:
    """Let a proxy drop one direction silently, new connections too."""
    proxy.drops = way
    await asyncio.sleep(seconds)
    proxy.drops = ""


async def flush(stage: Stage) -> None:
    """Empty Valkey."""
    client = redis.Redis(unix_socket_path=str(stage.ground.valkey.socket), socket_timeout=5)
    await asyncio.to_thread(client.flushall)
    client.close()


async def drop_connections(stage: Stage) -> None:
    """Let PostgreSQL end every connection of the web processes, as an operator or a failover does."""
    statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    url = stage.ground.url_of("postgres")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(statement, [stage.database])


ACTS: dict[str, Callable[[Stage, Fault], Awaitable[None]]] = {
    "kill Valkey": lambda stage, fault: kill(stage.ground.valkey, fault.seconds),
    "kill PostgreSQL": lambda stage, fault: kill(stage.ground.postgres, fault.seconds / 2),
    "kill web": lambda stage, fault: kill(stage.webs[fault.place], fault.seconds / 2),
    "flush Valkey": lambda stage, _fault: flush(stage),
    "end connections of PostgreSQL": lambda stage, _fault: drop_connections(stage),
    "stop Valkey": lambda stage, fault: pause(stage.ground.valkey, fault.seconds),
    "stop PostgreSQL": lambda stage, fault: pause(stage.ground.postgres, fault.seconds),
    "stop web": lambda stage, fault: pause(stage.webs[fault.place], fault.seconds),
    "deafen web": lambda stage, fault: deafen(stage.web_proxies[fault.place], "up", fault.seconds),
    "mute web": lambda stage, fault: deafen(stage.web_proxies[fault.place], "down", fault.seconds),
    "deafen Valkey": lambda stage, fault: deafen(stage.valkey_proxy, "up", fault.seconds),
    "mute Valkey": lambda stage, fault: deafen(stage.valkey_proxy, "down", fault.seconds),
    "mute PostgreSQL": lambda stage, fault: deafen(stage.postgres_proxy, "down", fault.seconds),
}


def schedule(seed: int, count: int, longest: float, webs: int = 2) -> list[Fault]:
    """Return ``count`` faults by share of the messages; no kind twice before each has had its turn."""
    chance = Random(seed)
    kinds: list[str] = []
    while len(kinds) < count:
        kinds += chance.sample(sorted(ACTS), len(ACTS))
    shares = sorted(chance.uniform(0.03, 0.95) for _number in range(count))
    return [
        Fault(round(share, 3), kind, round(chance.uniform(longest / 3, longest), 1), chance.randrange(webs))
        for share, kind in zip(shares, kinds, strict=False)
    ]


async def unleash(stage: Stage, faults: list[Fault], share_written: Callable[[], float]) -> None:
    """Do each fault when its share of the messages is written, one at a time."""
    for fault in faults:
        while share_written() < fault.share:  # noqa: ASYNC110 - progress has no event
            await asyncio.sleep(0.05)
        await ACTS[fault.kind](stage, fault)
