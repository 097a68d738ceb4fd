"""A pytest plugin: PostgreSQL and Valkey of the tests' own, started before Django's settings load.

The variables it sets are the whole configuration of a test run. With xdist only the controller starts services; its
workers inherit the variables. ``DATABASE_URL`` and ``REDIS_URL`` are used instead when they are set.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from diaspora_net import embedded
from tests.chromium import driver_node
from tests.template import HASTY, lay_data

PREFIX = "diaspora-net-tests-"
# A directory this young may belong to a run that has not locked it yet.
YOUNG_SECONDS = 60.0
SETTINGS = {
    "TESTING": "yes",
    "DEBUG": "no",
    "DEMO": "no",
    "SECRET_KEY": "for-the-tests-and-nothing-but-the-tests",
    "BASE_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "DATABASE_POOL_SIZE": "0",
    "EMAIL_HOST": "",
}
running: embedded.Services | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start the services first of all; pytest-django loads the settings inside the ``yield``."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        stack = ExitStack()
        early_config.add_cleanup(stack.close)
        try:
            start(stack)
        except embedded.ServiceError as error:
            raise pytest.UsageError(str(error)) from error
    else:
        for name in ("MAIL_DIR", "MEDIA_ROOT"):  # a test counts the files of its own worker
            os.environ[name] += f"-{os.environ['PYTEST_XDIST_WORKER']}"
    return (yield)


def start(stack: ExitStack) -> None:
    """Start what the environment does not name and configure the run; ``stack`` stops it and removes its data."""
    global running
    sweep()
    directory = Path(tempfile.mkdtemp(prefix=PREFIX))
    stack.callback(shutil.rmtree, directory, ignore_errors=True)
    directory.chmod(0o755)  # PostgreSQL runs under another account when we are root
    state = stack.enter_context(embedded.held_state(directory))
    if not os.environ.get("DATABASE_URL"):
        lay_data(directory, SETTINGS)
        os.environ["TEMPLATE_DATABASE"] = "dn"
    running = stack.enter_context(embedded.running_services(state, postgres_settings=HASTY))
    os.environ.update(
        SETTINGS, MAIL_DIR=str(directory / "mail"), MEDIA_ROOT=str(directory / "media"), **running.environment()
    )
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", driver_node())


def sweep() -> None:
    """Remove what runs that were killed have left behind."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - directory.stat().st_mtime < YOUNG_SECONDS:
                continue
            embedded.State(directory).close()
        except (FileNotFoundError, embedded.ServiceError):
            continue  # it is running, or belongs to somebody else
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def services() -> embedded.Services:
    """Return the services of this run, for tests that break them on purpose; only where no xdist worker shares them."""
    if running is None or running.postgres is None or running.valkey is None:
        pytest.skip("the services are shared or not our own, so no test may break them")
    return running
