"""What came of a message to a view: what each reader got, as told by their news and its e-mail."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from engagements.models import Broadcast, BroadcastReader, Need
from engagements.queries.broadcasts import event_key
from engagements.states.broadcasts import Arrival, LeftOut, ReaderState
from mentors.models import ExpertProfile
from mentors.queries.profiles import standing_of, visible_fields
from messaging.models import Notification

MOST_SHOWN = 300


@dataclass(frozen=True)
class Result:
    """What came of a message to one reader."""

    name: str
    need: Need
    arrival: Arrival
    why: str


@dataclass(frozen=True)
class Progress:
    """How far a message has come: counts by ``Arrival`` in its order, and the first readers with what came of each."""

    counts: list[tuple[Arrival, int]]
    results: list[Result]
    total: int
    settled: int


def progress_of(viewer: User, broadcast: Broadcast) -> Progress:
    """Return what came of a message so far. Queries: 6, whatever the number of readers."""
    readers = list(broadcast.readers.select_related("user", "need").order_by("state", "pk"))
    news = {
        user: moments
        for user, *moments in Notification.objects.filter(event_key=event_key(broadcast)).values_list(
            "user", "emailed_at", "email_due_at", "email_failed_at"
        )
    }
    arrivals = [_arrival(reader, news.get(reader.user_id)) for reader in readers]
    counts = Counter(arrivals)
    shown = readers[:MOST_SHOWN]
    names = _names(viewer, shown)
    results = [
        Result(names[reader.pk], reader.need, arrival, str(LeftOut(reader.why).label) if reader.why else "")
        for reader, arrival in zip(shown, arrivals, strict=False)
    ]
    waiting = counts[Arrival.WAITING] + counts[Arrival.MAIL_WAITS]
    return Progress(
        [(one, counts[one]) for one in Arrival if counts[one]], results, len(readers), len(readers) - waiting
    )


def _arrival(reader: BroadcastReader, moments: Sequence[datetime | None] | None) -> Arrival:
    if reader.state != ReaderState.TOLD:
        return Arrival(reader.state)
    emailed, due, failed = moments or (None, None, None)
    if emailed:
        return Arrival.MAILED
    if due:
        return Arrival.MAIL_WAITS
    return Arrival.REFUSED if failed else Arrival.HERE


def _names(viewer: User, readers: Sequence[BroadcastReader]) -> dict[int, str]:
    """Return the readers' names as the coordinator may read them, by reader. Queries: 4 at most."""
    experts = [reader.user_id for reader in readers if reader.is_expert]
    profiles = ExpertProfile.objects.filter(user__in=experts).select_related("user").prefetch_related("origins")
    standing = standing_of(viewer)
    hidden = {
        profile.user_id for profile in profiles if "name" not in visible_fields(viewer, profile, standing=standing)
    }
    return {
        reader.pk: _("An expert") if reader.is_expert and reader.user_id in hidden else str(reader.user)
        for reader in readers
    }
