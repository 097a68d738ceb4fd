"""Services and web processes that a fault run may break: everything durable, behind proxies that can go half deaf."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from diaspora_net import embedded
from diaspora_net.embedded.parts import WEB
from tests.faults.proxy import Proxy, to_tcp, to_unix
from tests.ports import free_port
from tests.services import SETTINGS
from tests.template import lay_data

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = "diaspora_net.asgi:application"
ORIGIN = "http://localhost"
# What PostgreSQL does when nobody says otherwise; said here because these runs are about it.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class Web(embedded.Server):
    """One web process of the product, or of a variant that breaks it on purpose."""

    def __init__(self, number: int, state: Path, application: str, environment: dict[str, str]) -> None:
        self.name = f"web-{number}"
        super().__init__(state, state)
        self.port = 0
        self.application, self.environment = application, environment

    def prepare(self) -> None:
        """Take a port, another one at each start; the proxy follows."""
        self.port = free_port()

    def command(self) -> list[str]:
        """Return the product's own command line, with the application of choice."""
        parts = [self.application if part == PRODUCT else part for part in WEB]
        return [sys.executable, "-m", *parts, "--port", str(self.port), "--app-dir", str(ROOT), "--no-access-log"]

    def process_options(self) -> dict[str, Any]:
        """Return the environment."""
        return {"env": self.environment}

    def answers(self) -> bool:
        """Tell whether the process serves, whatever it says."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz/live", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except (urllib.error.URLError, OSError):
            return False


# A server ends with the *thread* that has started it, so these threads live as long as we do.
STARTERS = ThreadPoolExecutor(4)


async def start(server: embedded.Server) -> None:
    """Start a server while everything else goes on."""
    await asyncio.get_running_loop().run_in_executor(STARTERS, server.start)


@dataclass
class Ground:
    """PostgreSQL and Valkey of a run's own, and a database from which each run gets a copy."""

    directory: Path
    postgres: embedded.Postgres
    valkey: embedded.Valkey
    cookies: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    runs: int = 0

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a process; a message a second is not enough here."""
        services = {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.valkey.url}
        values = {"BASE_URL": ORIGIN, "DATABASE_POOL_SIZE": "8", "LOG_LEVEL": "WARNING"}
        limits = {"MESSAGES_PER_MINUTE": "1000000", "MAIL_DIR": str(self.directory / "mail")}
        return {**os.environ, **SETTINGS, **services, **values, **limits, **more}

    def restart_postgres(self, **settings: str) -> None:
        """Run PostgreSQL with other settings from now on."""
        self.postgres.stop()
        self.postgres.settings = {**self.postgres.settings, **DURABLE, **settings}
        self.postgres.start()

    def execute(self, statement: sql.Composable, database: str = "postgres") -> None:
        """Run one statement, past every proxy."""
        with psycopg.connect(self.url_of(database), autocommit=True) as connection:
            connection.execute(statement)

    def url_of(self, database: str, directory: Path | None = None) -> str:
        """Return the address of a database, through the socket in ``directory`` or PostgreSQL's own."""
        return f"postgresql://dn@:5432/{database}?host={directory or self.postgres.run}"


@contextmanager
def made_ground() -> Iterator[Ground]:
    """Start the services, make the database with its people, and throw all away in the end."""
    directory = Path(tempfile.mkdtemp(prefix="diaspora-net-faults-"))
    directory.chmod(0o755)
    try:
        with embedded.held_state(directory) as state:
            postgres = embedded.Postgres(state.directory, state.sockets, {**DURABLE, "max_wal_size": "512MB"})
            ground = Ground(directory, postgres, embedded.Valkey(state.directory, state.sockets))
            try:
                lay_data(directory, SETTINGS)
                ground.postgres.start()
                ground.valkey.start()
                facts = directory / "cast.json"
                environment = ground.environment(DJANGO_SETTINGS_MODULE="diaspora_net.settings")
                command = [sys.executable, "-m", "tests.faults.cast", str(facts)]
                subprocess.run(command, check=True, cwd=ROOT, env=environment)
                known = json.loads(facts.read_text())
                ground.cookies, ground.members = known["cookies"], known["members"]
                yield ground
            finally:
                ground.valkey.stop()
                ground.postgres.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@dataclass
class Stage:
    """What one run stands on: a database of its own, web processes, and a proxy before everything."""

    ground: Ground
    directory: Path
    database: str
    webs: list[Web]
    web_proxies: list[Proxy]
    bases: list[str]
    postgres_proxy: Proxy
    valkey_proxy: Proxy

    def begin_scene(self) -> None:
        """Let clients that come in from now on know nothing of those before them: their files stand elsewhere."""
        self.directory = Path(tempfile.mkdtemp(prefix="scene-", dir=self.directory.parent))

    def rows(self) -> list[dict[str, Any]]:
        """Return the table of messages in the order of conversation and number."""
        with psycopg.connect(self.ground.url_of(self.database)) as connection:
            found = connection.execute(
                "SELECT conversation_id::text, seq, client_id::text, text FROM messaging_message ORDER BY 1, 2, 3"
            ).fetchall()
        return [dict(zip(("conversation", "seq", "client_id", "text"), row, strict=True)) for row in found]

    def heads(self) -> dict[str, int]:
        """Return the newest number of each conversation; empty while PostgreSQL does not answer."""
        try:
            with psycopg.connect(self.ground.url_of(self.database), connect_timeout=2) as connection:
                return dict(connection.execute("SELECT id::text, last_seq FROM messaging_conversation").fetchall())
        except psycopg.OperationalError:
            return {}


@asynccontextmanager
async def set_stage(
    ground: Ground, *, application: str = PRODUCT, webs: int = 2, **environment: str
) -> AsyncIterator[Stage]:
    """Make a database of one run's own and start its web processes; ``environment`` is added to theirs."""
    ground.runs += 1
    database = f"run_{ground.runs}"
    # What the run before has left: PostgreSQL would look at each of its files after every kill.
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(f"run_{ground.runs - 1}"))
    await asyncio.to_thread(ground.execute, drop)
    directory = ground.directory / database
    (directory / "postgres").mkdir(parents=True)
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE dn").format(sql.Identifier(database))
    await asyncio.to_thread(ground.execute, copy)
    async with AsyncExitStack() as stack:
        postgres_proxy = to_unix(f"{ground.postgres.run}/.s.PGSQL.5432")
        valkey_proxy = to_unix(str(ground.valkey.socket))
        sockets = Path(tempfile.mkdtemp(prefix="dn-faults-"))
        stack.callback(shutil.rmtree, sockets, ignore_errors=True)
        for proxy, name in ((postgres_proxy, ".s.PGSQL.5432"), (valkey_proxy, "valkey.sock")):
            await stack.enter_async_context(proxy.on_unix(str(sockets / name)))
        urls = {"DATABASE_URL": ground.url_of(database, sockets), "REDIS_URL": f"unix://{sockets}/valkey.sock?db=0"}
        values = ground.environment(**urls, **environment)
        processes = [Web(number, directory, application, values) for number in range(webs)]
        for web in processes:
            stack.callback(web.kill9)
        await asyncio.gather(*(start(web) for web in processes))
        proxies, bases = [], []
        for web in processes:
            proxy, port = to_tcp(web), free_port()
            await stack.enter_async_context(proxy.on_tcp(port))
            proxies.append(proxy)
            bases.append(f"http://127.0.0.1:{port}")
        yield Stage(ground, directory, database, processes, proxies, bases, postgres_proxy, valkey_proxy)
