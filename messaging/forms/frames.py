"""The frames that clients send, checked. PROTOCOL.md describes them."""

import uuid
from dataclasses import dataclass
from typing import Any

import orjson

MOST_BYTES = 16_384
MOST_CURSORS = 1000
MOST_SEQ = 2**62

Rid = str | int | None


class BadFrame(Exception):
    """Refuse a frame that is not of the protocol; ``rid`` is what the client called it, when that could be read."""

    def __init__(self, rid: Rid = None) -> None:
        super().__init__("bad frame")
        self.rid = rid


@dataclass(frozen=True, slots=True)
class SendFrame:
    """Write a message."""

    rid: Rid
    conversation: uuid.UUID
    client_id: uuid.UUID
    text: str


@dataclass(frozen=True, slots=True)
class ResumeFrame:
    """Catch up from what the client has: the last number without a hole, per conversation."""

    rid: str | int
    cursors: dict[str, int]


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """Say up to where one has read."""

    conversation: uuid.UUID
    read: int


@dataclass(frozen=True, slots=True)
class TypingFrame:
    """Say that one is writing."""

    conversation: uuid.UUID


Frame = SendFrame | ResumeFrame | SeenFrame | TypingFrame

KEYS = {
    "send": {"t", "rid", "conversation", "client_id", "text"},
    "resume": {"t", "rid", "cursors"},
    "seen": {"t", "conversation", "read"},
    "typing": {"t", "conversation"},
}


def parse_frame(text: str) -> Frame:
    """Return the frame that ``text`` holds. Raises BadFrame for anything that is not of the protocol."""
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadFrame from None
    if not isinstance(data, dict):
        raise BadFrame
    rid = data.get("rid")
    rid = rid if (isinstance(rid, str) and len(rid) <= 64) or type(rid) is int else None
    kind = data.get("t")
    if not isinstance(kind, str) or set(data) != KEYS.get(kind):
        raise BadFrame(rid)
    try:
        return _frame(kind, rid, data)
    except (ValueError, TypeError):
        raise BadFrame(rid) from None


def _frame(kind: str, rid: Rid, data: dict[str, Any]) -> Frame:
    if kind == "resume":
        cursors = data["cursors"]
        if rid is None or not isinstance(cursors, dict) or len(cursors) > MOST_CURSORS:
            raise ValueError
        return ResumeFrame(rid, {str(_id(talk)): _seq(seq) for talk, seq in cursors.items()})
    if kind == "seen":
        return SeenFrame(_id(data["conversation"]), _seq(data["read"]))
    if kind == "typing":
        return TypingFrame(_id(data["conversation"]))
    if rid is None or not isinstance(data["text"], str):
        raise ValueError
    return SendFrame(rid, _id(data["conversation"]), _id(data["client_id"]), data["text"])


def _id(value: Any) -> uuid.UUID:
    if not isinstance(value, str) or len(value) != 36:
        raise ValueError
    return uuid.UUID(value)


def _seq(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_SEQ:
        raise ValueError
    return value
