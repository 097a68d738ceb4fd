"""Health check of a container: ``health.py web``, ``worker`` or ``beat``; exit code 0 when it is well."""

import http.client
import os
import socket
import sys
import time
from pathlib import Path

from celery import Celery

from diaspora_net.environment import celery_broker

BEAT_FILE = Path("/data/beat")
# Beat writes its file every three minutes.
BEAT_SECONDS = 600.0


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
    """Tell whether beat has written down lately what it has sent."""
    files = BEAT_FILE.parent.glob(f"{BEAT_FILE.name}*")
    return any(time.time() - file.stat().st_mtime < BEAT_SECONDS for file in files)


CHECKS = {"web": is_web_well, "worker": is_worker_well, "beat": is_beat_well}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
