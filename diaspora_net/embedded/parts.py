"""The processes of the product under one supervisor: web, worker and beat, as the demo and the tests run them."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from celery import Celery

from diaspora_net.embedded.server import ServiceError, die_with_parent
from diaspora_net.environment import celery_broker

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
READY_SECONDS = 120.0
STOP_SECONDS = 12.0
WEB = (
    *("uvicorn", "diaspora_net.asgi:application", "--host", HOST, "--lifespan", "off"),
    *("--timeout-graceful-shutdown", "5", "--ws", "messaging.realtime.protocol:LiveProtocol"),
    *("--ws-max-size", "16384", "--ws-per-message-deflate", "false"),
)
CELERY = ("celery", "--app", "diaspora_net.celery")
# Threads rather than forked processes: one process per part, so that none can outlive the supervisor.
WORKER = (*CELERY, "worker", "--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle")
BEAT = (*CELERY, "beat", "--pidfile", "")


class Parts:
    """Processes, each in its own session and with a log of its own, which end when we do, however we do."""

    def __init__(self, state: Path, environment: Mapping[str, str], report: Callable[[str], None]) -> None:
        """Start nothing yet; logs go to ``state``, and ``report`` hears of each process that has stopped."""
        self.state, self.environment, self.report = state, environment, report
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *module: str, **environment: str) -> None:
        """Start ``python -m module…`` with further variables."""
        with self._log(name).open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    def wait(self, name: str, answers: Callable[[], bool]) -> None:
        """Wait until ``answers()``. Raises ``ServiceError`` when a process ends or it takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while not answers():
            self.check()
            if time.monotonic() > deadline:
                raise ServiceError(f"{name} did not answer within {READY_SECONDS:.0f} s. {self._told(name)}")
            time.sleep(0.1)
        self.report(f"{name} answers")

    def check(self) -> None:
        """Raise ``ServiceError`` when a process has ended."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise ServiceError(f"{name} ended with {process.returncode}. {self._told(name)}")

    def stop(self) -> None:
        """Ask all processes to end, wait, and kill those that do not."""
        for process in self.processes.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for name, process in reversed(self.processes.items()):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
                self.report(f"{name} stopped")
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                self.report(f"{name} killed, as it did not stop in {STOP_SECONDS:.0f} s")

    def _log(self, name: str) -> Path:
        return self.state / f"{name}.log"

    def _told(self, name: str) -> str:
        lines = self._log(name).read_text(errors="replace").splitlines()[-15:]
        return "\n".join([f"The end of {self._log(name)}:", *lines])


def web_answers(port: int) -> bool:
    """Tell whether the web process is ready to serve people."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz/ready", headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def running_parts(
    state: Path, environment: Mapping[str, str], port: int, report: Callable[[str], None]
) -> Iterator[Parts]:
    """Run web, worker and beat for the time of a ``with`` block, entered once web and worker answer."""
    parts = Parts(state, environment, report)
    worker = f"demo-{os.getpid()}@localhost"
    try:
        parts.start("web", *WEB, "--port", str(port), DATABASE_POOL_SIZE="8")
        parts.start("worker", *WORKER, "--hostname", worker, "--loglevel", "INFO", CELERY_SKIP_CHECKS="yes")
        parts.wait("web", lambda: web_answers(port))
        with Celery(broker=celery_broker(environment["REDIS_URL"])) as client:
            parts.wait("worker", lambda: bool(client.control.ping(destination=[worker], timeout=0.5)))
        parts.start("beat", *BEAT, "--schedule", str(state / "beat"), "--loglevel", "INFO", CELERY_SKIP_CHECKS="yes")
        yield parts
    finally:
        parts.stop()
