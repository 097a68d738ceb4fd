"""What goes over the wire, for each kind of server: our own frames, or the same values as socket.io's events."""

from typing import Any

import orjson

Frame = dict[str, Any]


class OwnWire:
    """The frames of messaging/PROTOCOL.md."""

    path = "/ws/"

    def encode(self, frame: Frame) -> bytes:
        """Return the frame as sent."""
        return orjson.dumps(frame)

    def decode(self, payload: bytes) -> Frame:
        """Return the frame that has arrived."""
        frame: Frame = orjson.loads(payload)
        return frame

    def answer(self, payload: bytes) -> bytes | None:
        """Return what the transport itself has to answer, if anything."""
        return None


class SocketIoWire(OwnWire):
    """The same values as events of socket.io, over its WebSocket transport (engine.io 4)."""

    path = "/socket.io/?EIO=4&transport=websocket"

    def encode(self, frame: Frame) -> bytes:
        """Return the frame as an event named by its type."""
        return b"42" + orjson.dumps([frame["t"], frame])

    def decode(self, payload: bytes) -> Frame:
        """Return an event as a frame; what is not an event is an empty one."""
        if not payload.startswith(b"42"):
            return {}
        name, frame = orjson.loads(payload[2:])
        return {**frame, "t": name}

    def answer(self, payload: bytes) -> bytes | None:
        """Join the namespace when greeted, answer pings."""
        if payload.startswith(b"0"):
            return b"40"
        return b"3" if payload == b"2" else None


WIRES = {"own": OwnWire, "socket.io": SocketIoWire}
