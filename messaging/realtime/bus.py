"""The bus between processes: one Valkey subscription a process, and a publisher that nobody waits for."""

import asyncio
import logging
import random
import uuid
from collections.abc import Callable, Sequence

import redis.asyncio as redis
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from messaging.realtime.wakes import Wake, channel, pack, unpack

logger = logging.getLogger(__name__)

PUBLISH_TIMEOUT = 1.0
QUIET_SECONDS = 15.0
LONGEST_BACK_OFF = 2.0
# Wakes beyond this while Valkey is slow are dropped: the safety poll of the other processes delivers.
MOST_WAITING = 10_000


class Bus:
    """Hear the wakes of other processes and tell them ours. Valkey may come and go: nothing here raises."""

    def __init__(self, hear: Callable[[Sequence[Wake]], None], reconnected: Callable[[], None]) -> None:
        self._hear = hear
        self._reconnected = reconnected
        self._origin = uuid.uuid4().hex
        self._waiting: list[Wake] = []
        self._publisher: asyncio.Task[None] | None = None
        self._client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=PUBLISH_TIMEOUT, retry=Retry(NoBackoff(), 0)
        )

    def publish(self, wakes: Sequence[Wake]) -> None:
        """Tell the other processes, soon; drops wakes rather than grow without bound."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.extend(wakes)
        if self._publisher is None and self._waiting:
            self._publisher = asyncio.create_task(self._publish())

    async def _publish(self) -> None:
        try:
            while self._waiting:
                wakes, self._waiting = self._waiting, []
                try:
                    async with asyncio.timeout(PUBLISH_TIMEOUT):
                        await self._client.publish(channel(), pack(wakes, origin=self._origin))
                except (RedisError, OSError) as error:
                    logger.warning("%d wakes not published: %s", len(wakes), type(error).__name__)
                    await asyncio.sleep(1)
        finally:
            self._publisher = None

    async def run(self) -> None:
        """Listen for ever; after each loss come back with back-off and jitter, then have the database looked at."""
        delay = 0.1
        while True:
            try:
                async with self._client.pubsub() as subscription:
                    await subscription.subscribe(channel())
                    self._reconnected()
                    delay = 0.1
                    await self._listen(subscription)
            except (RedisError, OSError) as error:
                logger.warning("not listening: %s", type(error).__name__)
                await asyncio.sleep(delay * random.uniform(1, 2))  # noqa: S311 - spread, not secrecy
                delay = min(LONGEST_BACK_OFF, 2 * delay)

    async def _listen(self, subscription: redis.client.PubSub) -> None:
        is_pinged = False
        while True:
            message = await subscription.get_message(ignore_subscribe_messages=True, timeout=QUIET_SECONDS)
            if message is None:
                # A dead link is silent too: it is asked once, and given up when the next round is silent as well.
                if is_pinged:
                    raise RedisError("no answer to a ping")
                await asyncio.wait_for(subscription.ping(), PUBLISH_TIMEOUT)
                is_pinged = True
                continue
            is_pinged = False
            if message["type"] == "message":
                self._take(message["data"])

    def _take(self, data: bytes) -> None:
        try:
            origin, wakes = unpack(data)
        except ValueError:
            logger.warning("something else than wakes arrived")
            return
        if origin != self._origin:
            self._hear(wakes)
