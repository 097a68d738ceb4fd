"""Fixtures of the tests that watch clocks: sockets to a real web process."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from diaspora_net.accounts.models import User
from tests.liveserver import Site, live_site
from tests.messaging.live.wire import Wire, open_wire

__all__ = ["live_site"]

OpenWire = Callable[..., AbstractAsyncContextManager[Wire]]


@pytest.fixture
async def leave_no_connection() -> AsyncIterator[None]:
    """Close the connection of the thread in which a waiting test uses the database."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def enter(live_site: Site) -> OpenWire:
    """Return a function that opens a socket for somebody and has read its hello."""

    @asynccontextmanager
    async def entered(user: User, **options: object) -> AsyncIterator[Wire]:
        async with open_wire(live_site, user, **options) as wire:
            yield wire

    return entered
