"""What the inspection answers."""

from dataclasses import dataclass


class Refused(Exception):
    """Refuse the file; ``reason`` is one of the codes that ``uploads.words`` puts into words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file that may pass; ``is_remade`` says that new content was written beside it."""

    is_remade: bool = False
    has_small: bool = False
    width: int = 0
    height: int = 0
