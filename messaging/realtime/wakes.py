"""Wakes: hints between processes that somebody has something to read.

A wake names people, a conversation and a number, never text, and may be lost, doubled or late: every process reads the
truth from PostgreSQL. So publishing is best effort, bounded in time, and never raises.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
import redis
from django.conf import settings
from django.db import connection, transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

TIMEOUT = 0.5
# After a failure nobody waits for Valkey again for this long; the safety poll delivers meanwhile.
QUIET_SECONDS = 3.0


class Wake(NamedTuple):
    """One hint: ``kind`` is message, changed, seen, typing or badge; ``people`` are user ids.

    ``number`` is the newest number (message), the number of the message (changed) or the read pointer (seen); ``by`` is
    the public id of who did it, as far as that matters.
    """

    kind: str
    people: Sequence[int]
    conversation: str = ""
    number: int = 0
    by: str = ""

    def packed(self) -> dict[str, Any]:
        """Return the wake as it travels."""
        return {"t": self.kind, "u": list(self.people), "c": self.conversation, "s": self.number, "b": self.by}

    @classmethod
    def unpacked(cls, data: dict[str, Any]) -> "Wake":
        """Read a wake that has travelled. Raises KeyError or TypeError on anything else."""
        return cls(
            str(data["t"]), [int(person) for person in data["u"]], str(data["c"]), int(data["s"]), str(data["b"])
        )


def channel() -> str:
    """Return the Valkey channel of this database, so that two networks on one Valkey never hear each other."""
    return f"diaspora-net:{connection.settings_dict['NAME']}:wakes"


def pack(wakes: Iterable[Wake], *, origin: str = "") -> bytes:
    """Return the envelope of several wakes; ``origin`` names the process that has already acted on them itself."""
    return orjson.dumps({"o": origin, "w": [wake.packed() for wake in wakes]})


def unpack(data: bytes) -> tuple[str, list[Wake]]:
    """Return origin and wakes of an envelope. Raises ValueError on anything else."""
    try:
        envelope = orjson.loads(data)
        return str(envelope["o"]), [Wake.unpacked(wake) for wake in envelope["w"]]
    except (KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise ValueError("not an envelope of wakes") from error


class _Bus:
    """The publishing end for threads: one client a process, silent for a while after each failure."""

    def __init__(self) -> None:
        self._client: redis.Redis | None = None
        self._quiet_until = 0.0

    def _connected(self) -> redis.Redis:
        if self._client is None:
            self._client = redis.Redis.from_url(
                settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0)
            )
        return self._client

    def publish(self, data: bytes) -> bool:
        """Publish within ``TIMEOUT``; say whether Valkey took it."""
        if time.monotonic() < self._quiet_until:
            return False
        try:
            self._connected().publish(channel(), data)
        except (redis.RedisError, OSError) as error:
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            logger.warning("wake not published: %s", type(error).__name__)
            return False
        return True


_bus = _Bus()


def publish(wakes: Sequence[Wake]) -> bool:
    """Publish ``wakes`` now; say whether Valkey took them. Never raises, waits at most half a second."""
    return not wakes or _bus.publish(pack(wakes))


def publish_after_commit(wakes: Sequence[Wake]) -> None:
    """Publish ``wakes`` once the present transaction has committed, and never if it is rolled back."""

    def send() -> None:
        publish(wakes)

    transaction.on_commit(send, robust=True)
