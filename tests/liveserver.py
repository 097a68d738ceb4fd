"""A real web process on the database of this test run, for tests that speak to it over the network.

``live_site`` is one uvicorn for the whole session; ``start_site`` makes more, with an environment of one's own. Import
the fixture in a ``conftest.py``. Tests that use them need ``transactional_db``: what a test keeps in an open
transaction, another process never sees.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from diaspora_net.accounts.models import User
from diaspora_net.embedded import die_with_parent
from tests.ports import free_port

START_SECONDS = 100.0  # the machine may be busy, and a test may take 120


@dataclass
class Site:
    """A running web process: where it answers, and how to end it."""

    port: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the site's address without a trailing slash; it is the origin that the socket accepts."""
        return f"http://localhost:{self.port}"

    @property
    def socket_url(self) -> str:
        """Return the address of the live socket."""
        return f"ws://localhost:{self.port}/ws/"

    def start(self) -> None:
        """Start uvicorn and return once it answers."""
        command = [sys.executable, "-m", "uvicorn", "diaspora_net.asgi:application", "--lifespan", "off"]
        command += [
            "--timeout-graceful-shutdown",
            "5",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--no-access-log",
        ]
        command += ["--ws", "messaging.realtime.protocol:LiveProtocol"]
        command += ["--ws-max-size", "16384", "--ws-per-message-deflate", "false"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=settings.BASE_DIR,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The site did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)

    def answers(self) -> bool:
        """Say whether the process answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz/live", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """End the process politely, or after ten seconds at once."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill9()
        self.process = None

    def kill9(self) -> None:
        """End the process as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def database_url() -> str:
    """Return the address of the database that the tests use at this moment."""
    known: dict[str, Any] = connection.settings_dict
    account = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
    if str(known["HOST"]).startswith("/"):
        query = f"?host={quote(known['HOST'])}" + (f"&port={known['PORT']}" if known["PORT"] else "")
        return f"postgresql://{account}@/{known['NAME']}{query}"
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{account}@{known['HOST']}{port}/{known['NAME']}"


@contextmanager
def start_site(**environment: str) -> Iterator[Site]:
    """Run one more web process on the tests' database; ``environment`` is added to the tests' own."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="diaspora-net-site-") as directory:
        values = {"BASE_URL": f"http://localhost:{port}", "DATABASE_POOL_SIZE": "8", "LOG_LEVEL": "WARNING"}
        values["MESSAGES_PER_MINUTE"] = "6000"
        site = Site(
            port, {**os.environ, **values, "DATABASE_URL": database_url(), **environment}, Path(directory) / "log"
        )
        site.start()
        try:
            yield site
        finally:
            site.stop()


@pytest.fixture(scope="session")
def live_site(django_db_setup: None) -> Iterator[Site]:
    """Return the web process of this session."""
    with start_site() as site:
        yield site


def session_cookie(user: User) -> str:
    """Sign ``user`` in and return the cookie header of that session."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
