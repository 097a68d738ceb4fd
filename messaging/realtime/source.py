"""What the hub asks the database, as the hub sees it; ``messaging.queries.live`` answers."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from messaging.realtime.socket import Entry

# A transaction may stamp a row and commit it later than that; nobody's transaction lives longer.
SLACK_SECONDS = 90.0


class Want(NamedTuple):
    """Somebody wants what lies above ``cursor`` in a conversation."""

    entry: Entry
    conversation: str
    cursor: int


class Unseen(NamedTuple):
    """One message with the places, from 1, of the wants that may have it.

    It is the first of the conversation for those in ``firsts``, and by somebody blocked for those in ``folded``; its
    ``files`` are as they travel.
    """

    places: list[int]
    conversation: str
    seq: int
    id: str
    client_id: str
    sender: str | None
    kind: str
    text: str
    at: datetime
    edited_at: datetime | None = None
    is_deleted: bool = False
    firsts: list[int] | None = None
    folded: list[int] | None = None
    files: list[dict[str, Any]] | None = None


class Changed(NamedTuple):
    """A message that was edited or deleted ``age`` seconds ago, and who may know."""

    people: list[int]
    conversation: str
    seq: int
    age: float


class Source(Protocol):
    """Bulk reads, each one statement however many sockets ask. They may raise what the database's client raises."""

    page: int

    async def unseen(self, wants: Sequence[Want]) -> list[Unseen]:
        """Return what each want may have, ordered by conversation and number, at most ``page`` of each conversation."""
        ...

    async def fallen(self, entries: Sequence[Entry]) -> dict[int, bool]:
        """Return the indexes, from 0, of entries by which nobody may be here any more; True while they may sign in."""
        ...

    def ended(self) -> AsyncIterator[str]:
        """Yield what ``queries.rights.ended_rights`` says, as it happens."""
        ...

    async def stirred(self, people: Sequence[int], seconds: float) -> list[tuple[int, str, int]]:
        """Return (person, conversation, newest number) of what was said within ``seconds`` and SLACK_SECONDS."""
        ...

    async def changed(self, people: Sequence[int], seconds: float) -> list[Changed]:
        """Return the messages of their conversations that were changed within ``seconds`` and SLACK_SECONDS."""
        ...

    async def badges(self, people: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return unread messages and unread news of each person."""
        ...
