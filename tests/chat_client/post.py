"""The way without a socket: write and read messages over HTTP."""

import asyncio
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.chat_client.outbox import Letter
from tests.chat_client.rules import ACK_SECONDS

# Any token will do, as long as cookie and header agree.
CSRF_TOKEN = "a" * 32


class Failed(Exception):
    """No answer, or one that asks to try again."""


@dataclass(frozen=True)
class Refused(Exception):
    """An answer that will be the same for ever."""

    code: str


class PostOffice:
    """One person's HTTP, to one server at a time."""

    def __init__(self, origin: str, cookie: str) -> None:
        cookies = f"{cookie}; csrf={CSRF_TOKEN}"
        self._headers = {
            "Cookie": cookies,
            "Origin": origin,
            "X-CSRFToken": CSRF_TOKEN,
            "Content-Type": "application/json",
            "Host": urlsplit(origin).netloc,
        }

    async def write(self, base: str, letter: Letter) -> dict[str, Any]:
        """Write a letter and return its acknowledgement. Raises Failed or Refused."""
        body = json.dumps({"client_id": letter.client_id, "text": letter.text})
        return await self._ask(base, "POST", f"/api/v1/conversations/{letter.conversation}/messages", body)

    async def read(self, base: str, conversation: str, cursor: int) -> list[dict[str, Any]]:
        """Return the messages above ``cursor``. Raises Failed or Refused."""
        path = f"/api/v1/conversations/{conversation}/messages?after={cursor}&limit=200"
        answer = await self._ask(base, "GET", path)
        messages: list[dict[str, Any]] = answer["messages"]
        return messages

    async def _ask(self, base: str, method: str, path: str, body: str | None = None) -> dict[str, Any]:
        return await asyncio.to_thread(self._ask_now, base, method, path, body)

    def _ask_now(self, base: str, method: str, path: str, body: str | None) -> dict[str, Any]:
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=ACK_SECONDS)
        try:
            connection.request(method, path, body, self._headers)
            response = connection.getresponse()
            status, answer = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Failed(type(error).__name__) from error
        finally:
            connection.close()
        if status in {200, 201}:
            values: dict[str, Any] = json.loads(answer)
            return values
        if status >= 500 or status == 429:
            raise Failed(str(status))
        raise Refused(f"{status} {answer[:200]!r}")
