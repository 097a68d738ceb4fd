"""Leases: how one of several sweeps holds a row for a while, and lets go of it when it is killed."""

from datetime import datetime, timedelta

from django.db.models import Q

# No sweep leases for longer; a lease that ends later was written on a clock that was ahead, and holds nothing.
LONGEST_LEASE = timedelta(hours=1)


def is_free(now: datetime, field: str = "lease_until") -> Q:
    """Return the condition that nobody holds a row whose lease ends at ``field``."""
    ahead = now + LONGEST_LEASE
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lt": now}) | Q(**{f"{field}__gt": ahead})


def is_held(until: datetime | None, now: datetime) -> bool:
    """Say whether a lease until a moment holds now."""
    return until is not None and now <= until <= now + LONGEST_LEASE
