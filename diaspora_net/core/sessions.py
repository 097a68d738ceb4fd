"""Sessions in PostgreSQL, as Django keeps them; short ones at computers that several people use."""

from datetime import timedelta

from django.contrib.sessions.backends import db
from django.utils import timezone

SHARED_FOR = timedelta(minutes=30)
# How much of that time passes before a page view counts anew: not every click needs to write.
RENEW_AFTER = timedelta(minutes=1)


class SessionStore(db.SessionStore):
    """Look only for keys as Django makes them: a cookie can spell a NUL, which PostgreSQL refuses even to look for.

    A session that ends with the browser is one at a shared computer: it also ends SHARED_FOR after it was last used.
    """

    def __init__(self, session_key: str | None = None) -> None:
        is_key = session_key is not None and session_key.isascii() and session_key.isalnum()
        super().__init__(session_key if is_key else None)

    @property
    def is_shared(self) -> bool:
        """Say whether the person sits at a computer that others use, too."""
        return self.get_expire_at_browser_close()

    def get_session_cookie_age(self) -> int:
        """Return how many seconds a session lives that has no time of its own."""
        is_shared = self.get("_session_expiry") == 0
        return int(SHARED_FOR.total_seconds()) if is_shared else super().get_session_cookie_age()

    def renew(self) -> None:
        """Let a short session begin its time anew, once RENEW_AFTER of it has passed."""
        now = timezone.now()
        if self.is_shared and now.timestamp() - self.get("used_at", 0) > RENEW_AFTER.total_seconds():
            self["used_at"] = now.timestamp()
