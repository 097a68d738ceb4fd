"""One server process: how it starts, is asked whether it answers, stops, and dies with its parent."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STOP_SECONDS = 15.0
# A predecessor that was killed holds its data directory until its last process has noticed.
RELEASE_SECONDS = 10.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServiceError(RuntimeError):
    """A service could not start; the message is a sentence for the person at the terminal."""


def die_with_parent(deadly: signal.Signals) -> Callable[[], None]:
    """Return a child's first step: ask the kernel for ``deadly`` when its parent ends, however it ends (Linux only)."""
    parent = os.getpid()

    def ask() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(deadly))
            if os.getppid() != parent:
                os._exit(1)

    return ask


class Server:
    """A server in a session of its own: started, stopped politely, killed when it does not listen."""

    name = "Server"
    stop_signal = signal.SIGTERM
    start_seconds = 30.0

    def __init__(self, state: Path, run: Path) -> None:
        """Keep data and log under ``state`` and the socket in ``run``, a short path."""
        self.state, self.run = state, run
        self.log = state / f"{self.name.lower()}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and return once it answers. Raises ``ServiceError`` with the end of its log."""
        self.prepare()
        self.log.write_bytes(b"")
        began = time.monotonic()
        while not self._answers_before(began + self.start_seconds):
            told = "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
            self.kill9()
            if not self.is_held(told) or time.monotonic() - began > RELEASE_SECONDS:
                raise ServiceError(f"{self.name} did not start. The end of {self.log}:\n{told}")
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop the server in order, keeping its data; kill it when that takes longer than ``STOP_SECONDS``."""
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill9()
        self.process = None

    def kill9(self) -> None:
        """Kill the server as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def is_running(self) -> bool:
        """Tell whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def prepare(self) -> None:
        """Make what the server needs before it starts."""

    def command(self) -> list[str]:
        """Return the command line."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Tell whether the server takes work."""
        raise NotImplementedError

    def process_options(self) -> dict[str, Any]:
        """Return further arguments for ``subprocess``."""
        return {}

    def is_held(self, told: str) -> bool:
        """Tell from the end of the log whether a dying predecessor still holds the data."""
        return False

    def _answers_before(self, deadline: float) -> bool:
        with self.log.open("ab") as log:
            try:
                self.process = process = subprocess.Popen(
                    self.command(),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=die_with_parent(self.stop_signal),
                    **self.process_options(),
                )
            except OSError as error:
                raise ServiceError(f"{self.name} cannot be run on this machine: {error}") from error
        while time.monotonic() < deadline and process.poll() is None:
            if self.answers():
                return True
            time.sleep(0.02)
        return False
