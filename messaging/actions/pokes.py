"""Ask a worker to run a sweep at once. Losing a poke costs seconds: the beat table runs the sweep anyway."""

import logging
import time

from celery import current_app

logger = logging.getLogger(__name__)

# One poke starts a sweep that takes everything due, so a burst needs no more; a broker that failed is left alone.
EVERY_SECONDS = 1.0
QUIET_SECONDS = 5.0

_not_before: dict[str, float] = {}


def poke(task: str, *, every: float = EVERY_SECONDS) -> None:
    """Ask for the sweep ``task``, at most ``every`` so many seconds.

    Never raises, and waits for no broker that has just failed.
    """
    now = time.monotonic()
    # Without an address this is a command without a Celery application; the beat's sweep finds the rows.
    if now < _not_before.get(task, 0.0) or not current_app.conf.broker_url:
        return
    _not_before[task] = now + every
    try:
        current_app.send_task(task, retry=False)
    except Exception:
        # Whatever the broker's client raises, the rows are committed.
        _not_before[task] = now + QUIET_SECONDS
        logger.warning("poke for %s was lost", task, exc_info=True)
