"""Who stands behind a session cookie, for the socket: the same answer as Django's own sign-in, in two statements."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import constant_time_compare
from psycopg import AsyncConnection

from diaspora_net.accounts.models import User
from messaging.realtime.socket import Entry

SESSIONS: Final[LiteralString] = """
SELECT session_key, session_data FROM django_session
WHERE session_key = ANY (%(keys)s) AND expire_date > statement_timestamp()
"""
PEOPLE: Final[LiteralString] = """
SELECT id, public_id::text, language, auth_epoch, password, sha256(convert_to(password, 'UTF8'))
FROM accounts_user WHERE id = ANY (%(ids)s) AND is_active
"""


async def find_entries(connection: AsyncConnection[tuple[Any, ...]], keys: Sequence[str]) -> list[Entry | None]:
    """Return by what right the holder of each session enters, or None: session ended, not signed in, not active.

    The session's password hash is compared as Django does it, so a changed password ends the session here too.
    Two statements however many come.
    """
    rows = await (await connection.execute(SESSIONS, {"keys": list(keys)}, prepare=True)).fetchall()
    sessions = {key: SessionStore().decode(data) for key, data in rows}
    owners = {
        key: int(session[SESSION_KEY])
        for key, session in sessions.items()
        if session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    }
    rows = await (await connection.execute(PEOPLE, {"ids": list(set(owners.values()))}, prepare=True)).fetchall()
    people = {row[0]: row for row in rows}
    return [_entry(key, sessions.get(key, {}), people.get(owners.get(key, 0))) for key in keys]


def _entry(key: str, session: dict[str, Any], person: tuple[Any, ...] | None) -> Entry | None:
    if person is None:
        return None
    user_id, public_id, language, auth_epoch, password, mark = person
    known = User(password=password)
    hashes = [known.get_session_auth_hash(), *known.get_session_auth_fallback_hash()]
    if not any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), each) for each in hashes):
        return None
    return Entry(user_id, public_id, language, key, auth_epoch, mark)
