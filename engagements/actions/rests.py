"""Move engagements along their table, and write down when they rest, so that no clock counts that time."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from diaspora_net.accounts.models import Organisation
from diaspora_net.core.transitions import advance
from engagements.models import Engagement, Outcome, Rest
from engagements.states import ENGAGEMENT_TRANSITIONS, RESTING_STATES, EngagementState
from engagements.states.outcomes import OutcomeState

# Rests never overlap, so what rested already is left out.
WHILE_SUSPENDED = """
INSERT INTO engagements_rest (engagement_id, during)
SELECT work.id, unnest(
    tstzmultirange(tstzrange(%(since)s, %(now)s))
    - coalesce((SELECT range_agg(during) FROM engagements_rest WHERE engagement_id = work.id), '{}')
)
FROM engagements_engagement work JOIN engagements_need need ON need.id = work.need_id
WHERE need.organisation_id = %(organisation)s
"""


def advance_work(engagement: Engagement, to: EngagementState, **values: Any) -> Engagement:
    """Move an engagement to a state when its table allows it, and write ``values`` with it, as ``advance`` does.

    Effects: state; the rest begins or ends with it, and what is asked of people is asked again so much later. On a
    clock that was set back a rest begins when the one before ended. Queries: 3, and 2 for a rest that ends.
    """
    engagement = advance(engagement, to, ENGAGEMENT_TRANSITIONS, **values)
    last = Rest.objects.filter(engagement=engagement).order_by("-during").first()
    is_resting = last is not None and last.during.upper is None
    if to in RESTING_STATES and not is_resting:
        now = timezone.now()
        began = max(now, last.during.upper) if last is not None and last.during.upper else now
        Rest.objects.create(engagement=engagement, during=TimestamptzRange(began, None))
    elif last is not None and is_resting and to not in RESTING_STATES:
        _end(last, timezone.now())
    return engagement


def rest_since(organisation: Organisation, since: datetime) -> None:
    """Write down that the work of an organisation that was suspended has rested from then until now.

    Effects: rests, beside those that there are; what is asked of people and is not resting now is asked again so much
    later.
    """
    now = max(since, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(WHILE_SUSPENDED, {"organisation": organisation.pk, "since": since, "now": now})
    asked = Outcome.objects.filter(
        engagement__need__organisation=organisation, state=OutcomeState.OPEN, remind_at__isnull=False
    )
    asked.exclude(engagement__state__in=sorted(RESTING_STATES)).update(remind_at=F("remind_at") + (now - since))


def _end(rest: Rest, now: datetime) -> None:
    began = rest.during.lower
    if now <= began:
        rest.delete()
        return
    Rest.objects.filter(pk=rest.pk).update(during=TimestamptzRange(began, now))
    asked = Outcome.objects.filter(engagement=rest.engagement_id, state=OutcomeState.OPEN, remind_at__isnull=False)
    asked.update(remind_at=F("remind_at") + (now - began))
