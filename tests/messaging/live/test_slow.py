"""One who is slow, or holds a row, delays nobody else."""

import asyncio
import base64
import os
import socket as sockets
import struct
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from diaspora_net.accounts.models import User
from messaging.actions.conversations import open_conversation
from messaging.models import Conversation, Message
from tests.liveserver import Site, session_cookie
from tests.messaging.live.test_consumers import Enter, in_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("leave_no_connection")]
CLOSED = b"\x88\x02" + struct.pack("!H", 1013)


@contextmanager
def row_held(talk: Conversation) -> Iterator[None]:
    """Hold a conversation's row from another connection for the time of a ``with`` block."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=talk.pk)
            held.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    try:
        yield
    finally:
        done.set()
        holder.join()


async def test_others_are_acknowledged_while_somebody_holds_one_conversation(
    enter: Enter, amina: User, salma: User, dana: User, talk: Conversation
) -> None:
    other = await in_database(open_conversation)(participants=[salma, dana], topic="", state="open")
    async with enter(amina) as hers, enter(dana) as wire:
        with row_held(talk):
            ids = [str(uuid.uuid4()) for _number in range(3)]
            for number, client_id in enumerate(ids):
                values = {"conversation": str(talk.pk), "client_id": client_id, "text": f"{number}"}
                await hers.send("send", rid=number, **values)
            assert [(await wire.write(other, f"{number}"))["seq"] for number in range(5)] == [1, 2, 3, 4, 5]
            assert await hers.hears_nothing("ack", during=0.1)
        answers = [await hers.next("ack", "error", rid=number) for number in range(3)]
        # Whoever waited for too long is told to try again, and what was written kept its order.
        acked = [answer["seq"] for answer in answers if answer["t"] == "ack"]
        assert acked == sorted(acked)
        assert {answer.get("code", "retry") for answer in answers} == {"retry"}
        again = [(await hers.write(talk, f"{number}", uuid.UUID(ids[number])))["seq"] for number in range(3)]
        assert sorted(again) == [1, 2, 3]


def deaf_client(site: Site, cookie: str, talk: Conversation) -> sockets.socket:
    """Open a socket by hand, ask for everything, and read nothing."""
    link = sockets.socket()
    link.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    link.connect(("127.0.0.1", site.port))
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /ws/ HTTP/1.1", f"Host: localhost:{site.port}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Origin: {site.url}", f"Cookie: {cookie}", "", "",
    ]  # fmt: skip
    link.sendall("\r\n".join(lines).encode())
    asked = f'{{"t":"resume","rid":1,"cursors":{{"{talk.pk}":0}}}}'.encode()
    assert len(asked) < 126
    link.sendall(b"\x81" + bytes([0x80 | len(asked)]) + b"\0\0\0\0" + asked)
    return link


def write_much(talk: Conversation, sender: User) -> None:
    Message.objects.bulk_create(
        [Message(conversation=talk, seq=seq, sender=sender, text="x" * 4000) for seq in range(1, 3001)]
    )
    Conversation.objects.filter(pk=talk.pk).update(last_seq=3000)


def read_to_the_end(link: sockets.socket) -> bytes:
    """Read until the server says that it closes, or has closed, and return the last bytes."""
    link.settimeout(60)
    tail = b""
    try:
        while not tail.endswith(CLOSED) and (data := link.recv(65_536)):
            tail = (tail + data)[-64:]
    except ConnectionResetError:
        pass
    return tail


@pytest.mark.timeout(180)
async def test_who_reads_nothing_is_cut_off_and_resumes_and_others_do_not_notice(
    live_site: Site, enter: Enter, amina: User, salma: User, dana: User, talk: Conversation
) -> None:
    await in_database(write_much)(talk, salma)
    other = await in_database(open_conversation)(participants=[salma, dana], topic="", state="open")
    link = deaf_client(live_site, await in_database(session_cookie)(amina), talk)
    async with enter(dana) as wire:
        for _second in range(16):
            assert (await wire.write(other, "Not disturbed"))["t"] == "ack"
            await asyncio.sleep(1)
    tail = await asyncio.to_thread(read_to_the_end, link)
    # What lay in the buffers, then the close frame; or, had it not been read in time, the end of the connection.
    assert tail.endswith(CLOSED) or b"\x88\x02" not in tail
    link.close()
    async with enter(amina) as wire:
        await wire.send("resume", rid="r", cursors={str(talk.pk): 2900})
        seqs = [(await wire.next("message", "resumed")).get("seq") for _number in range(101)]
        assert seqs == [*range(2901, 3001), None]
