"""PostgreSQL and Valkey of our own, from wheels, for the demo, the tests and one-off commands.

Both listen on Unix sockets in a private directory, so they take no port and no ordinary person of the machine reaches
them. ``DATABASE_URL`` and ``REDIS_URL`` take their place when they are set. Production never imports this package.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from diaspora_net.embedded.postgres import Postgres
from diaspora_net.embedded.server import Server, ServiceError, die_with_parent
from diaspora_net.embedded.state import State, StateInUse, held_state, read_notes
from diaspora_net.embedded.valkey import Valkey

__all__ = [
    "Postgres",
    "Server",
    "ServiceError",
    "Services",
    "State",
    "StateInUse",
    "Valkey",
    "die_with_parent",
    "held_state",
    "read_notes",
    "running_services",
]

NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Services:
    """Where the services answer, and the ones that are our own (``None`` for one that the environment names)."""

    database_url: str
    redis_url: str
    postgres: Postgres | None
    valkey: Valkey | None

    def environment(self) -> dict[str, str]:
        """Return the variables that the settings read."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def check(self) -> None:
        """Raise ``ServiceError`` when one of our own has ended."""
        for server in (self.postgres, self.valkey):
            if server and not server.is_running():
                raise ServiceError(f"{server.name} ended by itself; see {server.log}.")


def _keep_quiet(_step: str) -> None:
    """Report nothing."""


def _stop(server: Server, report: Callable[[str], None]) -> None:
    if server.process:
        server.stop()
        report(f"{server.name} stopped")


@contextmanager
def running_services(
    state: State, report: Callable[[str], None] = _keep_quiet, postgres_settings: Mapping[str, str] = NO_SETTINGS
) -> Iterator[Services]:
    """Run what the environment does not name, for the time of a ``with`` block.

    ``report`` hears of each step once it is done; ``postgres_settings`` are added to the usual ones. Stops in reverse
    order. Raises ``ServiceError``.
    """
    database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    postgres = None if database_url else Postgres(state.directory, state.sockets, postgres_settings)
    valkey = None if redis_url else Valkey(state.directory, state.sockets)
    with ExitStack() as stack:
        for server in (postgres, valkey):
            if server:
                stack.callback(_stop, server, report)
                server.start()
                report(f"{server.name} started")
        yield Services(
            postgres.url if postgres else database_url, valkey.url if valkey else redis_url, postgres, valkey
        )
