"""Public references: short random names for things, used in addresses instead of database ids."""

import secrets
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

M = TypeVar("M", bound=Model)

# Crockford's base 32 (lower case): no i, l, o, u, so that a reference can be read aloud and typed back.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12


def new_reference() -> str:
    """Return a fresh reference of 12 characters, 60 random bits: not guessable, not countable."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def first_or_404(rows: QuerySet[M]) -> M:
    """Return the first of the rows that somebody may see. Raises Http404 when there is none. Queries: 1."""
    found = rows.first()
    if found is None:
        raise Http404
    return found
