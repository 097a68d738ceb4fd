"""How much one socket may ask for, kept in the process. What counts messages for good stands in the write statement."""

import time
from math import ceil

from django.conf import settings

# Frames that were under way when somebody was told to slow down are not held against them.
GRACE_SECONDS = 0.5
UNHEEDED = 3
UNHEEDED_SECONDS = 60.0


class Bucket:
    """A bucket of ``burst`` tokens that fills with ``per_second``."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, per_second: float, burst: float) -> None:
        self._rate, self._burst, self._left = per_second, burst, burst
        self._at = time.monotonic()

    def take(self) -> int:
        """Take one token; return 0, or after how many seconds there is one again."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0
        return max(1, ceil((1 - self._left) / self._rate))


class Pace:
    """The buckets of one socket, and whether it heeds being told to slow down.

    ``messages``: five a second, ten at once. ``glances`` and ``typings``: one in two seconds. ``resumes``: ten a
    minute. ``frames`` is all of it together. They rise with the setting MESSAGES_PER_MINUTE.
    """

    __slots__ = ("_since", "_told_at", "_unheeded", "_until", "frames", "glances", "messages", "resumes", "typings")

    def __init__(self) -> None:
        minute = settings.MESSAGES_PER_MINUTE
        self.frames = Bucket(20 + minute / 6, 100 + minute / 3)
        self.messages = Bucket(minute / 12, max(10, minute / 6))
        self.glances = Bucket(0.5, 10)
        self.resumes = Bucket(1 / 6, 10)
        self.typings = Bucket(0.5, 1)
        self._told_at = self._until = self._since = 0.0
        self._unheeded = 0

    def tell(self, wait: int) -> bool:
        """Note that the socket is told to wait for ``wait`` seconds; say whether that was in vain three times a minute.

        Told again within GRACE_SECONDS is told once.
        """
        now = time.monotonic()
        if now - self._told_at < GRACE_SECONDS:
            return False
        if now < self._until:
            if now - self._since > UNHEEDED_SECONDS:
                self._since, self._unheeded = now, 0
            self._unheeded += 1
        self._told_at, self._until = now, now + wait
        return self._unheeded >= UNHEEDED
