"""Arrays as PostgreSQL writes them, for statements that answer for many at once; the statement says of what type.

psycopg would look at every single value, which takes longer than all else that a process does for a message.
"""

from collections.abc import Iterable

from messaging.realtime.socket import Entry


def plain_array(values: Iterable[object]) -> str:
    """Return numbers, ids or truth values, none of which needs quoting; None is NULL.

    >>> plain_array([1, None, True])
    '{1,NULL,True}'
    """
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def text_array(values: Iterable[str | None]) -> str:
    r"""Return texts of any kind; None is NULL.

    >>> text_array(['a "b" \\ c', None])
    '{"a \\"b\\" \\\\ c",NULL}'
    """
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def bytes_array(values: Iterable[bytes]) -> str:
    r"""Return byte strings.

    >>> bytes_array([b"\x01\xff"])
    '{"\\\\x01ff"}'
    """
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"


def entry_arrays(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the arrays by which a statement checks entries: people, sessions, epochs, marks."""
    known = list(entries)
    return {
        "people": plain_array([entry.user_id for entry in known]),
        "sessions": text_array([entry.session_key for entry in known]),
        "epochs": plain_array([entry.auth_epoch for entry in known]),
        "marks": bytes_array([entry.password_mark for entry in known]),
    }


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
