"""The one statement behind the desk: every waiting thing of some countries, counted by kind and put in order.

It joins the kinds of ``waiting_rows`` with reports and engagements at risk, adds who looks after each thing and until
when it rests, and answers with the counts and the first rows together, so that everything is computed once. Each
process writes it once (``core.written``) and each connection plans it once (``core.statements``).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.verification import waits_abroad
from diaspora_net.core import statements
from diaspora_net.core.written import Asked, among, written
from engagements.models import Report
from engagements.queries.activity import at_risk_in, quiet_days
from engagements.queries.talks import reports_of
from engagements.queries.waiting_clocks import COLUMNS
from engagements.queries.waiting_rows import waiting_rows
from engagements.states import ReportState
from engagements.states.clocks import Turn, WaitingKind
from engagements.states.desk import FLAG_DAYS, REPORT_DAYS, URGENT, WEIGHTS, OtherKind

ALL_KINDS: tuple[str, ...] = (*WaitingKind.values, *OtherKind.values)
# When a step ends by itself is not on the desk, and counting it for everything that waits costs as much as its order.
TOLD = tuple(name for name in COLUMNS if name != "step_ends_at")
CASE_COLUMNS = ("case_noun", "case_reference", "case_work", "case_owner", "case_rests_until", "case_weight")
PROPOSALS = frozenset({WaitingKind.REPLY, WaitingKind.INFORMATION})
ENGAGEMENTS = frozenset({WaitingKind.AGREEMENT, WaitingKind.OUTCOME, OtherKind.AT_RISK})
PARTS = frozenset({WaitingKind.TIME, WaitingKind.SESSION, WaitingKind.HOURS})
# Their clocks stand still while the work rests.
RESTFUL = sorted(ENGAGEMENTS | PARTS)
ORGANISATIONS = frozenset(
    {
        WaitingKind.VERIFICATION,
        WaitingKind.DOCUMENTS,
        WaitingKind.SECOND,
        WaitingKind.FACTS,
        OtherKind.RECOMMENDED,
    }
)
QUEUE = """
WITH waiting AS MATERIALIZED ({union}),
awake AS (
    SELECT *, greatest(0, date_part('epoch', %(now)s::timestamptz - step_due_at)) * case_weight AS urgency
    FROM waiting WHERE case_rests_until IS NULL OR case_rests_until::date <= %(today)s::date
),
first_rows AS (
    SELECT *, step_kind <> 'safety' AS is_other FROM awake
    WHERE (%(kinds)s::text[] IS NULL OR step_kind = ANY(%(kinds)s::text[]))
        AND (%(owner)s::bigint IS NULL OR case_owner::bigint = %(owner)s::bigint)
    ORDER BY is_other, urgency DESC, step_due_at, step_kind COLLATE "C", step_row LIMIT %(limit)s::bigint
),
shown AS (
    SELECT first_rows.*, place.name AS organisation, place.country AS country, expert.full_name AS expert,
        keeper.full_name AS owner, keeper.id AS owner_id, (
            SELECT json_agg(ARRAY[lower(past), upper(past)] ORDER BY past)
            FROM engagements_rest, LATERAL (SELECT during * tstzrange(NULL, %(now)s::timestamptz) AS past) AS until_now
            WHERE engagement_id = case_work AND step_kind = ANY(%(restful)s::text[]) AND NOT isempty(past)) AS rests
    FROM first_rows JOIN accounts_organisation place ON place.id = step_organisation
    LEFT JOIN accounts_user expert ON expert.id = step_expert::bigint AND expert.is_active
    LEFT JOIN accounts_user keeper ON keeper.id = case_owner::bigint
)
SELECT
    (SELECT json_agg(tally) FROM (
        SELECT step_kind AS kind, count(*) AS count, min(step_since) AS oldest,
            count(*) FILTER (WHERE step_due_at <= %(now)s::timestamptz) AS late,
            count(*) FILTER (WHERE case_owner::bigint = %(viewer)s::bigint) AS mine
        FROM awake GROUP BY step_kind) AS tally),
    (SELECT count(*) FROM waiting WHERE case_rests_until::date > %(today)s::date),
    (SELECT json_agg(shown ORDER BY is_other, urgency DESC, step_due_at, step_kind COLLATE "C", step_row) FROM shown)
"""
SINCE = """
SELECT count(*) FROM ({union}) AS waiting
WHERE case_rests_until IS NULL OR case_rests_until::date <= %(today)s::date
"""
# What is asked anew each time.
VIEWER = Asked("viewer", BigIntegerField())
COUNTRIES = Asked("countries", ArrayField(CharField()))
ROW = Asked("row", BigIntegerField())
MOMENT = Asked("since", DateTimeField())


@dataclass(frozen=True)
class Found:
    """What ``QUEUE`` answers: counts by kind, how many things rest, and the first rows with their columns.

    Each row has the ``rests`` of its work as pairs of instants, or None.
    """

    tallies: dict[str, dict[str, Any]]
    resting: int
    rows: list[dict[str, Any]]


def desk_rows(
    viewer: User,
    countries: Collection[str],
    *,
    today: date,
    kinds: Collection[str] | None = None,
    owner: User | None = None,
    limit: int,
) -> Found:
    """Return the counts of everything that waits in ``countries`` and is awake, and the first rows of ``kinds``.

    Queries: 1.
    """
    params = _asked(viewer, countries, today) | {
        "kinds": sorted(kinds) if kinds is not None else None,
        "owner": owner.pk if owner else None,
        "limit": limit,
    }
    [(tallies, resting, rows)] = statements.rows(_queue(), params)
    return Found({tally["kind"]: tally for tally in tallies or []}, resting, rows or [])


def one_row(viewer: User, countries: Collection[str], kind: str, row: int, *, today: date) -> dict[str, Any] | None:
    """Return one waiting thing of ``countries`` with its columns; None when it waits or exists no more. Queries: 1."""
    params = _asked(viewer, countries, today) | {"row": row, "kinds": None, "owner": None, "limit": 1}
    [(_tallies, _resting, rows)] = statements.rows(_queue_of_one(kind), params)
    return dict(rows[0]) if rows else None


def count_since(viewer: User, countries: Collection[str], since: datetime, *, today: date) -> int:
    """Return how many things began to wait after a moment. Queries: 1."""
    [(count,)] = statements.rows(_count(), _asked(viewer, countries, today) | {"since": since})
    return int(count)


def _asked(viewer: User, countries: Collection[str], today: date) -> dict[str, statements.Value]:
    return {
        "viewer": viewer.pk,
        "countries": sorted(countries),
        "now": timezone.now(),
        "today": today,
        "restful": RESTFUL,
    }


@cache
def _queue() -> str:
    return QUEUE.format(union=_union([part(kind) for kind in ALL_KINDS], *TOLD, *CASE_COLUMNS))


@cache
def _queue_of_one(kind: str) -> str:
    return QUEUE.format(union=_union([part(kind).filter(pk=ROW)], *TOLD, *CASE_COLUMNS))


@cache
def _count() -> str:
    parts = [part(kind).filter(step_since__gt=MOMENT) for kind in ALL_KINDS]
    return SINCE.format(union=_union(parts, "case_rests_until"))


def _union(parts: list[QuerySet[Any]], *columns: str) -> str:
    first, *others = [rows.order_by().values_list(*columns) for rows in parts]
    return written(first.union(*others, all=True) if others else first)


def part(kind: str, viewer: User | Asked = VIEWER, countries: Collection[str] | Asked = COUNTRIES) -> Any:
    """Return the rows of one kind with the columns of the union."""
    if kind == OtherKind.SAFETY:
        rows = _reports(viewer, countries)
    elif kind == OtherKind.AT_RISK:
        rows = _at_risk(countries)
    elif kind == WaitingKind.SECOND:
        here = among("country", countries) & ~Q(step_first=viewer)
        rows = waiting_rows(WaitingKind.SECOND).filter(here | waits_abroad(viewer))
    elif kind == OtherKind.RECOMMENDED:
        rows = waiting_rows(WaitingKind.SECOND, countries=countries).filter(step_first=viewer)
        rows = rows.annotate(step_kind=Value(kind, output_field=CharField()))
    else:
        rows = waiting_rows(WaitingKind(kind), countries=countries)
    return _with_case(rows, kind)


def _with_case(rows: Any, kind: str) -> Any:
    """Add who looks after each thing, until when it rests, and how much a day over target counts."""
    if kind in ORGANISATIONS:
        own, need = "", None
    elif kind == OtherKind.SAFETY:
        own, need = None, "need__"
    elif kind in PROPOSALS:
        own, need = "", "need__"
    elif kind in ENGAGEMENTS:
        own, need = "proposal__", "need__"
    elif kind in PARTS:
        own, need = "engagement__proposal__", "engagement__need__"
    else:
        own, need = "", ""
    noun = "organisations" if kind in ORGANISATIONS else "needs" if need == "" or own is None else "work"
    keeps = [f"{path}case__owner" for path in dict.fromkeys((own, need)) if path is not None]
    weight: Any = Value(WEIGHTS[kind], output_field=FloatField())
    if need is not None:
        # Labour pathways are mediated on pages of their own, without names.
        rows = rows if own is None else rows.filter(**{f"{need}is_pathway": False})
        factor = Cast(Cast(F(f"{need}is_urgent"), IntegerField()), FloatField()) * (URGENT - 1) + 1
        weight = ExpressionWrapper(factor * WEIGHTS[kind], output_field=FloatField())
    rests: Any = Value(None, output_field=DateField())
    if own is not None:
        rests = F(f"{own}case__rests_until")
    return rows.annotate(
        case_noun=Value(noun, output_field=CharField()),
        case_reference=F(f"{own if own is not None else need}reference"),
        case_work=F("engagement__pk") if kind in PARTS else F("pk"),
        case_owner=Coalesce(*keeps) if len(keeps) > 1 else F(keeps[0]),
        case_rests_until=rests,
        case_weight=weight,
    )


def _at_risk(countries: Collection[str] | Asked) -> Any:
    rows = at_risk_in(countries).select_related(None)
    due = ExpressionWrapper(F("at_risk_at") + timedelta(days=FLAG_DAYS), output_field=DateTimeField())
    return _columns(rows, OtherKind.AT_RISK, due, since=F("quiet_since"), turn=Turn.BOTH, target=quiet_days()).annotate(
        step_title=F("need__title"), step_expert=F("expert__user"), step_focal_point=F("need__focal_point")
    )


def _reports(viewer: User | Asked, countries: Collection[str] | Asked) -> Any:
    rows = reports_of(viewer, countries).exclude(state=ReportState.CLOSED).select_related(None)
    due = ExpressionWrapper(F("reported_at") + timedelta(days=REPORT_DAYS), output_field=DateTimeField())
    target = Value(REPORT_DAYS)
    columns = _columns(rows, OtherKind.SAFETY, due, since=F("reported_at"), turn=Turn.COORDINATOR, target=target)
    nobody = Value(None, output_field=IntegerField())
    return columns.annotate(step_title=F("reason"), step_expert=nobody, step_focal_point=nobody)


def _columns(rows: QuerySet[Report] | Any, kind: OtherKind, due: Any, *, since: Any, turn: Turn, target: Any) -> Any:
    return rows.annotate(
        step_kind=Value(kind.value, output_field=CharField()),
        step_row=F("pk"),
        step_reference=F("reference"),
        step_page=F("reference"),
        step_organisation=F("need__organisation__pk"),
        step_turn=Value(turn.value, output_field=CharField()),
        step_place=Cast(F("need__organisation__country"), CharField()),
        step_zone=Cast(F("need__organisation__time_zone"), CharField()),
        step_since=since,
        step_due_at=due,
        step_target=target,
    )
