"""How a sweep works on rows that are due: one after the other, until nothing is left or its time is up."""

import time
from collections.abc import Callable

# It ends before Celery's soft limit and leaves the rest to the next.
SWEEP_SECONDS = 40.0


def in_turns(step: Callable[[], int | None]) -> int:
    """Take one step after the other; return how many did something.

    A step takes the row that has been due longest, in a transaction of its own, and says whether it did something,
    None when nothing is due.
    """
    done, until = 0, time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < until and (result := step()) is not None:
        done += result
    return done
