"""The outbox: what somebody has written and no server has acknowledged, in a file that outlives the program."""

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Letter:
    """A message of one's own: ``client_id`` makes writing it twice the same as once."""

    conversation: str
    client_id: str
    text: str


class Outbox:
    """Letters in the order of writing. A letter is on disk before ``put`` returns."""

    def __init__(self, path: Path) -> None:
        """Open the file, which keeps what an earlier program has left."""
        self._letters: dict[str, Letter] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._read(line)
        self._file = path.open("a", encoding="utf-8")

    def _read(self, line: str) -> None:
        try:
            entry = json.loads(line)
        except ValueError:
            return  # The program ended in the middle of this line, so ``put`` never returned.
        if "done" in entry:
            self._letters.pop(entry["done"], None)
        else:
            self._letters[entry["client_id"]] = Letter(**entry)

    def put(self, conversation: str, text: str) -> Letter:
        """Keep a new letter."""
        letter = Letter(conversation, str(uuid.uuid4()), text)
        self.keep(letter)
        return letter

    def keep(self, letter: Letter) -> None:
        """Keep a letter that has its number already."""
        self._letters[letter.client_id] = letter
        self._write(asdict(letter))

    def done(self, client_id: str) -> bool:
        """Forget a letter that is acknowledged or refused for good; say whether it was here."""
        if self._letters.pop(client_id, None) is None:
            return False
        self._write({"done": client_id})
        return True

    def _write(self, entry: dict[str, str]) -> None:
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; the letters stay in it."""
        self._file.close()

    def __iter__(self) -> Iterator[Letter]:
        return iter(list(self._letters.values()))

    def __len__(self) -> int:
        return len(self._letters)

    def __contains__(self, client_id: str) -> bool:
        return client_id in self._letters
