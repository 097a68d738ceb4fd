"""The frames that clients send, checked. PROTOCOL.md describes them."""

import re
from typing import Any, NamedTuple

import orjson

MOST_BYTES = 16_384
MOST_CURSORS = 1000
MOST_SEQ = 2**62
# Ids stay texts, in the one form in which they are compared: nothing here asks what is in them.
ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Rid = str | int | None


class BadFrame(Exception):
    """Refuse a frame that is not of the protocol; ``rid`` is what the client called it, when that could be read."""

    def __init__(self, rid: Rid = None) -> None:
        super().__init__("bad frame")
        self.rid = rid


class SendFrame(NamedTuple):
    """Write a message."""

    rid: Rid
    conversation: str
    client_id: str
    text: str


class ResumeFrame(NamedTuple):
    """Catch up from what the client has: the last number without a hole, per conversation."""

    rid: str | int
    cursors: dict[str, int]


class SeenFrame(NamedTuple):
    """Say up to where one has read."""

    conversation: str
    read: int


class TypingFrame(NamedTuple):
    """Say that one is writing."""

    conversation: str


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
        return ResumeFrame(rid, {_id(talk): _seq(seq) for talk, seq in cursors.items()})
    if kind == "seen":
        return SeenFrame(_id(data["conversation"]), _seq(data["read"]))
    if kind == "typing":
        return TypingFrame(_id(data["conversation"]))
    if rid is None or not isinstance(data["text"], str):
        raise ValueError
    return SendFrame(rid, _id(data["conversation"]), _id(data["client_id"]), data["text"])


def _id(value: Any) -> str:
    known = value.lower() if isinstance(value, str) else ""
    if not ID.fullmatch(known):
        raise ValueError
    return known


def _seq(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_SEQ:
        raise ValueError
    return value
