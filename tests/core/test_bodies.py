"""Bodies of requests: the last byte that passes, and the first that does not."""

from collections.abc import Sequence
from typing import Any

import pytest

from diaspora_net.core.bodies import LimitedBody


async def ask(headers: dict[str, str], pieces: Sequence[bytes]) -> tuple[int, int]:
    """Send ``pieces`` through a limit of 10 bytes; return the status and how many bytes came through."""
    sent: list[Any] = []
    taken = 0
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def application(_scope: Any, receive: Any, send: Any) -> None:
        nonlocal taken
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            taken += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    await LimitedBody(application, 10)({"type": "http", "headers": lines}, receive, send)
    return sent[0]["status"], taken


@pytest.mark.parametrize(
    ("headers", "pieces", "status", "taken"),
    [
        ({}, [], 200, 0),
        ({"content-length": "10"}, [b"x" * 10], 200, 10),
        ({"content-length": "11"}, [b"x" * 11], 413, 0),
        ({"content-length": "9" * 400}, [b"x"], 413, 0),
        ({"content-length": "-1"}, [b"x"], 413, 0),
        ({"content-length": "x"}, [b"x"], 413, 0),
        ({}, [b"x" * 6, b"x" * 4], 200, 10),
        ({}, [b"x" * 6, b"x" * 5, b"x" * 9], 413, 6),
        ({"content-length": "1"}, [b"x" * 6, b"x" * 5], 413, 6),
    ],
)
async def test_body_passes_up_to_its_limit(
    headers: dict[str, str], pieces: list[bytes], status: int, taken: int
) -> None:
    assert await ask(headers, pieces) == (status, taken)
