"""Hold back what comes too often from one place. Counters stand in the cache of the database and are about right."""

import hashlib

from django.core.cache import cache
from django.utils.translation import gettext as _

from diaspora_net.core.errors import SlowDown


def check_pace(what: str, who: str, *, most: int, seconds: int) -> None:
    """Count one more ``what`` of ``who``. Raises SlowDown after ``most`` within ``seconds``. Queries: a few.

    ``who`` is kept as a hash only. Two at the same moment may count as one: it stops floods, not the last request.
    """
    key = f"pace:{what}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    if cache.add(key, 1, seconds):
        return
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two
        return
    if count > most:
        raise SlowDown(_("That was often. Wait a moment, then try again."), retry_after=seconds)
