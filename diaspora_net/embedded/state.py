"""The state directory: one holder at a time, and the notes by which others join it."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from diaspora_net.embedded.server import ServiceError

SOCKETS_PREFIX = "diaspora-net-"


class StateInUse(ServiceError):
    """Another copy holds the state directory; its ``notes`` have no ``purpose`` while it still starts."""

    def __init__(self, state: Path, notes: Mapping[str, Any]) -> None:
        """Say who holds the directory."""
        self.notes = notes
        holder = notes.get("purpose", "Another copy, which is still starting,")
        super().__init__(f"{holder} is already running in {state}. Stop it first (Ctrl-C where it runs).")


class State:
    """A state directory that this process holds: until it closes it or ends, nobody else starts services there."""

    def __init__(self, directory: Path) -> None:
        """Make and lock the directory. Raises ``StateInUse``, or ``ServiceError`` when it cannot be ours."""
        self.directory = directory
        try:
            if not directory.exists():
                directory.mkdir(parents=True)
                # PostgreSQL runs under another account when we are root, and has to come through.
                directory.chmod(0o700 if os.geteuid() else 0o755)
            # In a directory that everybody writes to, somebody else may have put a link or a trap of that name.
            if {directory.lstat().st_uid, directory.stat().st_uid} != {os.geteuid()}:
                raise ServiceError(f"{directory} belongs to somebody else. Name another directory with STATE=.")
            self._lock = (directory / "lock").open("a+")
        except OSError as error:
            raise ServiceError(f"{directory} cannot be used: {error.strerror}. Name another with STATE=.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise StateInUse(directory, read_notes(directory)) from None
        left = read_notes(directory).get("sockets", "")  # by a holder that was killed
        if Path(left).name.startswith(SOCKETS_PREFIX):
            shutil.rmtree(left, ignore_errors=True)
        # Short, because the path of a Unix socket has to fit into 107 bytes.
        self.sockets = Path(tempfile.mkdtemp(prefix=SOCKETS_PREFIX))
        self.write_notes()

    def write_notes(self, **notes: Any) -> None:
        """Write what others need to join, replacing earlier notes."""
        self._lock.truncate(0)
        self._lock.write(json.dumps({"pid": os.getpid(), "sockets": str(self.sockets), **notes}))
        self._lock.flush()

    def close(self) -> None:
        """Let go of the directory, keeping what is in it."""
        shutil.rmtree(self.sockets, ignore_errors=True)
        self._lock.truncate(0)
        self._lock.close()


def read_notes(directory: Path) -> dict[str, Any]:
    """Return the notes of the holder, empty when there are none yet."""
    try:
        notes = json.loads((directory / "lock").read_text())
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


@contextmanager
def held_state(directory: Path) -> Iterator[State]:
    """Hold ``directory`` for the time of a ``with`` block. Raises ``ServiceError``."""
    state = State(directory)
    try:
        yield state
    finally:
        state.close()
