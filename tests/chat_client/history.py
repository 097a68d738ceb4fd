"""What a client did and saw, as JSON lines: the evidence that a checker judges later."""

import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class History:
    """Write events of one client: ``e`` is what happened, ``at`` the seconds of the machine's steady clock."""

    def __init__(self, path: Path, who: str) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._who = who

    def note(self, event: str, **values: Any) -> None:
        """Write one event."""
        entry = {"who": self._who, "e": event, "at": round(time.monotonic(), 4), **values}
        self._file.write(json.dumps(entry) + "\n")

    def close(self) -> None:
        """Write what is still in memory, and close."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()


def read_histories(directory: Path) -> list[dict[str, Any]]:
    """Return the events of every client, by time."""
    events = [json.loads(line) for path in sorted(directory.glob("*.jsonl")) for line in path.read_text().splitlines()]
    return sorted(events, key=lambda event: event["at"])
