"""What runs for ever beside the sockets, and survives every error."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


async def forever(once: Callable[[], Awaitable[None]]) -> None:
    """Run ``once`` again and again; after an error wait a moment and go on."""
    while True:
        try:
            await once()
        except Exception as error:
            # The database may be away: sockets stay, and the next round tries again.
            logger.warning("%s: %s", once.__qualname__, type(error).__name__, exc_info=not isinstance(error, OSError))
            await asyncio.sleep(between(0.3, 0.7))


def between(least: float, most: float) -> float:
    """Return a random pause, so that processes do not act in step."""
    return random.uniform(least, most)  # noqa: S311 - spread, not secrecy
