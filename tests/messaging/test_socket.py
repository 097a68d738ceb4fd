"""One live socket on its own: the order of what it sends."""

import asyncio
from typing import Any

from messaging.realtime.socket import Entry, Socket


async def test_hello_is_the_first_frame_when_news_comes_up_before_it() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    socket = Socket(Entry(1, "p", "en", "key", 0, b""), send)
    socket.push(b"badge")
    await asyncio.sleep(0)
    assert sent == []
    socket.greet(b"hello")
    socket.push(b"message")
    for _turn in range(10):
        await asyncio.sleep(0)
    assert [message["text"] for message in sent] == ["hello", "badge", "message"]
