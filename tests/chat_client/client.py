"""The client: one person's outbox and threads over whichever server answers.

    write ──► outbox (file) ──► send, at most IN_FLIGHT unanswered ──► ack ──► out of the outbox
    connect ──► hello ──► resume from the cursors ──► messages in order; over a gap ask again

A link that does not acknowledge in time is dead: the next one goes to another server, after full jitter. After a few
failed connects the client writes and reads by HTTP between its tries.
"""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.chat_client.history import History
from tests.chat_client.outbox import Letter, Outbox
from tests.chat_client.post import Failed, PostOffice, Refused
from tests.chat_client.rules import ACK_SECONDS, CONNECTS_BEFORE_HTTP, Place, back_off
from tests.chat_client.thread import Thread

IN_FLIGHT = 8
LONGEST_WAIT = 4.0
# How long a silent link is asked whether it lives, and how long its answer may take.
PING_SECONDS = 5.0
FINAL = {"invalid", "too_long", "forbidden", "closed", "idempotency_mismatch"}


class ChatClient:
    """``bases`` are addresses like http://127.0.0.1:8000; files of its own stand in ``directory``."""

    def __init__(
        self, name: str, bases: Sequence[str], *, cookie: str, origin: str, directory: Path, seed: int = 0
    ) -> None:
        self.name, self.bases, self.origin, self.cookie = name, bases, origin, cookie
        self.outbox = Outbox(directory / f"{name}.outbox")
        self.history = History(directory / f"{name}.jsonl", name)
        self.threads: dict[str, Thread] = {}
        self.epoch = ""
        self.links = 0
        self.written = 0
        self._chance = random.Random(seed)
        self._office = PostOffice(origin, cookie)
        self._unanswered: dict[str, float] = {}
        self._not_before: dict[str, float] = {}
        self._ask_at = 0.0
        self._gains = 0
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what is not acknowledged stays in the outbox."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.outbox.close()
        self.history.close()

    def write(self, conversation: str, text: str) -> Letter:
        """Write a message; it leaves when it can."""
        letter = self.outbox.put(conversation, text)
        self._leave(letter)
        return letter

    def write_again(self, letter: Letter) -> None:
        """Write a letter that may have left by another way already."""
        self.outbox.keep(letter)
        self._leave(letter)

    def _leave(self, letter: Letter) -> None:
        self.written += 1
        values = {"conversation": letter.conversation, "client_id": letter.client_id, "text": letter.text}
        self.history.note("write", **values)
        self._work.set()

    # ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _run(self) -> None:
        failed = fruitless = 0
        for turn in range(self._chance.randrange(len(self.bases)), 1_000_000):
            base = self.bases[turn % len(self.bases)]
            self._unanswered.clear()
            self._ask_at = 0.0
            links, gains = self.links, self._gains
            try:
                await self._link(base)
            except (OSError, WebSocketException, TimeoutError, ValueError) as error:
                self.history.note("lost", why=type(error).__name__, base=base)
            failed = 0 if self.links > links else failed + 1
            if failed >= CONNECTS_BEFORE_HTTP:
                await self._by_http(base)
            # A server that lets people in and throws them out again must not be stormed either.
            fruitless = 0 if self._gains > gains else fruitless + 1
            await asyncio.sleep(back_off(fruitless, self._chance, LONGEST_WAIT))

    async def _link(self, base: str) -> None:
        options: dict[str, Any] = {"origin": self.origin, "additional_headers": {"Cookie": self.cookie}, "proxy": None}
        times = {"open_timeout": ACK_SECONDS, "ping_interval": PING_SECONDS, "ping_timeout": PING_SECONDS}
        async with connect(f"{base.replace('http', 'ws', 1)}/ws/", close_timeout=1, **options, **times) as link:
            async with asyncio.timeout(ACK_SECONDS):
                await self._enter(link, json.loads(await link.recv()))
            self.links += 1
            self.history.note("link", base=base)
            sending = asyncio.create_task(self._send_all(link))
            try:
                await self._listen(link, sending)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _enter(self, link: ClientConnection, hello: dict[str, Any]) -> None:
        if hello["t"] != "hello":
            raise ValueError("the first frame is no hello")
        if self.epoch not in {"", hello["epoch"]}:
            self.history.note("epoch")
            for thread in self.threads.values():
                thread.forget()
        self.epoch = hello["epoch"]
        for conversation in hello["conversations"]:
            self.threads.setdefault(conversation, Thread(conversation))
        await self._ask(link, list(self.threads.values()))

    async def _ask(self, link: ClientConnection, threads: list[Thread]) -> None:
        cursors = {thread.conversation: thread.cursor for thread in threads}
        for thread in threads:
            thread.is_asking = True
        rid = "resume:" + (threads[0].conversation if len(threads) == 1 else "")
        await link.send(json.dumps({"t": "resume", "rid": rid, "cursors": cursors}))

    # ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _send_all(self, link: ClientConnection) -> None:
        while True:
            self._work.clear()
            now = time.monotonic()
            if 0 < self._ask_at <= now:
                self._ask_at = 0.0
                await self._ask(link, list(self.threads.values()))
            for letter in self.outbox:
                if len(self._unanswered) >= IN_FLIGHT:
                    break
                is_due = self._not_before.get(letter.client_id, 0) <= now
                if letter.client_id not in self._unanswered and is_due:
                    self._unanswered[letter.client_id] = now
                    await self._send(link, letter)
            # Not wait_for, which forgets in Python 3.11 that it was cancelled when the event comes at that moment.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.25):
                    await self._work.wait()

    async def _send(self, link: ClientConnection, letter: Letter) -> None:
        frame = {"t": "send", "rid": letter.client_id, "conversation": letter.conversation}
        await link.send(json.dumps({**frame, "client_id": letter.client_id, "text": letter.text}))

    # ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _listen(self, link: ClientConnection, sending: asyncio.Task[None]) -> None:
        """Take frames until the link ends or is dead."""
        while True:
            if sending.done():
                await sending
            try:
                async with asyncio.timeout(0.5):
                    frame = json.loads(await link.recv())
            except TimeoutError:
                self._check_acks()
                continue
            await self._take(link, frame)
            self._check_acks()

    def _check_acks(self) -> None:
        now = time.monotonic()
        if any(now - since > ACK_SECONDS for since in self._unanswered.values()):
            raise TimeoutError("no acknowledgement")

    async def _take(self, link: ClientConnection, frame: dict[str, Any]) -> None:
        kind = frame["t"]
        if kind == "message":
            await self._take_message(link, frame)
        elif kind == "ack":
            self._take_ack(frame, "socket")
        elif kind == "resumed":
            for conversation, thread in self.threads.items():
                if frame["rid"] in {"resume:", f"resume:{conversation}"}:
                    thread.is_asking = False
        elif kind == "error":
            self._take_error(frame)

    async def _take_message(self, link: ClientConnection, frame: dict[str, Any]) -> None:
        thread = self.threads.setdefault(frame["conversation"], Thread(frame["conversation"]))
        if self._show(thread, frame) is Place.GAP and not thread.is_asking:
            self.history.note("gap", conversation=thread.conversation, seq=frame["seq"], cursor=thread.cursor)
            await self._ask(link, [thread])

    def _show(self, thread: Thread, message: dict[str, Any]) -> Place:
        place = thread.take(message)
        if place is Place.NEXT:
            self._gains += 1
            values = {"seq": message["seq"], "client_id": message["client_id"], "text": message["text"]}
            self.history.note("shown", conversation=thread.conversation, **values)
        return place

    def _take_ack(self, ack: dict[str, Any], way: str) -> None:
        client_id = ack["client_id"]
        self._unanswered.pop(client_id, None)
        if self.outbox.done(client_id):
            self._gains += 1
            values = {"client_id": client_id, "seq": ack["seq"], "dup": ack["dup"], "way": way}
            self.history.note("ack", conversation=ack["conversation"], **values)
        self._work.set()

    def _take_error(self, frame: dict[str, Any]) -> None:
        client_id, code = frame["rid"], frame["code"]
        if str(client_id).startswith("resume:"):
            self._ask_at = time.monotonic() + (frame.get("retry_after") or back_off(1, self._chance))
            return
        if client_id not in self._unanswered:
            self.history.note("error", code=code, rid=client_id)
            return
        del self._unanswered[client_id]
        if code in FINAL:
            self.outbox.done(client_id)
            self.history.note("refused", client_id=client_id, code=code)
        else:
            wait = frame.get("retry_after") or back_off(1, self._chance)
            self._not_before[client_id] = time.monotonic() + wait

    # ── without a socket ────────────────────────────────────────────────────────────────────────────────────────────
    async def _by_http(self, base: str) -> None:
        """Write what waits and read what is new, as long as the server answers."""
        try:
            for letter in self.outbox:
                await self._write_by_http(base, letter)
            for thread in self.threads.values():
                for message in await self._office.read(base, thread.conversation, thread.cursor):
                    self._show(thread, message)
        except (Failed, Refused) as error:
            self.history.note("http failed", why=str(error))

    async def _write_by_http(self, base: str, letter: Letter) -> None:
        try:
            self._take_ack(await self._office.write(base, letter), "http")
        except Refused as refused:
            self.outbox.done(letter.client_id)
            self.history.note("refused", client_id=letter.client_id, code=refused.code)
