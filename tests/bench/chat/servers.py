"""The servers that are compared, each started in turn on the same services, and the load that talks to them."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diaspora_net.embedded import die_with_parent
from diaspora_net.embedded.parts import WEB
from tests.bench.chat.ground import ROOT, Ground
from tests.ports import free_port
from tests.processes import cpu_seconds, resident_kib

HERE = Path(__file__).parent
START_SECONDS = 60.0
# As npm has them in November 2026; they go into a directory of the cache, never into the repository.
NODE_PACKAGES = {"socket.io": "4.8.4", "@socket.io/redis-adapter": "8.3.0", "redis": "4.7.1", "pg": "8.23.1"}


class Missing(Exception):
    """A server cannot be measured here; the message says why."""


@dataclass
class Server:
    """One kind of server: its name in the tables, the command that starts one, and what its clients speak."""

    name: str
    command: list[str]
    environment: dict[str, str]
    wire: str = "own"


def product() -> list[str]:
    """Return the command of the product's own web process."""
    return [sys.executable, "-m", *WEB]


def uvicorn(application: str) -> list[str]:
    """Return the same command for another application, on the fastest of uvicorn's own WebSockets."""
    parts = [application if part == "diaspora_net.asgi:application" else part for part in WEB]
    if "--ws" in parts:
        place = parts.index("--ws")
        del parts[place : place + 2]
    return [sys.executable, "-m", *parts, "--ws", "websockets-sansio"]


def ours(ground: Ground) -> Server:
    """Return the product as the demo runs it."""
    environment = ground.environment(DATABASE_POOL_SIZE="8", BASE_URL="http://localhost")
    return Server("ours", product(), environment)


def tutorial(ground: Ground) -> Server:
    """Return the Channels tutorial, on uvicorn with a lasting database connection, which suits it best."""
    return Server("tutorial", uvicorn("tests.bench.chat.tutorial:application"), ground.environment())


def floor(ground: Ground) -> Server:
    """Return the bare ASGI application; it takes the product's own statement out of a file."""
    sql = ground.directory / "floor.json"
    script = "import django, json, sys; django.setup(); from messaging.actions.drafts import POST"
    script += "; json.dump({'post': POST}, open(sys.argv[1], 'w'))"
    environment = ground.environment(DJANGO_SETTINGS_MODULE="diaspora_net.settings")
    subprocess.run([sys.executable, "-c", script, str(sql)], check=True, cwd=ROOT, env=environment)
    return Server("raw floor", uvicorn("tests.bench.chat.floor:application"), ground.environment(FLOOR_SQL=str(sql)))


def socketio(ground: Ground) -> Server:
    """Return socket.io with its Redis adapter. Raises Missing without npm, or when the packages cannot be had."""
    npm, node = (
        shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent)) for name in ("npm", "node")
    )
    if not npm or not node:
        raise Missing("npm is not there")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = caches / "diaspora-net-bench"
    home.mkdir(parents=True, exist_ok=True)
    wanted = json.dumps({"private": True, "dependencies": NODE_PACKAGES})
    package = home / "package.json"
    if not (home / "node_modules").exists() or package.read_text() != wanted:
        package.write_text(wanted)
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]
        environment = {**os.environ, "PATH": f"{Path(node).parent}:{os.environ['PATH']}"}
        told = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
        if told.returncode:
            shutil.rmtree(home / "node_modules", ignore_errors=True)
            raise Missing(f"npm could not install socket.io: {told.stderr.strip()[-200:]}")
    environment = ground.environment(
        NODE_PATH=str(home / "node_modules"),
        NODE_ENV="production",
        PG_DIRECTORY=str(ground.postgres.run),
        VALKEY_SOCKET=str(ground.valkey.socket),
    )
    return Server("socket.io", [node, str(HERE / "socketio.js")], environment, "socket.io")


SERVERS = {"ours": ours, "tutorial": tutorial, "floor": floor, "socketio": socketio}


class Running:
    """Processes of one server that answer."""

    def __init__(self, server: Server, ports: list[int], processes: list[subprocess.Popen[bytes]]) -> None:
        self.server, self.ports, self.processes = server, ports, processes

    def cpu(self) -> float:
        """Return the processor seconds so far."""
        return sum(cpu_seconds(process.pid) for process in self.processes)

    def memory(self) -> float:
        """Return the resident KiB."""
        return sum(resident_kib(process.pid) for process in self.processes)


@contextmanager
def running(server: Server, ground: Ground, processes: int = 1) -> Iterator[Running]:
    """Run a server for the time of a ``with`` block, entered once it answers. Raises RuntimeError with its log."""
    with ExitStack() as stack:
        ports, started = [], []
        for number in range(processes):
            log = ground.directory / f"{server.name.replace(' ', '-')}-{number}.log"
            port = free_port()
            command = server.command if server.wire == "socket.io" else [*server.command, "--port", str(port)]
            process = stack.enter_context(child(command, {**server.environment, "PORT": str(port)}, log))
            wait_until_it_answers(port, process, log)
            ports.append(port)
            started.append(process)
        yield Running(server, ports, started)


@contextmanager
def child(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process for the time of a ``with`` block."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=out, stderr=out, preexec_fn=die_with_parent(signal.SIGKILL)
        )
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(8)
        process.kill()
        process.wait()


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once there is an answer of any kind."""
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/healthz/live", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{process.args} did not answer:\n{log.read_text(errors='replace')[-2000:]}")


class Load:
    """The client's process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def tell(self, what: dict[str, Any]) -> dict[str, Any]:
        """Send one command and return its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the client has ended; what it said stands above")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def do(self, command: str, **values: Any) -> dict[str, Any]:
        """Have something done."""
        return self.tell({"do": command, **values})


@contextmanager
def loaded(run: Running, ground: Ground, seed: int) -> Iterator[Load]:
    """Run the client of a server for the time of a ``with`` block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.chat.load"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )
    try:
        load = Load(process)
        load.tell(
            {
                "wire": run.server.wire,
                "bases": [f"ws://127.0.0.1:{port}" for port in run.ports],
                "origin": "http://localhost",
                "people": ground.people,
                "talks": ground.talks,
                "seed": seed,
            }
        )
        yield load
    finally:
        process.kill()
        process.wait()
