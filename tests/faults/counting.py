"""The product, with a word about itself: ``/counts`` tells what the sockets of this process have left behind.

``CONTROL`` may name something to break: ``forgetful`` forgets nobody who has gone, ``leftover`` gives an answer whose
asker has gone to whoever asks next, as a shared connection does when a command on it is given up half-way.
"""

import asyncio
import gc
import os
from typing import Any

import orjson

from diaspora_net.asgi import application as product  # loads the apps, so it comes first
from messaging.actions.messages import Verdict
from messaging.consumers import LiveConsumer, live
from messaging.forms.frames import SendFrame
from messaging.realtime.socket import Socket


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer ``/counts``; the product answers everything else."""
    if scope["type"] != "http" or scope["path"] != "/counts":
        await product(scope, receive, send)
        return
    body = orjson.dumps(counts())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def counts() -> dict[str, int]:
    """Return how much there is of what a socket may leave behind."""
    gc.collect()
    alive = [type(one) for one in gc.get_objects()]
    shared = live()
    lanes = [shared.posts, shared.glances, shared.entries, shared.welcomes, shared.typings]
    return {
        "tasks": len(asyncio.all_tasks()),
        "sockets": alive.count(Socket),
        "consumers": alive.count(LiveConsumer),
        "people": len(shared.hub._sockets.people()),
        "wants": len(shared.hub._wants),
        "queued": sum(len(lane._queue) + len(lane._held) + len(lane._busy) for lane in lanes),
        "inside": shared.doors._inside,
    }


def forgetful() -> None:
    """Forget nobody who has gone."""
    LiveConsumer._forget = lambda _consumer: None  # type: ignore[method-assign]


def leftover() -> None:
    """Give an answer whose asker has gone to whoever asks next."""

    def answer(consumer: LiveConsumer, socket: Socket, asked: SendFrame, verdict: Verdict) -> None:
        if socket.is_closed:
            left.append((asked, verdict))
            return
        while left:
            original(consumer, socket, *left.pop())
        original(consumer, socket, asked, verdict)

    left: list[tuple[SendFrame, Verdict]] = []
    original = LiveConsumer._answer
    LiveConsumer._answer = answer  # type: ignore[method-assign]


if control := os.environ.get("CONTROL"):
    {"forgetful": forgetful, "leftover": leftover}[control]()
