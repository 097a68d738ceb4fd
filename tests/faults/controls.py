"""The product broken on purpose: each control takes one guarantee away, and the checker has to see it.

``CONTROL`` names what is broken in this web process; ``uvicorn tests.faults.controls:application`` runs it. ``paused``
has the pauses of the controls and nothing taken away: under it every promise must hold.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import orjson
from psycopg import AsyncConnection

from diaspora_net.asgi import application  # loads the apps, so it comes first
from messaging import consumers
from messaging.actions.lane import Lane
from messaging.actions.messages import Draft, Verdict, post_messages
from messaging.forms.frames import ResumeFrame, SendFrame
from messaging.payloads import frame
from messaging.queries import pool
from messaging.realtime import Wake, hub, watch
from messaging.realtime.socket import Socket

__all__ = ["application"]

COMMIT_LATE_SECONDS = float(os.environ.get("COMMIT_LATE", "3"))
JOIN_LATE_SECONDS = 4.0
NEVER = 3600.0


def put(owner: Any, name: str, value: Any) -> None:
    """Replace something of the product. Raises AttributeError when there is no such thing any more."""
    getattr(owner, name)
    setattr(owner, name, value)


def without_poll() -> None:
    """Leave only the wakes: neither the safety poll nor the look after a return of Valkey heals what they miss."""
    put(watch, "POLL_SECONDS", (NEVER, NEVER))
    put(watch.Watch, "poll_soon", lambda _watch: None)


def quick_poll() -> None:
    """Take nothing away; only look more often, so that a test need not wait long."""
    put(watch, "POLL_SECONDS", (1.0, 1.5))


def write_by(post: Callable[[Any, Sequence[Draft]], Awaitable[list[Verdict]]]) -> None:
    """Let the sockets of this process write by another function."""

    def begin(this: consumers.Live) -> None:
        original(this)
        this.posts = Lane(post)

    original = consumers.Live.__init__
    put(consumers.Live, "__init__", begin)


def push() -> None:
    """Send the message itself between processes instead of a wake, and read nothing after, nor when asked to."""
    without_poll()

    def answer(consumer: Any, socket: Socket, asked: SendFrame, verdict: Verdict) -> None:
        people, verdict = verdict.people, Verdict(verdict.code, verdict.posted, verdict.wait, ())
        original_answer(consumer, socket, asked, verdict)
        if people and verdict.posted:
            known = {"conversation": asked.conversation, "seq": verdict.posted.seq, "client_id": asked.client_id}
            text = orjson.dumps(
                {**known, "id": verdict.posted.id, "text": asked.text, "at": verdict.posted.at}
            ).decode()
            consumers.live().hub.tell([Wake("pushed", people, str(asked.conversation), verdict.posted.seq, text)])

    def hear(this: hub.Hub, wakes: Iterable[Wake]) -> None:
        for wake in wakes:
            if wake.kind != "pushed":
                original_hear(this, [wake])
                continue
            for socket in this._sockets.of(wake.people):
                socket.push(frame("message", **orjson.loads(wake.by)))
                socket.cursors[wake.conversation] = wake.number

    def resume(_hub: hub.Hub, socket: Socket, rid: str | int, _cursors: dict[str, int]) -> None:
        socket.push(frame("resumed", rid=rid))

    original_answer, original_hear = consumers.LiveConsumer._answer, hub.Hub.hear
    put(consumers.LiveConsumer, "_answer", answer)
    put(hub.Hub, "hear", hear)
    put(hub.Hub, "resume", resume)


def early_ack() -> None:
    """Acknowledge when the statement has run, and commit a little later."""

    async def post(_connection: Any, drafts: Sequence[Draft]) -> list[Verdict]:
        own = await AsyncConnection.connect(**pool.connection_values())
        verdicts = await post_messages(own, drafts)

        async def commit() -> None:
            await asyncio.sleep(COMMIT_LATE_SECONDS)
            await own.commit()
            await own.close()

        tasks.add(asyncio.create_task(commit()))
        return verdicts

    tasks: set[asyncio.Task[None]] = set()
    write_by(post)


def late_join() -> None:
    """Read what was missed first, and hear of what is new only some time after."""
    without_poll()

    def resume(this: hub.Hub, socket: Socket, rid: str | int, cursors: dict[str, int]) -> None:
        original_resume(this, socket, rid, cursors)
        asyncio.get_running_loop().call_later(JOIN_LATE_SECONDS, original_add, this, socket)

    original_resume, original_add = hub.Hub.resume, hub.Hub.add
    put(hub.Hub, "add", lambda this, _socket: this._start())
    put(hub.Hub, "resume", resume)


def paused() -> None:
    """Take nothing away; commit as late as ``early_ack`` and read as late as ``late_join``, with no poll to heal it."""
    without_poll()

    async def post(_connection: Any, drafts: Sequence[Draft]) -> list[Verdict]:
        async with await AsyncConnection.connect(**pool.connection_values()) as own:
            verdicts = await post_messages(own, drafts)
            await asyncio.sleep(COMMIT_LATE_SECONDS)
        return verdicts

    async def take(consumer: Any, socket: Socket, asked: Any) -> None:
        await asyncio.sleep(JOIN_LATE_SECONDS)
        original_take(consumer, socket, asked)

    def take_later(consumer: Any, socket: Socket, asked: Any) -> None:
        if isinstance(asked, ResumeFrame):
            tasks.add(asyncio.create_task(take(consumer, socket, asked)))
        else:
            original_take(consumer, socket, asked)

    tasks: set[asyncio.Task[None]] = set()
    write_by(post)
    original_take = consumers.LiveConsumer._take
    put(consumers.LiveConsumer, "_take", take_later)


CONTROLS: dict[str, Callable[[], None]] = {
    one.__name__: one for one in (push, early_ack, late_join, paused, quick_poll)
}
CONTROLS[os.environ["CONTROL"]]()
