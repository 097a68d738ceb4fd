"""A person's news."""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from messaging.models import Notification

logger = logging.getLogger(__name__)

LIST_LENGTH = 100


@dataclass(frozen=True, slots=True)
class NewsRow:
    """One line of the news page, in the reader's language."""

    id: int
    text: str
    at: datetime
    is_read: bool

    @property
    def day(self) -> date:
        """Return the day in the reader's time zone."""
        return timezone.localdate(self.at)


def visible_notifications(viewer: User) -> QuerySet[Notification]:
    """Return the viewer's own news, newest first."""
    return Notification.objects.filter(user=viewer).order_by("-created_at", "-pk")


def get_notification(viewer: User, id: int) -> Notification:  # noqa: A002 - mirrors get_conversation
    """Return one piece of the viewer's own news. Raises Http404 for everything else."""
    return first_or_404(visible_notifications(viewer).filter(pk=id))


def unreached_since(viewer: User) -> datetime | None:
    """Return when an e-mail about news was given up, unless a later one has left; None when all arrive. Queries: 1."""
    latest = visible_notifications(viewer).aggregate(left=Max("emailed_at"), failed=Max("email_failed_at"))
    left, failed = latest["left"], latest["failed"]
    return failed if failed and (left is None or left < failed) else None


def notification_list(viewer: User) -> list[NewsRow]:
    """Return the viewer's newest news in words, at most LIST_LENGTH. Queries: 1."""
    return [
        NewsRow(news.pk, in_words(news), news.created_at, news.read_at is not None)
        for news in visible_notifications(viewer)[:LIST_LENGTH]
    ]


def in_words(notification: Notification) -> str:
    """Return the news in the active language, filled with its values."""
    text = _(notification.text)
    try:
        return str(text % notification.params)
    except (KeyError, TypeError, ValueError):
        # A translation with a wrong placeholder must not take the page down.
        logger.warning("news %s does not fit its values", notification.verb)
        return text
