"""Who was in a conversation when somebody here last wrote in it: whom to ask about in the next write."""

from collections.abc import Sequence

MOST_PAIRS = 20_000


class Pairs:
    """The people of conversations in which all read the same; a hint, since the statement that writes asks anew."""

    def __init__(self) -> None:
        self._people: dict[str, Sequence[int]] = {}

    def keep(self, conversation: str, people: Sequence[int]) -> None:
        """Keep who is in a conversation; of more than MOST_PAIRS the oldest goes."""
        if len(self._people) >= MOST_PAIRS and conversation not in self._people:
            del self._people[next(iter(self._people))]
        self._people[conversation] = people

    def of(self, conversation: str) -> Sequence[int]:
        """Return who was in it, nobody when that is not known."""
        return self._people.get(conversation, ())
