"""Read settings from the environment, and refuse a bad value with its name and an example.

Used by ``settings.py`` only. Every reader raises ``ImproperlyConfigured`` with one sentence that says what to do.
"""

import os
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


def refuse(name: str, problem: str, example: str) -> ImproperlyConfigured:
    """Build the error that stops the start: variable, problem, example."""
    return ImproperlyConfigured(f"{name} {problem}. Set it like: {name}={example}")


def text(name: str, default: str | None = None, *, example: str) -> str:
    """Return a text variable; without a default it is required."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise refuse(name, "is not set", example)
    return default


def boolean(name: str, default: bool) -> bool:
    """Return a yes/no variable."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE_WORDS:
        return True
    if value.strip().lower() in FALSE_WORDS:
        return False
    raise refuse(name, f"is {value!r}, which is neither yes nor no", "true")


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number between ``least`` and ``most``."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise refuse(name, f"is {value!r}, which is not a whole number", str(default)) from None
    if not least <= number <= most:
        raise refuse(name, f"is {number}, outside {least} to {most}", str(default))
    return number


def words(name: str, default: tuple[str, ...], *, example: str) -> list[str]:
    """Return a comma-separated list."""
    value = text(name, ",".join(default), example=example)
    return [word.strip() for word in value.split(",") if word.strip()]


def secret(name: str, *, required: bool) -> str:
    """Return a secret of at least 32 characters; a throw-away one where it is not required."""
    value = os.environ.get(name, "")
    example = "the output of: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    if not value and not required:
        return secrets.token_urlsafe(50)
    if not value:
        raise refuse(name, "is not set", example)
    if len(value) < 32:
        raise refuse(name, "is shorter than 32 characters", example)
    return value


def hexadecimal(name: str, *, length: int) -> str:
    """Return ``length`` bytes written in hexadecimal; empty where it is not set."""
    value = os.environ.get(name, "").strip()
    try:
        is_right = not value or len(bytes.fromhex(value)) == length
    except ValueError:
        is_right = False
    if not is_right:
        example = f"the output of: python -c 'import secrets; print(secrets.token_hex({length}))'"
        raise refuse(name, f"is not {length} bytes in hexadecimal", example)
    return value


def base_url(name: str, default: str) -> str:
    """Return the public address of the site, without a trailing slash."""
    value = text(name, default, example="https://network.example.org").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
        raise refuse(name, f"is {value!r}, which is not a web address without a path", "https://network.example.org")
    return value


def postgres(name: str) -> dict[str, Any]:
    """Parse a PostgreSQL address into Django's form; ``?host=/dir`` names a Unix socket directory."""
    example = "postgresql://user:password@db.example.org:5432/diaspora_net"
    value = text(name, example=example)
    parts = urlsplit(value)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise refuse(name, f"is a {parts.scheme or 'nameless'} address; PostgreSQL is the one database", example)
    query: Mapping[str, list[str]] = parse_qs(parts.query)
    database = parts.path.lstrip("/")
    try:
        port = parts.port
    except ValueError:
        raise refuse(name, "has a port that is not a number", example) from None
    if not database:
        raise refuse(name, "names no database", example)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(database),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(port or ""),
    }


def redis(name: str) -> str:
    """Return a Redis/Valkey address (``redis://``, ``rediss://`` or ``unix://``)."""
    example = "redis://valkey.example.org:6379/0"
    value = text(name, example=example)
    if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise refuse(name, f"is {value!r}, which is not a Redis or Valkey address", example)
    return value


def celery_broker(redis_url: str) -> str:
    """Translate a Redis address into the form Celery's transport understands.

    Celery spells a Unix socket ``redis+socket:///path?virtual_host=N`` where redis-py says ``unix:///path?db=N``.
    """
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"
