"""When engagements rested, as the columns and pairs by which clocks are stopped."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db.models import DateTimeField, Expression, F, Func, OuterRef, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast
from django.utils import timezone

from diaspora_net.core.written import NOW
from engagements.models import Rest
from engagements.payloads.working_days import Rests

RESTS = ArrayField(DateTimeRangeField())
NEVER = Cast(Value("{}"), RESTS)


def rests_at(engagement: str) -> ArraySubquery:
    """Return the rests until now of the engagement whose id stands at a path, in order, as a column of ranges."""
    past = Func(Value(None, DateTimeField()), NOW, function="tstzrange")
    until_now: Expression = CombinedExpression(F("during"), "*", past, DateTimeRangeField())
    rows = Rest.objects.filter(engagement=OuterRef(engagement)).order_by("during")
    return ArraySubquery(rows.annotate(until_now=until_now).values("until_now"), output_field=RESTS)


def pairs(ranges: Iterable[Any]) -> Rests:
    """Return such a column as pairs of begin and end; a rest that a wrong clock began in the future is left out."""
    return tuple((one.lower, one.upper) for one in ranges if not one.isempty)


def rests_of(engagement: int) -> Rests:
    """Return the rests until now of one engagement, by its id. Queries: 1."""
    now = timezone.now()
    spans: list[tuple[datetime, datetime | None]] = [
        (during.lower, during.upper)
        for during in Rest.objects.filter(engagement=engagement).order_by("during").values_list("during", flat=True)
    ]
    return tuple((began, min(ended or now, now)) for began, ended in spans if began < now)
