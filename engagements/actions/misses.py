"""Let a coordinator call when a side has missed two sessions. Nobody is put to shame: the other side reads nothing."""

from django.urls import reverse
from django.utils.translation import gettext_noop

from diaspora_net.accounts.queries.people import coordinators_of
from engagements.models import Engagement
from engagements.queries.misses import misses_of
from engagements.states import Side
from messaging.actions.notifications import notify

CALL_AFTER = 2


def tell_of_misses(side: Side, engagement: Engagement) -> None:
    """Tell the country's coordinators when ``side`` has missed or called off late two sessions, or two more.

    Effects: news to them. Queries: 1, and those of the news.
    """
    count = misses_of(side, engagement)
    if not count or count % CALL_AFTER:
        return
    text = (
        gettext_noop("In “%(need)s” the expert missed two sessions or called them off late. A call may help.")
        if side == Side.EXPERT
        else gettext_noop("In “%(need)s” the institution missed two sessions or called them off late. A call may help.")
    )
    for coordinator in coordinators_of(engagement.need.organisation.country.code):
        notify(
            user=coordinator,
            verb="engagements.meeting.missed_twice",
            text=text,
            params={"need": engagement.need.title},
            url=reverse("engagements:engagement", args=[engagement.reference]),
            event_key=f"missed:{engagement.pk}:{side.value}:{count}",
        )
