"""Health check of a container: ``health.py web``, ``worker`` or ``beat``; exit code 0 when it is well.

It also holds the scheduler that beat runs in a container, which leaves the trace that the check looks for.
"""

import http.client
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from celery import Celery
from celery.beat import PersistentScheduler

from diaspora_net.environment import celery_broker

BEAT_FILE = Path("/tmp/beat-is-alive")  # noqa: S108 - the container has /tmp to itself
# Beat sleeps five minutes at most.
BEAT_SECONDS = 330.0


class WatchedScheduler(PersistentScheduler):
    """Beat's usual scheduler, leaving a trace each time it has looked what is due."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due and return the seconds until the next look."""
        pause = super().tick(*args, **kwargs)
        BEAT_FILE.touch()
        return pause


def is_web_well() -> bool:
    """Tell whether the web process reaches what it needs to serve people."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    connection.request("GET", "/healthz/ready", headers={"Host": host})
    return connection.getresponse().status == http.HTTPStatus.OK


def is_worker_well() -> bool:
    """Tell whether the worker of this container takes orders."""
    with Celery(broker=celery_broker(os.environ["REDIS_URL"])) as client:
        return bool(client.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=4))


def is_beat_well() -> bool:
    """Tell whether beat has looked lately what is due."""
    return BEAT_FILE.exists() and time.time() - BEAT_FILE.stat().st_mtime < BEAT_SECONDS


CHECKS = {"web": is_web_well, "worker": is_worker_well, "beat": is_beat_well}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
