"""The way up for what mails ask: this package carries the keys, the one that wrote them knows the answers."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from diaspora_net.accounts.models import User
from messaging.reports.letters import Ask

# More than somebody answers at once; the rest stands in the app.
MOST_ASKS = 5
# Keys that begin so remind of something: when it no longer waits, there is nothing to mail.
REMINDER = "waiting:"


class AsksHandler(Protocol):
    """What ``settings.ASKS_HANDLER`` must accept."""

    def __call__(self, user: User, keys: Sequence[str], *, is_named: bool, most: int) -> list[Ask]:
        """Return the first ``most`` that still wait for this person, in the active language; with names and topics
        only when ``is_named``.
        """


@cache
def _handler() -> AsksHandler:
    return cast(AsksHandler, import_string(settings.ASKS_HANDLER))


def asks_in_mail(user: User, keys: Iterable[str], *, is_named: bool) -> list[Ask]:
    """Return what the first five that wait of ``keys`` ask of ``user`` now, each once. Queries: the handler's."""
    known = list(dict.fromkeys(key for key in keys if key))
    return _handler()(user, known, is_named=is_named, most=MOST_ASKS) if known else []
