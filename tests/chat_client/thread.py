"""One conversation as a client shows it: an unbroken line of messages, each once."""

from typing import Any

from tests.chat_client.rules import Place, place_of

Line = tuple[int, str, str]


class Thread:
    """``lines`` are (number, client id, text) as shown; ``cursor`` is the last number without a hole below it."""

    def __init__(self, conversation: str) -> None:
        self.conversation = conversation
        self.lines: list[Line] = []
        self.is_asking = False

    @property
    def cursor(self) -> int:
        """Return the number of the newest message shown."""
        return self.lines[-1][0] if self.lines else 0

    def take(self, message: dict[str, Any]) -> Place:
        """Show a message if it is the next one; say what it was."""
        place = place_of(message["seq"], self.cursor)
        if place is Place.NEXT:
            self.lines.append((message["seq"], message["client_id"], message["text"]))
        return place

    def forget(self) -> None:
        """Show nothing any more: another history begins."""
        self.lines = []
