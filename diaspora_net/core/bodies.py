"""How much one request may bring: the rest is refused before anybody reads it, or keeps it anywhere."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from diaspora_net.core.uploads.kinds import MOST_BYTES

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# Scope, receive and send; every library spells their types in its own way.
Application = Callable[..., Awaitable[None]]

# Five files of a form and what stands around them.
MOST = 5 * MOST_BYTES + 1024 * 1024
ANSWER = b"This is too large: a message can hold 5 files of 10 MB each. Go back, and send less at once.\n"


class LimitedBody:
    """Pass HTTP requests on to ``application`` while their bodies stay below ``most`` bytes; else answer 413."""

    def __init__(self, application: Application, most: int = MOST) -> None:
        self.application = application
        self.most = most

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Refuse by the announced length at once, and a body of unannounced length when it has become too long."""
        announced = dict(scope.get("headers", ())).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced[:20]) > self.most:
            await self._refuse(send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen <= self.most:
                return message
            await self._refuse(send)
            # Whoever reads stops here, as if the sender had gone.
            return {"type": "http.disconnect"}

        await self.application(scope, counted, send)

    async def _refuse(self, send: Send) -> None:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(ANSWER))]
        await send({"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]})
        await send({"type": "http.response.body", "body": ANSWER})
