"""The rules of a client as plain values: what a number means to a cursor, and how long to wait before trying again."""

import random
from enum import Enum

# A link that has not acknowledged for this long is dead.
ACK_SECONDS = 8.0
FIRST_DELAY = 0.3
LONGEST_DELAY = 30.0
# After so many failed connects in a row the client writes and reads by HTTP meanwhile.
CONNECTS_BEFORE_HTTP = 3


class Place(Enum):
    """What a message is to a client that has everything up to its cursor."""

    KNOWN = "known"
    NEXT = "next"
    GAP = "gap"


def place_of(seq: int, cursor: int) -> Place:
    """Say what message ``seq`` is to ``cursor``, the last number without a hole below it."""
    if seq <= cursor:
        return Place.KNOWN
    return Place.NEXT if seq == cursor + 1 else Place.GAP


def back_off(attempt: int, chance: random.Random, longest: float = LONGEST_DELAY) -> float:
    """Return the seconds to wait before try ``attempt`` (from 0): anything from nothing to a bound that doubles.

    Source: full jitter, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    bound: float = min(longest, FIRST_DELAY * 2 ** min(attempt, 16))
    return chance.uniform(0, bound)
