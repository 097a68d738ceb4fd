"""Sessions in PostgreSQL, as Django keeps them; a cookie that cannot be a session's key is no key."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Look only for keys as Django makes them: a cookie can spell a NUL, which PostgreSQL refuses even to look for."""

    def __init__(self, session_key: str | None = None) -> None:
        is_key = session_key is not None and session_key.isascii() and session_key.isalnum()
        super().__init__(session_key if is_key else None)
