"""Public references: short random names for things, used in addresses instead of database ids."""

import secrets

# Crockford's base 32 (lower case): no i, l, o, u, so that a reference can be read aloud and typed back.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12


def new_reference() -> str:
    """Return a fresh reference of 12 characters, 60 random bits: not guessable, not countable."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
