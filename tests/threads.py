"""Acts at the same moment, as several workers and web processes do them."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from diaspora_net.core.errors import DomainError


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Run all acts at the same moment, each on its own connection; a refusal is returned, any other error is raised."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
