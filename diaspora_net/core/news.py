"""The way up for news: lower packages tell people things without knowing who delivers them."""

from functools import cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class NewsHandler(Protocol):
    """What ``settings.NEWS_HANDLER`` must accept."""

    def __call__(
        self, *, user_id: int, verb: str, text: str, params: dict[str, Any], url: str, event_key: str, by_email: bool
    ) -> None:
        """Write one notification."""


@cache
def _handler() -> NewsHandler:
    return cast(NewsHandler, import_string(settings.NEWS_HANDLER))


def tell(
    *, user_id: int, verb: str, text: str, params: dict[str, Any], url: str, event_key: str, by_email: bool = True
) -> None:
    """Tell one person one piece of news, once per ``event_key``, in the caller's transaction.

    ``text`` is an untranslated message with named placeholders; ``params`` fills it in the reader's language.
    """
    _handler()(user_id=user_id, verb=verb, text=text, params=params, url=url, event_key=event_key, by_email=by_email)
