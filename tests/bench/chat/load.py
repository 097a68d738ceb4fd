"""The load: a process of its own that keeps many sockets and does what it is told, one JSON line in, one out.

    {"do": "open", "count": 1000}          {"do": "saturate", "flight": 64, "seconds": 6}
    {"do": "steady", "rate": 50, …}        {"do": "drop"} and {"do": "come_back", "missed": 20}
    {"do": "hold", "seconds": 60}

The first line names the servers, their wire and who the people are. Every client keeps the rules of
``tests.chat_client.rules``; a message counts once it is acknowledged *and* has reached the other side.
"""

import asyncio
import json
import math
import random
import resource
import sys
import time
import uuid
from typing import Any

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.bench.chat.wires import WIRES, Frame
from tests.chat_client.rules import Place, back_off, place_of

TEXT = "Could you look at the pressure curve of pump 3 before Thursday? It drops after about forty minutes."
AT_ONCE = 50
LATE_SECONDS = 20.0


class Sent:
    """One message under way."""

    __slots__ = ("acked", "at", "reached", "reader")

    def __init__(self, at: float, reader: int) -> None:
        self.at, self.reader = at, reader
        self.acked = self.reached = 0.0


class Person(WSListener):
    """One open socket of somebody."""

    def __init__(self, load: "Load", index: int) -> None:
        self.load, self.index = load, index
        self.transport: WSTransport | None = None
        self.cursors: dict[str, int] = {}
        self.ready: asyncio.Future[None] = load.loop.create_future()
        self.is_back = False

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep the way to write."""
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Count what nobody asked for."""
        self.transport = None
        if not self.load.is_dropping:
            self.load.lost_links += 1
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("closed before ready"))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take a frame."""
        if frame.msg_type != WSMsgType.TEXT:
            return
        payload = frame.get_payload_as_bytes()
        answer = self.load.wire.answer(payload)
        if answer is not None:
            transport.send(WSMsgType.TEXT, answer)
            return
        self.take(self.load.wire.decode(payload))

    def say(self, frame: Frame) -> None:
        """Send a frame; on a dead link it is lost, as it would be."""
        if self.transport is not None:
            self.transport.send(WSMsgType.TEXT, self.load.wire.encode(frame))

    def take(self, frame: Frame) -> None:
        """Act on a frame."""
        kind = frame.get("t")
        if kind == "message":
            self.take_message(frame)
        elif kind == "ack":
            self.load.acked(frame["client_id"])
        elif kind == "hello":
            if self.is_back:
                self.say({"t": "resume", "rid": 1, "cursors": self.cursors})
            else:
                self.cursors = frame["conversations"]
                self.done()
        elif kind == "resumed":
            self.done()
        elif kind == "error":
            self.load.errors[frame["code"]] = self.load.errors.get(frame["code"], 0) + 1

    def take_message(self, frame: Frame) -> None:
        """Move the cursor, or ask again over a gap."""
        talk, seq = frame["conversation"], frame["seq"]
        place = place_of(seq, self.cursors.get(talk, 0))
        if place is Place.NEXT:
            self.cursors[talk] = seq
            self.load.reached(frame["client_id"], self.index)
        elif place is Place.GAP:
            self.load.gaps += 1
            self.say({"t": "resume", "rid": seq, "cursors": {talk: self.cursors.get(talk, 0)}})

    def done(self) -> None:
        """Tell that the socket may be used."""
        if not self.ready.done():
            self.ready.set_result(None)


class Load:
    """All sockets, and what is under way between them."""

    def __init__(self, setup: dict[str, Any]) -> None:
        self.loop = asyncio.get_running_loop()
        self.wire = WIRES[setup["wire"]]()
        self.bases: list[str] = setup["bases"]
        self.origin: str = setup["origin"]
        self.people: list[dict[str, Any]] = setup["people"]
        self.talks: list[tuple[str, int, int]] = setup["talks"]
        self.chance = random.Random(setup["seed"])
        self.open: dict[int, Person] = {}
        self.usable: list[tuple[str, int, int]] = []
        self.waiting: dict[str, Sent] = {}
        self.sent: list[Sent] = []
        self.errors: dict[str, int] = {}
        self.gaps = self.lost_links = self.failed = 0
        self.is_dropping = False
        self.refill_until = 0.0

    # ── sockets ─────────────────────────────────────────────────────────────────────────────────────────────────────
    async def enter(self, index: int, cursors: dict[str, int] | None) -> None:
        """Open the socket of somebody; with ``cursors`` they come back and catch up."""
        attempt = 0
        while True:
            person = Person(self, index)
            if cursors is not None:
                person.cursors, person.is_back = cursors, True
            headers = {"Cookie": self.people[index]["cookie"], "Origin": self.origin}
            url = self.bases[index % len(self.bases)] + self.wire.path
            try:
                await ws_connect(lambda here=person: here, url, extra_headers=headers, websocket_handshake_timeout=60)
                await asyncio.wait_for(person.ready, 90)
            except Exception:  # whatever it was, it is counted and tried again
                self.failed += 1
                attempt += 1
                if attempt > 8:
                    raise
                await asyncio.sleep(back_off(attempt, self.chance, 5))
                continue
            self.open[index] = person
            return

    async def do_open(self, count: int) -> Frame:
        """Open sockets until ``count`` people are here."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def enter(index: int) -> None:
            async with gate:
                await self.enter(index, None)

        began = time.monotonic()
        await asyncio.gather(*(enter(index) for index in range(count) if index not in self.open))
        self.usable = [talk for talk in self.talks if talk[1] in self.open and talk[2] in self.open]
        return {"seconds": time.monotonic() - began, "failed": self.failed}

    async def do_drop(self) -> Frame:
        """Close every socket without goodbye."""
        self.is_dropping = True
        for person in self.open.values():
            if person.transport is not None:
                person.transport.disconnect(graceful=False)
        await asyncio.sleep(0.5)
        self.is_dropping = False
        return {}

    async def do_come_back(self, missed: int) -> Frame:
        """Let everybody return at once, with ``missed`` messages to catch up; return when the last one has them."""
        before = {index: person.cursors for index, person in self.open.items()}
        heads = {index: sum(cursors.values()) for index, cursors in before.items()}
        self.failed, began = 0, time.monotonic()
        await asyncio.gather(*(self.enter(index, cursors) for index, cursors in before.items()))
        took = time.monotonic() - began
        short = [i for i, person in self.open.items() if sum(person.cursors.values()) < heads[i] + missed]
        return {"seconds": took, "failed": self.failed, "short": len(short)}

    async def do_hold(self, seconds: float) -> Frame:
        """Do nothing but keep the sockets open."""
        await asyncio.sleep(seconds)
        return {"lost_links": self.lost_links}

    # ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────
    def post(self, at: float) -> None:
        """Send one message in any conversation whose both people are here."""
        talk, first, second = self.chance.choice(self.usable)
        writer, reader = (first, second) if self.chance.random() < 0.5 else (second, first)
        client_id = str(uuid.uuid4())
        self.waiting[client_id] = message = Sent(at, reader)
        self.sent.append(message)
        frame = {"t": "send", "rid": 1, "conversation": talk, "client_id": client_id, "text": TEXT}
        self.open[writer].say(frame)

    def acked(self, client_id: str) -> None:
        """Note an acknowledgement."""
        if message := self.waiting.get(client_id):
            message.acked = time.monotonic()
            self.settle(client_id, message)

    def reached(self, client_id: str, index: int) -> None:
        """Note that a message has reached somebody."""
        message = self.waiting.get(client_id)
        if message and message.reader == index:
            message.reached = time.monotonic()
            self.settle(client_id, message)

    def settle(self, client_id: str, message: Sent) -> None:
        """Forget a message that is through; in a closed loop the next one leaves."""
        if message.acked and message.reached:
            del self.waiting[client_id]
            now = time.monotonic()
            if now < self.refill_until:
                self.post(now)

    def begin(self) -> None:
        """Forget what was measured before."""
        self.waiting, self.sent, self.errors = {}, [], {}
        self.gaps = self.lost_links = 0

    async def wait_for_late(self) -> None:
        """Wait for what is under way, but not for ever."""
        for _look in range(int(LATE_SECONDS / 0.02)):
            if not self.waiting:
                return
            await asyncio.sleep(0.02)

    async def do_saturate(self, flight: int, seconds: float) -> Frame:
        """Keep ``flight`` messages under way for ``seconds``."""
        self.begin()
        began, spent = time.monotonic(), time.process_time()
        self.refill_until = began + seconds
        for _number in range(flight):
            self.post(time.monotonic())
        await asyncio.sleep(seconds)
        done = sum(1 for one in self.sent if one.acked and one.reached)
        client_us = (time.process_time() - spent) * 1e6 / max(1, done)
        await self.wait_for_late()
        return {"messages_per_second": done / seconds, "done": done, "client_us": client_us} | self.figures()

    async def do_steady(self, rate: float, seconds: float) -> Frame:
        """Send at ``rate`` a second whatever comes back; times count from the intended moment."""
        self.begin()
        began = due = time.monotonic()
        while due < began + seconds:
            due += self.chance.expovariate(rate)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.post(due)
        await self.wait_for_late()
        return self.figures()

    def figures(self) -> Frame:
        """Return counts, and times in milliseconds."""
        through = [one for one in self.sent if one.acked and one.reached]
        return {
            "sent": len(self.sent),
            "acked": sum(1 for one in self.sent if one.acked),
            "reached": sum(1 for one in self.sent if one.reached),
            "ack": spread([(one.acked - one.at) * 1000 for one in through]),
            "receive": spread([(one.reached - one.at) * 1000 for one in through]),
            "errors": self.errors,
            "gaps": self.gaps,
            "lost_links": self.lost_links,
        }


def spread(values: list[float]) -> dict[str, float]:
    """Return percentiles; of nothing, nothing."""
    if not values:
        return {}
    ranked = sorted(values)
    cuts = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {name: round(ranked[max(0, math.ceil(len(ranked) * cut) - 1)], 2) for name, cut in cuts.items()}


def raise_open_files() -> None:
    """Allow this process, and those it starts, as many open files as it may have."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def main() -> None:
    """Read commands until there are no more."""
    loop = asyncio.get_running_loop()
    load: Load | None = None
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        if load is None:
            load, answer = Load(asked), {}
        else:
            answer = await getattr(load, f"do_{asked.pop('do')}")(**asked)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    raise_open_files()
    uvloop.run(main())
